import { useState } from "preact/hooks"
import { Button } from "../../ui/Button.tsx"
import { desk, useDoing } from "../../ui/client.ts"
import { Area, Field } from "../../ui/Field.tsx"
import { FailureNotice } from "../../ui/Notice.tsx"
import { t } from "../../ui/text.ts"
import { useNewPassphrase } from "./Create.tsx"
import { fieldError, IDENTITY_CODES } from "./fieldError.ts"
import { rememberRestored } from "./restored.ts"

const WORD_CODES = ["words-count", "words-unknown", "words-checksum"] as const

export function Restore() {
    const [words, setWords] = useState("")
    const [name, setName] = useState("")
    const [address, setAddress] = useState("")
    const { failure, busy, run } = useDoing()
    const own = [name, address]
    const { passphrase, field } = useNewPassphrase(failure, own, t("restorePassphrase"))
    const given = words.split(/\s+/u).filter(Boolean).length
    const beside = (code: string) =>
        WORD_CODES.some((known) => known === code) || IDENTITY_CODES.has(code as never)
    const restore = () =>
        run(async () => {
            // Before the request: the status may arrive ahead of the answer.
            rememberRestored()
            await desk({ type: "restore", words, name, address, passphrase })
        })
    return (
        <div class="stack stack-loose" data-test="restore-page">
            <div class="stack stack-snug">
                <h1>{t("restoreTitle")}</h1>
                <p class="lead">{t("restoreLead")}</p>
            </div>
            <Area
                autofocus
                mono
                test="words"
                rows={4}
                label={t("restoreWords")}
                hint={t("restoreWordsHint", String(given))}
                value={words}
                onInput={setWords}
                error={fieldError(failure, ...WORD_CODES)}
            />
            <Field
                test="name"
                label={t("fieldName")}
                value={name}
                onInput={setName}
                error={fieldError(failure, "name-invalid")}
            />
            <Field
                inputMode="email"
                test="address"
                label={t("fieldAddress")}
                value={address}
                onInput={setAddress}
                error={fieldError(failure, "address-invalid")}
            />
            {field}
            <p class="small soft">{t("restoreContactsNote")}</p>
            {failure && !beside(failure.code) && <FailureNotice failure={failure} />}
            <Button wide kind="primary" size="large" test="restore" onPress={restore}>
                {busy ? t("restoring") : t("restore")}
            </Button>
            <p class="row row-wrap welcome-links small">
                <a href="welcome.html">{t("back")}</a>
                <a href="#help" data-test="lost-words">
                    {t("welcomeLost")}
                </a>
            </p>
        </div>
    )
}
