import { useState } from "preact/hooks"
import type { Letter } from "../../generated/protocol.ts"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { desk, useDoing, useStatus } from "../../ui/client.ts"
import { Area } from "../../ui/Field.tsx"
import { FailureNotice } from "../../ui/Notice.tsx"
import { SealedBlock } from "../../ui/SealedBlock.tsx"
import { t } from "../../ui/text.ts"
import { LetterPaper } from "./LetterPaper.tsx"

type Stage =
    | { at: "offer" }
    | { at: "write" }
    | { at: "sealed"; sealed: string }
    | { at: "opened"; letter: Letter }

/** Seals and opens a letter to oneself with the real core: what sites see, and what people read. */
export function LetterToSelf() {
    const address = useStatus()?.me?.addresses[0] ?? ""
    const [text, setText] = useState(t("selfText"))
    const [stage, setStage] = useState<Stage>({ at: "offer" })
    const { failure, run } = useDoing()
    const seal = () =>
        run(async () => {
            setStage({ at: "sealed", sealed: await sealToSelf(address, text) })
        })
    const open = (sealed: string) =>
        run(async () => {
            const source = { tab: null, private: false, messageFrom: [], messageDate: null }
            const reply = await desk({ type: "open", text: sealed, source, reveal: false })
            setStage({ at: "opened", letter: reply.letter })
        })
    return (
        <section class="card stack" aria-live="polite" data-test="self-letter">
            <h2>{t("selfSeal")}</h2>
            {stage.at === "offer" && (
                <>
                    <p class="soft">{t("selfLead")}</p>
                    <Button
                        test="self-write"
                        kind="primary"
                        icon="pen"
                        onPress={() => setStage({ at: "write" })}
                    >
                        {t("selfBegin")}
                    </Button>
                </>
            )}
            {stage.at === "write" && (
                <>
                    <Area
                        autofocus
                        test="self-text"
                        rows={2}
                        label={t("selfLabel")}
                        value={text}
                        onInput={setText}
                    />
                    <Button kind="primary" test="self-seal" icon="lock" onPress={seal}>
                        {t("selfSealNow")}
                    </Button>
                </>
            )}
            {stage.at === "sealed" && (
                <>
                    <p class="soft">{t("selfSealed")}</p>
                    <SealedBlock test="self-sealed" label={t("selfSealed")}>
                        {stage.sealed}
                    </SealedBlock>
                    <Button kind="primary" test="self-open" onPress={() => open(stage.sealed)}>
                        {t("selfOpen")}
                    </Button>
                </>
            )}
            {stage.at === "opened" && (
                <>
                    <p class="soft">{t("selfOpened")}</p>
                    <LetterPaper letter={stage.letter} />
                    <p class="small">
                        <LinkButton test="self-again" onPress={() => setStage({ at: "write" })}>
                            {t("selfAgain")}
                        </LinkButton>
                    </p>
                </>
            )}
            <FailureNotice failure={failure} />
        </section>
    )
}

async function sealToSelf(address: string, text: string): Promise<string> {
    const { draft } = await desk({
        type: "compose",
        context: null,
        to: [],
        replyTo: null,
        private: false,
    })
    const saved = await desk({
        type: "save-draft",
        id: draft.id,
        to: [],
        addresses: [address],
        subject: "",
        text,
        form: "armor",
    })
    const { sealed } = await desk({
        type: "seal",
        id: draft.id,
        sealFor: saved.draft.sealFor,
    })
    await desk({ type: "sent", id: draft.id })
    return sealed.text
}
