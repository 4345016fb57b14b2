import { useState } from "preact/hooks"
import type { PasswordFile, PasswordLetter, ReadErrand } from "../../generated/protocol.ts"
import { Button } from "../../ui/Button.tsx"
import { desk, useDoing } from "../../ui/client.ts"
import { downloadBlob } from "../../ui/clipboard.ts"
import { Notice } from "../../ui/Notice.tsx"
import { toast } from "../../ui/Toast.tsx"
import { t } from "../../ui/text.ts"
import { Keep } from "./Keep.tsx"
import { Verdict } from "./LetterPaper.tsx"
import { PasswordForm, SaveAs } from "./PasswordFile.tsx"

/** The name of a file that the person did not name. */
const UNNAMED = "opened.bin"

/** What a password opens: in a surface that the person opened, never in a page. */
export function PasswordReader({ errand }: { errand: ReadErrand }) {
    const [letter, setLetter] = useState<PasswordLetter>()
    const { failure, busy, run } = useDoing()
    const open = (password: string) =>
        run(async () => {
            const reply = await desk({ type: "open-with-password", ...errand, password })
            setLetter(reply.letter)
        })
    if (letter) return <Opened letter={letter} />
    return (
        <div class="stack" data-test="password-reader">
            <div class="stack stack-snug">
                <h2>{t("passwordOpenTitle")}</h2>
                <p class="soft">{t("passwordOpenLead")}</p>
            </div>
            <PasswordForm failure={failure} busy={busy} onOpen={open} />
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
    const save = (name: string) => {
        const bytes = Uint8Array.from(atob(file.content), (byte) => byte.charCodeAt(0))
        downloadBlob(name, new Blob([bytes], { type: "application/octet-stream" }))
        toast(t("passwordSaved", name))
    }
    return <SaveAs claimed={file.name} unnamed={UNNAMED} onSave={save} />
}
