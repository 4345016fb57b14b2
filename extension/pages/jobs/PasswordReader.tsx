import { useState } from "preact/hooks"
import type { PasswordFile, PasswordLetter, ReadErrand } from "../../generated/protocol.ts"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { desk, useDoing } from "../../ui/client.ts"
import { downloadBlob } from "../../ui/clipboard.ts"
import { Field, PassphraseField } from "../../ui/Field.tsx"
import { FailureNotice, Notice } from "../../ui/Notice.tsx"
import { toast } from "../../ui/Toast.tsx"
import { t } from "../../ui/text.ts"
import { fieldError } from "./fieldError.ts"
import { Keep } from "./Keep.tsx"
import { Verdict } from "./LetterPaper.tsx"

/** The name of a file that the person did not name. */
const UNNAMED = "opened.bin"

/** What a password opens: in a surface that the person opened, never in a page. */
export function PasswordReader({ errand }: { errand: ReadErrand }) {
    const [password, setPassword] = useState("")
    const [letter, setLetter] = useState<PasswordLetter>()
    const { failure, busy, run } = useDoing()
    const open = () =>
        run(async () => {
            const reply = await desk({ type: "open-with-password", ...errand, password })
            setPassword("")
            setLetter(reply.letter)
        })
    if (letter) return <Opened letter={letter} />
    const wrong = fieldError(failure, "wrong-password")
    return (
        <div class="stack" data-test="password-reader">
            <div class="stack stack-snug">
                <h2>{t("passwordOpenTitle")}</h2>
                <p class="soft">{t("passwordOpenLead")}</p>
            </div>
            <PassphraseField
                autofocus
                test="letter-password"
                label={t("passwordField")}
                value={password}
                onInput={setPassword}
                onEnter={() => void open()}
                error={wrong}
            />
            {!wrong && <FailureNotice failure={failure} />}
            <Button wide kind="primary" test="password-open" disabled={!password} onPress={open}>
                {busy ? t("passwordOpening") : t("passwordOpen")}
            </Button>
        </div>
    )
}

/** Worth an anonymous postcard: no name, text after a click, files saved as nothing in particular. */
function Opened({ letter }: { letter: PasswordLetter }) {
    const [shown, setShown] = useState(false)
    const { text, subject, file, notes } = letter
    return (
        <article class="letter stack" data-test="password-letter">
            <header class="stack stack-snug">
                <Verdict sender={null} />
                {notes.includes("claims-contact") && (
                    <Notice tone="danger" test="note-claims-contact">
                        {t("noteClaimsContact")}
                    </Notice>
                )}
            </header>
            {text !== null && !shown && (
                <Button test="reveal" icon="eye" onPress={() => setShown(true)}>
                    {t("verdictNoneReveal")}
                </Button>
            )}
            {text !== null && shown && <Words text={text} subject={subject} />}
            {file && <Save file={file} />}
        </article>
    )
}

function Words({ text, subject }: { text: string; subject: string | null }) {
    return (
        <>
            {subject !== null && (
                <p class="small soft" data-test="claimed-subject">
                    {t("passwordLetterClaims")} <bdi>{subject}</bdi>
                </p>
            )}
            <div class="letter-text" dir="auto" data-test="letter-text">
                {text}
            </div>
            <div class="row row-wrap no-print">
                <Keep text={text} />
            </div>
        </>
    )
}

function Save({ file }: { file: PasswordFile }) {
    const [name, setName] = useState("")
    const claimed = file.name
    const save = () => {
        const as = name.trim() || UNNAMED
        const bytes = Uint8Array.from(atob(file.content), (byte) => byte.charCodeAt(0))
        downloadBlob(as, new Blob([bytes], { type: "application/octet-stream" }))
        toast(t("passwordSaved", as))
    }
    return (
        <div class="stack stack-snug" data-test="save-file">
            {claimed !== null && (
                <p class="small soft">
                    {t("passwordNameClaims")} <bdi data-test="claimed-name">{claimed}</bdi>{" "}
                    <LinkButton test="use-name" onPress={() => setName(claimed)}>
                        {t("passwordNameUse")}
                    </LinkButton>
                </p>
            )}
            <Field
                test="file-name"
                label={t("passwordNameField")}
                hint={t("passwordNameHint")}
                placeholder={UNNAMED}
                value={name}
                onInput={setName}
            />
            <div>
                <Button icon="download" test="save" onPress={save}>
                    {t("passwordSaveFile")}
                </Button>
            </div>
        </div>
    )
}
