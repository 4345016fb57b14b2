import { useState } from "preact/hooks"
import type { Failure } from "../../generated/protocol.ts"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { Field, PassphraseField } from "../../ui/Field.tsx"
import { FailureNotice } from "../../ui/Notice.tsx"
import { t } from "../../ui/text.ts"
import { fieldError } from "./fieldError.ts"

interface Asking {
    failure: Failure | undefined
    onOpen: (password: string) => Promise<void>
}

/** The password of something sealed. */
export function PasswordForm({ failure, busy, onOpen }: Asking & { busy: boolean }) {
    const [password, setPassword] = useState("")
    const open = () => onOpen(password)
    const wrong = fieldError(failure, "wrong-password")
    return (
        <>
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
        </>
    )
}

/** A file that only a password opens. */
export function PasswordAsked({ failure, onOpen }: Asking) {
    const [busy, setBusy] = useState(false)
    const open = async (password: string) => {
        setBusy(true)
        await onOpen(password)
        setBusy(false)
    }
    return (
        <div class="stack" data-test="file-password">
            <div class="stack stack-snug">
                <h2>{t("filesPasswordNeeded")}</h2>
                <p class="soft">{t("passwordOpenLead")}</p>
            </div>
            <PasswordForm failure={failure} busy={busy} onOpen={open} />
        </div>
    )
}

/** Saving what nothing proves: under no name that a program opens, unless the person takes one. */
export function SaveAs(props: {
    claimed: string | null
    unnamed: string
    onSave: (name: string) => void | Promise<void>
}) {
    const { claimed, unnamed } = props
    const [name, setName] = useState("")
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
                placeholder={unnamed}
                value={name}
                onInput={setName}
            />
            <div>
                <Button
                    icon="download"
                    test="save"
                    onPress={() => props.onSave(name.trim() || unnamed)}
                >
                    {t("passwordSaveFile")}
                </Button>
            </div>
        </div>
    )
}
