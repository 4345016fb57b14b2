import { useState } from "preact/hooks"
import type { Contact, Letter, ReadErrand } from "../../generated/protocol.ts"
import { Button } from "../../ui/Button.tsx"
import { desk, useDoing, useLoaded } from "../../ui/client.ts"
import { FailureNotice } from "../../ui/Notice.tsx"
import { SealedBlock } from "../../ui/SealedBlock.tsx"
import { Progress } from "../../ui/State.tsx"
import { t } from "../../ui/text.ts"
import { CardOffer } from "./CardOffer.tsx"
import { Keep } from "./Keep.tsx"
import { LetterPaper } from "./LetterPaper.tsx"
import { PasswordReader } from "./PasswordReader.tsx"

interface Props {
    errand: ReadErrand
    onReply: (to: string, letterId: string | null) => void
    onDraft: (id: string) => void
}

/** Reads one letter. Nothing is shown before the core has proved it whole. */
export function Reader({ errand, onReply, onDraft }: Props) {
    const [revealed, setRevealed] = useState<Letter>()
    const [added, setAdded] = useState<Contact>()
    const opened = useLoaded(errand.text, async () => {
        const reply = await desk({ type: "open", ...errand, reveal: false })
        return reply.letter
    })
    const { failure, run } = useDoing()
    const letter = withContact(revealed ?? opened.value, added)
    if (opened.failure?.code === "password-needed") return <PasswordReader errand={errand} />
    if (opened.failure) return <ReadFailure errand={errand} failure={opened.failure} />
    if (!letter) return <Progress>{t("opening")}</Progress>
    const reveal = () =>
        run(async () => {
            const reply = await desk({ type: "open", ...errand, reveal: true })
            setRevealed(reply.letter)
        })
    return (
        <div class="stack" data-test="reader">
            <LetterPaper
                letter={letter}
                actions={
                    letter.withheld && (
                        <Button test="reveal" icon="eye" onPress={reveal}>
                            {t("verdictNoneReveal")}
                        </Button>
                    )
                }
            />
            {letter.card && (
                <CardOffer
                    look={letter.card}
                    onWrite={(id) => onReply(id, letter.id)}
                    onDraft={onDraft}
                    onAdded={setAdded}
                />
            )}
            <FailureNotice failure={failure} />
            <div class="row row-wrap no-print">
                {/* Whoever was just added is answered by *Write back* above. */}
                {!added && <Answer letter={letter} onReply={onReply} />}
                {!letter.withheld && <Keep text={letter.text} />}
            </div>
            <Original text={errand.text} />
        </div>
    )
}

/** The verdict after the person added the sender here: the core opened the letter before that. */
function withContact(letter: Letter | undefined, added: Contact | undefined): Letter | undefined {
    if (!letter?.sender || added?.brief.id !== letter.sender.id) return letter
    const { name, address, trust } = added.brief
    const { since } = added
    return { ...letter, sender: { ...letter.sender, name, address, trust, since } }
}

function ReadFailure(props: {
    errand: ReadErrand
    failure: Parameters<typeof FailureNotice>[0]["failure"]
}) {
    return (
        <div class="stack" data-test="reader">
            <FailureNotice failure={props.failure} />
            <Original text={props.errand.text} />
        </div>
    )
}

/** Only a sender whose card was accepted, or oneself, can be answered. */
function Answer({ letter, onReply }: { letter: Letter; onReply: Props["onReply"] }) {
    const { sender, id } = letter
    if (!sender) return null
    if (!sender.own && sender.trust !== "known" && sender.trust !== "verified") return null
    return (
        <Button test="reply" kind="primary" icon="reply" onPress={() => onReply(sender.id, id)}>
            {t("reply")}
        </Button>
    )
}

function Original({ text }: { text: string }) {
    return (
        <details class="more no-print" data-test="original">
            <summary>{t("showOriginal")}</summary>
            <div class="stack stack-snug">
                <p class="small soft">{t("originalTitle")}</p>
                <SealedBlock label={t("originalTitle")}>{text}</SealedBlock>
            </div>
        </details>
    )
}
