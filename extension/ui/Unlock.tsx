import type { ComponentChildren } from "preact"
import { useState } from "preact/hooks"
import { adviceFor } from "./advice.ts"
import { Button } from "./Button.tsx"
import { desk, useDoing, useStatus } from "./client.ts"
import { PassphraseField } from "./Field.tsx"
import { Icon, Mark } from "./Icon.tsx"
import { Progress } from "./State.tsx"
import { t } from "./text.ts"
import { LockVeiled, VeiledLines } from "./Veiled.tsx"

/**
 * Paints its children while the vault is open, and what is needed to open it otherwise: in place,
 * so that the surface goes on with its job afterwards. What was decrypted leaves the document.
 */
export function Unlocked({ why, children }: { why?: string; children: ComponentChildren }) {
    const status = useStatus()
    if (!status) return <Progress>{t("working")}</Progress>
    if (status.vault === "unlocked") return <>{children}</>
    if (status.vault === "missing") return <SetUpFirst />
    return <UnlockBlock why={why} veiled={status.veiled} />
}

function UnlockBlock({ why, veiled }: { why: string | undefined; veiled: boolean }) {
    const [passphrase, setPassphrase] = useState("")
    const { failure, busy, run } = useDoing()
    const unlock = () =>
        run(async () => {
            await desk({ type: "unlock", passphrase })
            setPassphrase("")
        })
    return (
        <section class="unlock stack" aria-labelledby="unlock-title" data-test="unlock-block">
            <span class="unlock-icon">
                <Icon name="lock" size={22} />
            </span>
            <div class="stack stack-tight">
                <h2 id="unlock-title">{t(veiled ? "veiledTitle" : "unlockTitle")}</h2>
                {veiled ? <VeiledLines /> : <p class="soft small">{why ?? t("unlockAndGoOn")}</p>}
            </div>
            <PassphraseField
                autofocus
                test="unlock-passphrase"
                label={t("fieldPassphrase")}
                value={passphrase}
                onInput={setPassphrase}
                onEnter={() => void unlock()}
                error={failure && adviceFor(failure)}
            />
            <Button wide kind="primary" test="unlock" onPress={unlock} disabled={!passphrase}>
                {busy ? t("unlockWorking") : t("unlock")}
            </Button>
            {veiled && <LockVeiled />}
            <a class="small unlock-help" href="welcome.html#help" target="_blank" rel="noreferrer">
                {t("unlockForgot")}
            </a>
        </section>
    )
}

function SetUpFirst() {
    return (
        <section class="unlock stack" data-test="setup-first">
            <Mark size={40} />
            <div class="stack stack-tight">
                <h2>{t("setUpFirst")}</h2>
                <p class="soft small">{t("setUpFirstText")}</p>
            </div>
            <a
                class="btn btn-primary btn-wide"
                href="welcome.html"
                target="_blank"
                rel="noreferrer"
                data-test="setup"
            >
                {t("setUp")}
            </a>
        </section>
    )
}
