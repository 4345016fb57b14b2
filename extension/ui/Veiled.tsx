import { Button } from "./Button.tsx"
import { desk } from "./client.ts"
import { useLiveStatus } from "./live.ts"
import { reachWords } from "./reach.ts"
import { count, t } from "./text.ts"

/** What may be said while the person is away: whether they are reached, and how much came. */
export function VeiledLines() {
    const { live } = useLiveStatus()
    return (
        <div class="stack stack-tight" data-test="veiled" data-reach={live?.reach}>
            <p class="soft small">{t("veiledText")}</p>
            {live && (
                <p class="small" role="status" data-test="veiled-reach">
                    {reachWords(live)}
                </p>
            )}
            {live && live.unread > 0 && (
                <p class="small strong" role="status" data-test="veiled-waiting">
                    {count("veiledWaiting", live.unread)}
                </p>
            )}
        </div>
    )
}

/** A veil is no lock: whoever wants one has it here. */
export function LockVeiled() {
    return (
        <Button
            wide
            kind="quiet"
            icon="lock"
            test="lock-veiled"
            onPress={() => desk({ type: "lock" }).then(() => undefined)}
        >
            {t("veiledLock")}
        </Button>
    )
}
