import { useState } from "preact/hooks"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { desk, useDoing } from "../../ui/client.ts"
import { PassphraseField } from "../../ui/Field.tsx"
import { FailureNotice } from "../../ui/Notice.tsx"
import { Strength } from "../../ui/Strength.tsx"
import { toast } from "../../ui/Toast.tsx"
import { t } from "../../ui/text.ts"

/** A password to seal with: the person's own, or six words of ours. */
export function NewPassword(props: {
    value: string
    onInput: (password: string) => void
    onEnter: () => void
    error: string | undefined
    /** Words that make a password easy to guess. */
    own: readonly string[]
}) {
    const [suggested, setSuggested] = useState("")
    const { failure, run } = useDoing()
    const suggest = () =>
        run(async () => {
            const { passphrase } = await desk({ type: "suggest-passphrase" })
            setSuggested(passphrase)
            props.onInput(passphrase)
        })
    const isSuggested = suggested !== "" && suggested === props.value
    return (
        <PassphraseField
            autofocus
            test="password"
            label={t("passwordField")}
            value={props.value}
            onInput={props.onInput}
            onEnter={props.onEnter}
            error={props.error}
            below={
                <div class="stack stack-snug">
                    {isSuggested ? (
                        <div class="card sunken stack stack-tight" data-test="suggested">
                            <p class="strong suggested-words">{suggested}</p>
                            <p class="small soft">{t("passwordWordsHint")}</p>
                        </div>
                    ) : (
                        <Strength passphrase={props.value} own={[...props.own]} />
                    )}
                    <p class="small">
                        <LinkButton test="suggest" onPress={suggest}>
                            {t("welcomeWords")}
                        </LinkButton>
                    </p>
                    <FailureNotice failure={failure} />
                </div>
            }
        />
    )
}

/** The password that was sealed with, to hand over on another way. */
export function ThePassword({ password }: { password: string }) {
    const { failure, run } = useDoing()
    const copy = () =>
        run(async () => {
            await navigator.clipboard.writeText(password)
            toast(t("passwordCopied"))
        })
    return (
        <div class="card sunken stack stack-snug">
            <p class="strong suggested-words" data-test="the-password">
                {password}
            </p>
            <p class="small soft">{t("passwordHandOver")}</p>
            <FailureNotice failure={failure} />
            <div>
                <Button size="small" icon="copy" test="copy-password" onPress={copy}>
                    {t("passwordCopy")}
                </Button>
            </div>
        </div>
    )
}
