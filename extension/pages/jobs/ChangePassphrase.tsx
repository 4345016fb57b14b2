import { useState } from "preact/hooks"
import { Button } from "../../ui/Button.tsx"
import { desk, useDoing, useStatus } from "../../ui/client.ts"
import { PassphraseField } from "../../ui/Field.tsx"
import { FailureNotice } from "../../ui/Notice.tsx"
import { toast } from "../../ui/Toast.tsx"
import { t } from "../../ui/text.ts"
import { useNewPassphrase } from "./Create.tsx"
import { fieldError } from "./fieldError.ts"

const BESIDE: readonly string[] = ["wrong-passphrase", "weak-passphrase"]

export function ChangePassphrase() {
    const [open, setOpen] = useState(false)
    return open ? (
        <Change onDone={() => setOpen(false)} />
    ) : (
        <div>
            <Button test="passphrase-change-open" onPress={() => setOpen(true)}>
                {t("settingsPassphraseChange")}
            </Button>
        </div>
    )
}

function Change({ onDone }: { onDone: () => void }) {
    const me = useStatus()?.me
    const [old, setOld] = useState("")
    const { failure, run } = useDoing()
    const own = me ? [me.name, ...me.addresses] : []
    const { passphrase, field } = useNewPassphrase(failure, own, t("settingsPassphraseNew"))
    const change = () =>
        run(async () => {
            await desk({ type: "change-passphrase", old, new: passphrase })
            toast(t("settingsPassphraseChanged"))
            onDone()
        })
    return (
        <div class="card stack">
            <PassphraseField
                autofocus
                test="passphrase-old"
                label={t("settingsPassphraseOld")}
                value={old}
                onInput={setOld}
                error={fieldError(failure, "wrong-passphrase")}
            />
            {field}
            <p class="small soft">{t("settingsPassphraseText")}</p>
            {failure && !BESIDE.includes(failure.code) && <FailureNotice failure={failure} />}
            <div class="row">
                <Button
                    kind="primary"
                    test="passphrase-change"
                    disabled={!old || !passphrase}
                    onPress={change}
                >
                    {t("settingsPassphraseChange")}
                </Button>
                <Button kind="quiet" test="passphrase-cancel" onPress={onDone}>
                    {t("cancel")}
                </Button>
            </div>
        </div>
    )
}
