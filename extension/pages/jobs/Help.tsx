import { useState } from "preact/hooks"
import type { Status } from "../../generated/protocol.ts"
import { Button } from "../../ui/Button.tsx"
import { desk, useDoing } from "../../ui/client.ts"
import { Confirm } from "../../ui/Dialog.tsx"
import { FailureNotice } from "../../ui/Notice.tsx"
import { t } from "../../ui/text.ts"

type After = "#restore" | "#"

/** "I lost my words": what can still be done, and what cannot. */
export function Help({ status }: { status: Status }) {
    const [asked, setAsked] = useState<After>()
    const { failure, run } = useDoing()
    const locked = status.vault === "locked"
    const erase = (after: After) =>
        run(async () => {
            // An unlocked vault is deleted in the settings, where its name is typed.
            if (locked) await desk({ type: "delete-identity", name: "" })
            setAsked(undefined)
            location.hash = after
        })
    const go = (after: After) => (locked ? setAsked(after) : leave(status, after))
    return (
        <div class="stack stack-loose" data-test="help-page">
            <div class="stack stack-snug">
                <h1>{t("helpTitle")}</h1>
                <p class="lead">{t("helpLead")}</p>
            </div>
            <section class="card stack stack-snug">
                <h2>{t("helpWordsTitle")}</h2>
                <p class="soft">{t("helpWordsText")}</p>
                {status.vault !== "missing" && (
                    <p>
                        <a class="btn" href="settings.html#kit" data-test="help-kit">
                            {t("helpWordsAction")}
                        </a>
                    </p>
                )}
            </section>
            <section class="card stack stack-snug">
                <h2>{t("helpPassphraseTitle")}</h2>
                <p class="soft">{t("helpPassphraseText")}</p>
                <p>
                    <Button test="help-restore" onPress={() => go("#restore")}>
                        {locked ? t("helpPassphraseAction") : t("restore")}
                    </Button>
                </p>
            </section>
            <section class="card stack stack-snug">
                <h2>{t("helpBothTitle")}</h2>
                <p class="soft">{t("helpBothText")}</p>
                <p>
                    <Button test="help-anew" kind="danger" onPress={() => go("#")}>
                        {locked ? t("helpBothAction") : t("setUp")}
                    </Button>
                </p>
            </section>
            <section class="card stack stack-snug">
                <h2>{t("helpOtherTitle")}</h2>
                <p class="soft">{t("helpOtherText")}</p>
            </section>
            <FailureNotice failure={failure} />
            {asked && (
                <Confirm
                    danger
                    test="delete-locked"
                    title={t("deleteLockedTitle")}
                    confirm={t("deleteConfirm")}
                    onCancel={() => setAsked(undefined)}
                    onConfirm={() => erase(asked)}
                >
                    <p>{t("deleteLockedText")}</p>
                </Confirm>
            )}
        </div>
    )
}

function leave(status: Status, after: After): void {
    if (status.vault === "unlocked") location.href = "settings.html#delete"
    else location.hash = after
}
