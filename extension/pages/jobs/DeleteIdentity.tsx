import { useState } from "preact/hooks"
import { Button } from "../../ui/Button.tsx"
import { desk, useDoing } from "../../ui/client.ts"
import { Confirm } from "../../ui/Dialog.tsx"
import { Field } from "../../ui/Field.tsx"
import { FailureNotice } from "../../ui/Notice.tsx"
import { t } from "../../ui/text.ts"

/** Deleting while unlocked: the name is typed, so that no stray click does it. */
export function DeleteIdentity({ name }: { name: string }) {
    const [asked, setAsked] = useState(false)
    const [typed, setTyped] = useState("")
    const { failure, run } = useDoing()
    const wrong = failure?.code === "name-invalid"
    const erase = () =>
        run(async () => {
            await desk({ type: "delete-identity", name: typed })
            setAsked(false)
        })
    return (
        <>
            <p class="soft">{t("settingsDeleteText")}</p>
            <div>
                <Button kind="danger" test="delete" onPress={() => setAsked(true)}>
                    {t("settingsDeleteOpen")}
                </Button>
            </div>
            {asked && (
                <Confirm
                    danger
                    test="delete-dialog"
                    title={t("settingsDeleteTitle", name)}
                    confirm={t("deleteConfirm")}
                    disabled={!typed.trim()}
                    onCancel={() => setAsked(false)}
                    onConfirm={erase}
                >
                    <p>{t("settingsDeleteText")}</p>
                    <Field
                        test="delete-name"
                        label={t("settingsDeleteType")}
                        value={typed}
                        onInput={setTyped}
                        error={wrong ? t("settingsDeleteWrong", name) : undefined}
                    />
                    {!wrong && <FailureNotice failure={failure} />}
                </Confirm>
            )}
        </>
    )
}
