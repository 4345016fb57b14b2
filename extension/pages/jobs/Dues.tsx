import type { DraftBrief, Due } from "../../generated/protocol.ts"
import { Button } from "../../ui/Button.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { count, names, t } from "../../ui/text.ts"

/** What should not be forgotten. At most one at a time, the most pressing first. */
export function Dues({ due }: { due: Due }) {
    if (due.kit) {
        return (
            <Notice
                icon="key"
                tone={due.kitNow ? "caution" : "plain"}
                test="due-kit"
                title={t("kitDue")}
                actions={<SettingsLink part="kit" label={t("kitSaveNow")} />}
            >
                {due.kitNow ? t("kitDueNow") : count("kitDueLeft", due.kitLettersLeft)}
            </Notice>
        )
    }
    if (due.backup) {
        return (
            <Notice
                icon="download"
                test="due-backup"
                title={t("settingsBackup")}
                actions={<SettingsLink part="backup" label={t("settingsBackupMake")} />}
            >
                {t("settingsBackupDue")}
            </Notice>
        )
    }
    return null
}

function SettingsLink({ part, label }: { part: string; label: string }) {
    return (
        <a
            class="btn btn-small"
            href={`settings.html#${part}`}
            target="_blank"
            rel="noreferrer"
            data-test={`due-${part}-open`}
        >
            {label}
        </a>
    )
}

/** "Your letter to Bob is ready: Seal". */
export function ReadyDrafts(props: {
    drafts: readonly DraftBrief[]
    onOpen: (id: string) => void | Promise<void>
}) {
    return (
        <>
            {props.drafts.map((draft) => (
                <Notice
                    key={draft.id}
                    icon="letter"
                    tone="good"
                    test="draft-ready"
                    title={t("draftReadyTitle", names(draft.to))}
                    actions={
                        <Button
                            size="small"
                            kind="primary"
                            test="seal-waiting"
                            onPress={() => props.onOpen(draft.id)}
                        >
                            {t("seal")}
                        </Button>
                    }
                >
                    {t("draftReadyText")}
                </Notice>
            ))}
        </>
    )
}
