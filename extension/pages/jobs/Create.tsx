import { useState } from "preact/hooks"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { desk, useDoing } from "../../ui/client.ts"
import { Field, PassphraseField } from "../../ui/Field.tsx"
import { FailureNotice } from "../../ui/Notice.tsx"
import { Strength } from "../../ui/Strength.tsx"
import { t } from "../../ui/text.ts"
import { fieldError, IDENTITY_CODES } from "./fieldError.ts"
import { forgetRestored } from "./restored.ts"

/** The first run: one page, three fields, one button. */
export function Create() {
    const [name, setName] = useState("")
    const [address, setAddress] = useState("")
    const { failure, busy, run } = useDoing()
    const { passphrase, field } = useNewPassphrase(failure, [name, address], t("fieldPassphrase"))
    const create = () =>
        run(async () => {
            forgetRestored()
            await desk({ type: "create", name, address, passphrase })
        })
    return (
        <div class="stack stack-loose" data-test="create-page">
            <div class="stack stack-snug">
                <h1>{t("welcomeTitle")}</h1>
                <p class="lead">{t("welcomeLead")}</p>
            </div>
            <Field
                autofocus
                test="name"
                label={t("fieldName")}
                hint={t("welcomeNameHint")}
                value={name}
                onInput={setName}
                error={fieldError(failure, "name-invalid")}
            />
            <Field
                inputMode="email"
                test="address"
                label={t("fieldAddress")}
                hint={t("welcomeAddressHint")}
                value={address}
                onInput={setAddress}
                error={fieldError(failure, "address-invalid")}
            />
            {field}
            {failure && !IDENTITY_CODES.has(failure.code) && <FailureNotice failure={failure} />}
            <Button wide kind="primary" size="large" test="create" onPress={create}>
                {busy ? t("welcomeCreating") : t("welcomeCreate")}
            </Button>
            <p class="row row-wrap welcome-links small">
                <a href="#restore" data-test="have-words">
                    {t("welcomeHaveWords")}
                </a>
                <a href="#help" data-test="lost-words">
                    {t("welcomeLost")}
                </a>
            </p>
        </div>
    )
}

/** A passphrase that is chosen now: strength, and six random words on offer. */
export function useNewPassphrase(
    failure: Parameters<typeof fieldError>[0],
    own: readonly string[],
    label: string,
) {
    const [passphrase, setPassphrase] = useState("")
    const [suggested, setSuggested] = useState("")
    const { run } = useDoing()
    const suggest = () =>
        run(async () => {
            const reply = await desk({ type: "suggest-passphrase" })
            setSuggested(reply.passphrase)
            setPassphrase(reply.passphrase)
        })
    const taken = suggested !== "" && suggested === passphrase
    const field = (
        <PassphraseField
            test="passphrase"
            label={label}
            value={passphrase}
            onInput={setPassphrase}
            error={fieldError(failure, "weak-passphrase")}
            below={
                <div class="stack stack-snug">
                    {taken ? (
                        <div class="card sunken stack stack-tight" data-test="suggested">
                            <p class="strong suggested-words">{suggested}</p>
                            <p class="small soft">{t("welcomeWordsHint")}</p>
                        </div>
                    ) : (
                        <Strength passphrase={passphrase} own={own} />
                    )}
                    <p class="small">
                        <LinkButton test="suggest" onPress={suggest}>
                            {t("welcomeWords")}
                        </LinkButton>
                    </p>
                </div>
            }
        />
    )
    return { passphrase, field }
}
