import type { ComponentChildren } from "preact"
import { useEffect, useState } from "preact/hooks"
import type { Settings, Status } from "../generated/protocol.ts"
import { api, reportsScreenLock } from "../lib/browser.ts"
import { Button } from "../ui/Button.tsx"
import { Fingerprint } from "../ui/Compared.tsx"
import { desk, useDoing, useLoaded, useStatus } from "../ui/client.ts"
import { Switch } from "../ui/Field.tsx"
import { mount } from "../ui/mount.tsx"
import { FailureNotice, Notice } from "../ui/Notice.tsx"
import { PageBar } from "../ui/PageBar.tsx"
import { count, t } from "../ui/text.ts"
import { Unlocked } from "../ui/Unlock.tsx"
import { Backup } from "./jobs/Backup.tsx"
import { ChangePassphrase } from "./jobs/ChangePassphrase.tsx"
import { DeleteIdentity } from "./jobs/DeleteIdentity.tsx"
import { Guards } from "./jobs/guard/Guards.tsx"
import { Keys } from "./jobs/Keys.tsx"
import { RecoveryKit } from "./jobs/RecoveryKit.tsx"

const IDLE_MINUTES = [1, 5, 15, 30, 60, 240] as const

function SettingsPage() {
    const status = useStatus()
    useScrollToFragment()
    if (!status?.me) return null
    return (
        <div class="stack stack-wide" data-test="settings">
            <div class="stack stack-snug">
                <h1>{t("settingsTitle")}</h1>
                <p class="soft" dir="auto">
                    {status.me.name} · {status.me.addresses.join(", ")}
                </p>
            </div>
            <Preferences settings={status.settings} />
            <Section id="guard" title={t("settingsGuard")}>
                <Guards />
            </Section>
            <Kit status={status} />
            <Section id="backup" title={t("settingsBackup")}>
                <Backup due={status.due.backup} />
            </Section>
            <Section id="passphrase" title={t("settingsPassphrase")}>
                <ChangePassphrase />
            </Section>
            <Section id="keys" title={t("settingsKeys")}>
                <Keys rotation={status.me.rotation} />
            </Section>
            <Section id="about" title={t("settingsAbout")}>
                <p class="soft">
                    {t("settingsVersion", api.runtime.getManifest().version)}.{" "}
                    {t("settingsAboutText")}
                </p>
                <Fingerprint text={status.me.fingerprint} />
            </Section>
            <Section id="delete" title={t("settingsDelete")}>
                <DeleteIdentity name={status.me.name} />
            </Section>
        </div>
    )
}

/** Links such as `settings.html#kit` lead to a section that is there only after unlocking. */
function useScrollToFragment(): void {
    useEffect(() => {
        const id = location.hash.slice(1)
        if (id) document.getElementById(id)?.scrollIntoView()
    }, [])
}

function Section(props: { id: string; title: string; children: ComponentChildren }) {
    return (
        <section class="settings-section stack" id={props.id} data-test={`section-${props.id}`}>
            <h2>{props.title}</h2>
            {props.children}
        </section>
    )
}

function Preferences({ settings }: { settings: Settings }) {
    const { failure, run } = useDoing()
    const set = (change: Partial<Settings>) =>
        void run(async () => {
            await desk({ type: "set-settings", settings: { ...settings, ...change } })
        })
    const choices = [...new Set([...IDLE_MINUTES, settings.idleMinutes])]
        .filter((minutes) => minutes > 0)
        .sort((a, b) => a - b)
    return (
        <>
            <Section id="lock" title={t("settingsLock")}>
                <div class="card stack">
                    <label class="row setting-line">
                        <span class="grow strong">{t("settingsIdle")}</span>
                        <span class="field-box">
                            <select
                                data-test="idle"
                                value={settings.idleMinutes}
                                onChange={(event) =>
                                    set({ idleMinutes: Number(event.currentTarget.value) })
                                }
                            >
                                {choices.map((minutes) => (
                                    <option key={minutes} value={minutes}>
                                        {count("settingsIdleMinutes", minutes)}
                                    </option>
                                ))}
                                <option value={0}>{t("settingsIdleNever")}</option>
                            </select>
                        </span>
                    </label>
                    <p class="small soft">{t("settingsIdleVeil")}</p>
                    <hr class="rule" />
                    {reportsScreenLock ? (
                        <Switch
                            test="screen-lock"
                            label={t("settingsScreen")}
                            hint={t("settingsScreenHint")}
                            checked={settings.lockWithScreen}
                            onChange={(lockWithScreen) => set({ lockWithScreen })}
                        />
                    ) : (
                        <p class="small soft" data-test="screen-lock-absent">
                            {t("settingsScreenAbsent")}
                        </p>
                    )}
                    <hr class="rule" />
                    <Shortcut />
                </div>
            </Section>
            <Section id="pages" title={t("settingsPages")}>
                <div class="card stack">
                    <Switch
                        test="adapters"
                        label={t("settingsAdapters")}
                        hint={t("settingsAdaptersHint")}
                        checked={settings.adapters}
                        onChange={(adapters) => set({ adapters })}
                    />
                    <hr class="rule" />
                    <Switch
                        test="compose-in-tab"
                        label={t("settingsTab")}
                        hint={t("settingsTabHint")}
                        checked={settings.composeInTab}
                        onChange={(composeInTab) => set({ composeInTab })}
                    />
                </div>
            </Section>
            <FailureNotice failure={failure} />
        </>
    )
}

function Shortcut() {
    const commands = useLoaded("commands", () => api.commands.getAll())
    const keys = commands.value?.find((command) => command.name === "lock")?.shortcut
    return (
        <p class="small soft" data-test="shortcut">
            {keys ? t("settingsShortcut", keys) : t("settingsShortcutNone")}
        </p>
    )
}

function Kit({ status }: { status: Status }) {
    const [open, setOpen] = useState(location.hash === "#kit")
    return (
        <Section id="kit" title={t("settingsKit")}>
            {open ? (
                <RecoveryKit />
            ) : (
                <>
                    {status.due.kit ? (
                        <Notice icon="key" tone="caution">
                            {t("settingsKitDue")} {t("readyKitText")}
                        </Notice>
                    ) : (
                        <p class="soft">{t("settingsKitDone")}</p>
                    )}
                    <div>
                        <Button test="kit-open" icon="key" onPress={() => setOpen(true)}>
                            {t("settingsKitOpen")}
                        </Button>
                    </div>
                </>
            )}
        </Section>
    )
}

mount(
    "navSettings",
    <div class="page">
        <PageBar current="settings.html" />
        <main class="page-main">
            <Unlocked>
                <SettingsPage />
            </Unlocked>
        </main>
    </div>,
)
