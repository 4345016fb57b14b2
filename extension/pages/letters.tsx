import { useState } from "preact/hooks"
import type { Failure } from "../generated/protocol.ts"
import { errandFor, openSurface } from "../lib/surface.ts"
import { Button } from "../ui/Button.tsx"
import { desk, useLoaded } from "../ui/client.ts"
import { DropZone, FileButton } from "../ui/Drop.tsx"
import { Area } from "../ui/Field.tsx"
import { mount } from "../ui/mount.tsx"
import { FailureNotice } from "../ui/Notice.tsx"
import { PageBar } from "../ui/PageBar.tsx"
import { EmptyState } from "../ui/State.tsx"
import { t } from "../ui/text.ts"
import { Unlocked } from "../ui/Unlock.tsx"
import { Cards } from "./jobs/Cards.tsx"
import { DraftList } from "./jobs/DraftList.tsx"
import { Reader } from "./jobs/Reader.tsx"

const CARD_MARK = "SOTTO CONTACT CARD"

/** Opens what is pasted or dropped: works for every site, without access to any. */
function Letters() {
    const [text, setText] = useState("")
    const [opened, setOpened] = useState("")
    const [failure, setFailure] = useState<Failure>()
    const open = (given: string) => {
        setFailure(undefined)
        setText(given)
        setOpened(given)
    }
    const tooLarge = () => setFailure({ code: "too-large" })
    return (
        <div class="stack stack-wide">
            <section class="stack stack-loose" data-test="open-letter">
                <div class="stack stack-snug">
                    <h1>{t("lettersOpenTitle")}</h1>
                    <p class="lead">{t("lettersOpenLead")}</p>
                </div>
                <DropZone test="letter-drop" onText={open} onTooLarge={tooLarge}>
                    {opened ? (
                        <div class="stack">
                            <Opened text={opened} />
                            <div>
                                <Button test="open-another" onPress={() => open("")}>
                                    {t("lettersAnother")}
                                </Button>
                            </div>
                        </div>
                    ) : (
                        <div class="stack">
                            <Area
                                mono
                                autofocus
                                test="letter-paste"
                                rows={6}
                                label={t("lettersPaste")}
                                placeholder={t("lettersPlaceholder")}
                                value={text}
                                onInput={setText}
                            />
                            <div class="row row-wrap">
                                <Button
                                    kind="primary"
                                    test="open"
                                    disabled={!text.trim()}
                                    onPress={() => open(text)}
                                >
                                    {t("lettersOpen")}
                                </Button>
                                <FileButton test="letter-file" onText={open} onTooLarge={tooLarge}>
                                    {t("addFile")}
                                </FileButton>
                            </div>
                        </div>
                    )}
                </DropZone>
                <FailureNotice failure={failure} />
            </section>
            <Drafts />
        </div>
    )
}

function write(to: string, replyTo: string | null = null): void {
    void openSurface(errandFor("compose", { to: [to], replyTo }))
}

function toDraft(draft: string): void {
    void openSurface(errandFor("compose", { draft }))
}

/** A card block goes to the card offer, everything else to the core as a letter. */
function Opened({ text }: { text: string }) {
    if (text.includes(CARD_MARK)) return <Cards text={text} onWrite={write} onDraft={toDraft} />
    const source = { tab: null, private: false, messageFrom: [], messageDate: null }
    return (
        <div class="card">
            <Reader errand={{ text, source }} onReply={write} onDraft={toDraft} />
        </div>
    )
}

function Drafts() {
    const drafts = useLoaded("drafts", async () => {
        const reply = await desk({ type: "drafts" })
        return reply.drafts
    })
    if (!drafts.value) return <FailureNotice failure={drafts.failure} />
    return (
        <section class="stack" data-test="drafts-section">
            <div class="row">
                <h2 class="grow">{t("draftsTitle")}</h2>
                <Button
                    size="small"
                    icon="pen"
                    test="write"
                    onPress={() => openSurface(errandFor("compose"))}
                >
                    {t("panelWrite")}
                </Button>
            </div>
            {drafts.value.length > 0 ? (
                <DraftList drafts={drafts.value} onOpen={toDraft} onChanged={drafts.reload} />
            ) : (
                <EmptyState icon="pen" title={t("draftsEmpty")}>
                    {t("draftsEmptyText")}
                </EmptyState>
            )}
        </section>
    )
}

mount(
    "navLetters",
    <div class="page">
        <PageBar current="letters.html" />
        <main class="page-main">
            <Unlocked>
                <Letters />
            </Unlocked>
        </main>
    </div>,
)
