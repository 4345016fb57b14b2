import { useState } from "preact/hooks"
import type { MessageKey } from "../../../generated/messages.ts"
import type { Failure, LiveSettings, LiveStatus, Notify } from "../../../generated/protocol.ts"
import { adviceFor } from "../../../ui/advice.ts"
import { Button } from "../../../ui/Button.tsx"
import { useDoing } from "../../../ui/client.ts"
import { Field, PassphraseField, Switch } from "../../../ui/Field.tsx"
import { live } from "../../../ui/live.ts"
import { FailureNotice, Notice } from "../../../ui/Notice.tsx"
import { needsPass, reachWords } from "../../../ui/reach.ts"
import { Segments } from "../../../ui/Segments.tsx"
import { t } from "../../../ui/text.ts"
import { BackLine } from "../BackLine.tsx"
import { mayNotify, useMayNotify } from "./notifying.ts"
import { TELLING } from "./said.ts"

interface Props {
    status: LiveStatus
    take: (status: LiveStatus) => void
}

/** First of all: what a relay is, who sees what, and which one it shall be. */
export function ChooseRelay({ status, take, onBack }: Props & { onBack?: () => void }) {
    const [origin, setOrigin] = useState(status.relay ?? "")
    const [pass, setPass] = useState("")
    const { failure, busy, run } = useDoing()
    const choose = () =>
        run(async () => {
            const chosen = await live({ type: "set-relay", origin: origin.trim(), pass })
            take(chosen.live)
            take((await live({ type: "set-reachable", on: true })).live)
            onBack?.()
        })
    const isTold = failure ? isOfPass(failure) : needsPass(status)
    const passError = isTold ? adviceFor({ code: "relay-pass-needed" }) : undefined
    return (
        <section class="stack stack-loose relay-page" data-test="choose-relay">
            {onBack && <BackLine onBack={onBack} />}
            <div class="stack stack-tight">
                <h1>{t("relayTitle")}</h1>
                <p class="lead">{t("relayLead")}</p>
            </div>
            <dl class="facts">
                <dt>{t("relaySees")}</dt>
                <dd>{t("relaySeesText")}</dd>
                <dt>{t("relaySeesNot")}</dt>
                <dd>{t("relaySeesNotText")}</dd>
                <dt>{t("relayOthers")}</dt>
                <dd>{t("relayOthersText")}</dd>
            </dl>
            <div class="card stack">
                <Field
                    test="relay-origin"
                    label={t("relayAddress")}
                    placeholder="wss://relay.example"
                    value={origin}
                    onInput={setOrigin}
                    onEnter={() => void choose()}
                    hint={t("relayAddressHint")}
                    error={failure && !isOfPass(failure) ? adviceFor(failure) : undefined}
                />
                <PassphraseField
                    test="relay-pass"
                    label={t("relayPass")}
                    value={pass}
                    onInput={setPass}
                    onEnter={() => void choose()}
                    hint={t("relayPassHint")}
                    error={passError}
                />
                <Button
                    kind="primary"
                    test="relay-choose"
                    disabled={origin.trim() === ""}
                    onPress={choose}
                >
                    {busy ? t("relayTrying") : t("relayChoose")}
                </Button>
            </div>
            <details class="more">
                <summary>{t("relayOwn")}</summary>
                <p class="small soft">{t("relayOwnText")}</p>
            </details>
        </section>
    )
}

function isOfPass({ code }: Failure): boolean {
    return code === "relay-pass-needed"
}

/** The switch that everything live hangs on. */
export function ReachableSwitch({ status, take }: Props) {
    const { failure, run } = useDoing()
    const set = (on: boolean) =>
        void run(async () => take((await live({ type: "set-reachable", on })).live))
    return (
        <div class="stack stack-snug" data-test="reach" data-reach={status.reach}>
            <Switch
                test="reachable"
                label={t("reachable")}
                hint={reachWords(status)}
                checked={status.reach !== "off"}
                onChange={set}
            />
            <FailureNotice failure={failure} />
        </div>
    )
}

/** What the person shows to others, and what the browser shows to the person. */
export function LiveChoices({ status, take, onBack }: Props & { onBack: () => void }) {
    const { settings } = status
    const { failure, run } = useDoing()
    const set = (change: Partial<LiveSettings>) =>
        void run(async () => {
            const next = { ...settings, ...change }
            take((await live({ type: "set-live", settings: next })).live)
        })
    return (
        <section class="stack stack-loose" data-test="live-settings">
            <BackLine onBack={onBack} />
            <h1>{t("chatSettings")}</h1>
            <ReachableSwitch status={status} take={take} />
            <p class="row row-wrap">
                <span class="grow">
                    <span class="label block">{t("relayYours")}</span>
                    <span data-test="relay-now">{status.relay}</span>
                </span>
                <a class="btn btn-small" href="#relay" data-test="relay-change">
                    {t("relayChange")}
                </a>
            </p>
            <div class="stack" data-test="showing">
                <p class="small soft">{t("chatOffMeans")}</p>
                <Switch
                    test="receipts"
                    label={t("chatReceipts")}
                    hint={t("chatReceiptsText", TELLING)}
                    checked={settings.receipts}
                    onChange={(receipts) => set({ receipts })}
                />
                <Switch
                    test="typing-switch"
                    label={t("chatTypingSwitch")}
                    hint={t("chatTypingSwitchText", TELLING)}
                    checked={settings.typing}
                    onChange={(typing) => set({ typing })}
                />
                <Switch
                    test="presence-switch"
                    label={t("chatPresence")}
                    hint={t("chatPresenceText")}
                    checked={settings.presence}
                    onChange={(presence) => set({ presence })}
                />
            </div>
            <Notifications notify={settings.notify} onChange={(notify) => set({ notify })} />
            <FailureNotice failure={failure} />
        </section>
    )
}

const NOTIFY = {
    off: "notifyOff",
    bare: "notifyBare",
    name: "notifyName",
} as const satisfies Record<Notify, MessageKey>

function Notifications(props: { notify: Notify; onChange: (notify: Notify) => void }) {
    const { notify, onChange } = props
    const [allowed, setAllowed] = useMayNotify()
    // In the click's own task: the browser asks the person then, or never.
    const ask = async () => setAllowed(await mayNotify())
    const options = (["off", "bare", "name"] as const).map((value) => ({
        value,
        label: t(NOTIFY[value]),
    }))
    return (
        <div class="stack stack-snug" data-test="notifications" data-allowed={allowed}>
            <h2>{t("notifyTitle")}</h2>
            <p class="small soft">{t("notifyText")}</p>
            <Segments
                test="notify"
                label={t("notifyTitle")}
                options={options}
                value={notify}
                onChange={onChange}
            />
            {notify !== "off" && allowed === false && (
                <Notice
                    test="notify-permission"
                    actions={
                        <Button size="small" test="notify-allow" onPress={ask}>
                            {t("notifyAllow")}
                        </Button>
                    }
                >
                    {t("notifyPermission")}
                </Notice>
            )}
        </div>
    )
}
