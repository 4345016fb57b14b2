import { useState } from "preact/hooks"
import type { Draft, SealedText } from "../../generated/protocol.ts"
import { CoreError } from "../../lib/failure.ts"
import { Button } from "../../ui/Button.tsx"
import { desk, useDoing } from "../../ui/client.ts"
import { copy, download } from "../../ui/clipboard.ts"
import { FailureNotice, Notice } from "../../ui/Notice.tsx"
import { SealedBlock } from "../../ui/SealedBlock.tsx"
import { toast } from "../../ui/Toast.tsx"
import { t } from "../../ui/text.ts"
import { Attachments } from "./Attachments.tsx"
import { fieldError } from "./fieldError.ts"
import { NewPassword, ThePassword } from "./NewPassword.tsx"
import { place } from "./place.ts"
import { readerWith } from "./readerPage.ts"
import { GoOn, Outcome } from "./Sealed.tsx"

interface Props {
    draft: Draft
    tab: number | null
    onSent: () => void
    onBack: () => void
    onDone: () => void
}

/** Another way, for somebody without Sotto: whoever has the password opens the letter. */
export function WithPassword(props: Props) {
    const [sealed, setSealed] = useState<{ text: string; password: string }>()
    if (sealed) return <Ways {...props} {...sealed} />
    return (
        <ChoosePassword {...props} onSealed={(text, password) => setSealed({ text, password })} />
    )
}

function ChoosePassword(props: Props & { onSealed: (text: string, password: string) => void }) {
    const [password, setPassword] = useState("")
    const { failure, busy, run } = useDoing()
    const seal = () =>
        run(async () => {
            const { id } = props.draft
            const { text } = await desk({ type: "seal-with-password", id, password })
            props.onSealed(text, password.trim())
        })
    const weak = fieldError(failure, "weak-password")
    return (
        <div class="panel-body stack" data-test="password-choose">
            <div class="stack stack-snug">
                <h2>{t("passwordTitle")}</h2>
                <p class="soft">{t("passwordLead")}</p>
            </div>
            <NewPassword
                value={password}
                onInput={setPassword}
                onEnter={() => void seal()}
                error={weak}
                own={[props.draft.subject]}
            />
            <Notice icon="key">{t("passwordHandOver")}</Notice>
            {!weak && <FailureNotice failure={failure} />}
            <Button
                wide
                kind="primary"
                size="large"
                icon="lock"
                test="password-seal"
                disabled={!password}
                onPress={seal}
            >
                {busy ? t("passwordSealing") : t("passwordSeal")}
            </Button>
            <Button kind="quiet" size="small" test="password-back" onPress={props.onBack}>
                {t("passwordBack")}
            </Button>
        </div>
    )
}

/** The letter is sealed: into the page, to the clipboard, or as a file of either kind. */
function Ways(props: Props & { text: string; password: string }) {
    const { draft, tab, text, password } = props
    const { failure, run } = useDoing()
    const [left, setLeft] = useState(false)
    const sent = async () => {
        if (!left) await desk({ type: "sent", id: draft.id })
        setLeft(true)
        props.onSent()
    }
    const insert = () =>
        run(async () => {
            const sealed: SealedText = { id: "", text, names: [], nextDraft: null }
            const placed = await place(draft, sealed, tab, false)
            if (placed.at === "here" && placed.why) throw new CoreError(placed.why)
            if (placed.at !== "editor") return toast(t("sealedParkedText"))
            setLeft(true)
            props.onSent()
            toast(t("sealedInserted"))
        })
    const saveFile = () =>
        run(async () => {
            download("sealed.age", text)
            await sent()
        })
    const savePage = () =>
        run(async () => {
            download("sealed-letter.html", await readerWith(text), "text/html")
            await sent()
        })
    const copyText = () =>
        run(async () => {
            await copy(text)
            await sent()
        })
    return (
        <div class="panel-body stack" data-test="password-sealed">
            <Outcome icon="lock" title={t("passwordSealed")} text={t("passwordSealedText")} />
            <FailureNotice failure={failure} />
            <div class="stack stack-snug">
                {tab !== null && !left && (
                    <Button wide kind="primary" icon="letter" test="insert" onPress={insert}>
                        {t("passwordInsert")}
                    </Button>
                )}
                <Button wide icon="copy" test="copy-sealed" onPress={copyText}>
                    {t("sealedCopy")}
                </Button>
                <Button wide icon="download" test="save-reader" onPress={savePage}>
                    {t("passwordReaderSave")}
                </Button>
                <p class="small soft">{t("passwordReaderHint")}</p>
                <Button wide icon="download" test="save-file" onPress={saveFile}>
                    {t("passwordFileSave")}
                </Button>
            </div>
            <ThePassword password={password} />
            <section class="stack stack-snug" data-test="password-files">
                <h3 class="label">{t("passwordFiles")}</h3>
                <Attachments
                    choice={{ password, private: draft.private }}
                    label={t("passwordFilesAttach")}
                    tab={tab}
                    given={undefined}
                />
            </section>
            <details class="more">
                <summary>{t("sealedShow")}</summary>
                <SealedBlock test="sealed-text" label={t("sealedShow")}>
                    {text}
                </SealedBlock>
            </details>
            <GoOn left={left} onEdit={props.onBack} onDone={props.onDone} />
        </div>
    )
}
