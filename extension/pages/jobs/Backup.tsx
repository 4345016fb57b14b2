import { useState } from "preact/hooks"
import type { Failure } from "../../generated/protocol.ts"
import { Button } from "../../ui/Button.tsx"
import { desk, useDoing } from "../../ui/client.ts"
import { download } from "../../ui/clipboard.ts"
import { FileButton } from "../../ui/Drop.tsx"
import { FailureNotice, Notice } from "../../ui/Notice.tsx"
import { toast } from "../../ui/Toast.tsx"
import { count, t } from "../../ui/text.ts"

/** Contacts and settings as a sealed file, out and in. */
export function Backup({ due }: { due: boolean }) {
    const [restored, setRestored] = useState("")
    const [refused, setRefused] = useState<Failure>()
    const { failure, run } = useDoing()
    const make = () =>
        run(async () => {
            const { name, text } = await desk({ type: "make-backup" })
            download(name, text)
            toast(t("settingsBackupMade"))
        })
    const restore = (text: string) => {
        setRefused(undefined)
        setRestored("")
        return run(async () => {
            const { contacts, kept } = await desk({ type: "restore-backup", text })
            const came = count("contactsCount", contacts)
            setRestored(t("settingsRestored", came, count("contactsCount", kept)))
        })
    }
    return (
        <div class="stack">
            <p class="soft">{t("settingsBackupText")}</p>
            {due && <Notice icon="clock">{t("settingsBackupDue")}</Notice>}
            <div class="row row-wrap">
                <Button test="backup-make" icon="download" onPress={make}>
                    {t("settingsBackupMake")}
                </Button>
                <FileButton
                    test="backup-restore"
                    onText={(text) => void restore(text)}
                    onTooLarge={() => setRefused({ code: "too-large" })}
                >
                    {t("settingsBackupRestore")}
                </FileButton>
            </div>
            {restored && (
                <Notice tone="good" test="backup-restored">
                    {restored}
                </Notice>
            )}
            <FailureNotice failure={refused ?? failure} />
        </div>
    )
}
