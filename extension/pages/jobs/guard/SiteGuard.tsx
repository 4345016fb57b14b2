import { useState } from "preact/hooks"
import type { SiteGuard as Guard, GuardRule, Site } from "../../../generated/protocol.ts"
import { api } from "../../../lib/browser.ts"
import { patternOf } from "../../../lib/site.ts"
import { Button, IconButton } from "../../../ui/Button.tsx"
import { desk, shell, useDoing, useLoaded } from "../../../ui/client.ts"
import { FailureNotice, Notice } from "../../../ui/Notice.tsx"
import { Segments } from "../../../ui/Segments.tsx"
import { t } from "../../../ui/text.ts"
import { PersonPicker } from "../PersonPicker.tsx"
import { hostOf } from "./host.ts"

/** The guard of the site in front: on or off, for whom, and whether it stands here already. */
export function SiteGuard({ site }: { site: Site }) {
    const guard = useLoaded(site.origin, async () => {
        const reply = await desk({ type: "guard-of", site: site.origin })
        return reply.guard
    })
    const here = useLoaded(site.tab, () => shell({ type: "guard-here", tab: site.tab }))
    if (guard.failure) return <FailureNotice failure={guard.failure} />
    if (!guard.value) return null
    const isOn = guard.value.rule !== "off"
    return (
        <section
            class="popup-section stack stack-snug"
            data-test="guard"
            data-rule={guard.value.rule}
        >
            <h2 class="label">{t("guardSection")}</h2>
            {site.granted ? (
                <GuardRuleChoice
                    guard={guard.value}
                    onChanged={() => {
                        guard.reload()
                        here.reload()
                    }}
                />
            ) : (
                <p class="small soft">{t("guardNeedsSite")}</p>
            )}
            {isOn && site.granted && here.value && <Standing {...here.value} tab={site.tab} />}
        </section>
    )
}

/** Off, ask, always; for *always* also for whom. */
export function GuardRuleChoice(props: { guard: Guard; onChanged: () => void }) {
    const { guard, onChanged } = props
    const { failure, run } = useDoing()
    const [choosing, setChoosing] = useState(false)
    const set = (rule: GuardRule, people: readonly string[]) =>
        run(async () => {
            await desk({ type: "set-guard", site: guard.site, rule, alwaysFor: [...people] })
            setChoosing(false)
            onChanged()
        })
    const ids = guard.alwaysFor.map(({ id }) => id)
    const choose = (rule: GuardRule) => {
        if (rule === "always") setChoosing(true)
        else void set(rule, [])
    }
    const shown = choosing ? "always" : guard.rule
    return (
        <div class="stack stack-snug">
            <Segments
                label={t("guardSection")}
                test="guard-rule"
                value={shown}
                options={[
                    { value: "off", label: t("guardOff") },
                    { value: "ask", label: t("guardAsk") },
                    { value: "always", label: t("guardAlways") },
                ]}
                onChange={choose}
            />
            <p class="tiny faint">{shown === "off" ? t("guardOffText") : t("guardOnText")}</p>
            {shown === "always" && (
                <Always
                    guard={guard}
                    onAdd={(id) => set("always", [...ids, id])}
                    onRemove={(id) => {
                        const left = ids.filter((one) => one !== id)
                        return set(left.length === 0 ? "ask" : "always", left)
                    }}
                />
            )}
            <FailureNotice failure={failure} />
        </div>
    )
}

function Always(props: {
    guard: Guard
    onAdd: (id: string) => Promise<void>
    onRemove: (id: string) => Promise<void>
}) {
    return (
        <div class="stack stack-tight" data-test="guard-always">
            <ul class="guard-people">
                {props.guard.alwaysFor.map(({ id, name, address }) => (
                    <li key={id} class="row">
                        <span class="grow ellipsis" dir="auto">
                            {name || address}
                        </span>
                        <IconButton
                            small
                            test="guard-always-remove"
                            icon="close"
                            label={t("recipientRemove", name || address)}
                            onPress={() => props.onRemove(id)}
                        />
                    </li>
                ))}
            </ul>
            <PersonPicker
                autofocus={props.guard.alwaysFor.length === 0}
                taken={[]}
                onPick={(choice) => {
                    if ("contact" in choice) void props.onAdd(choice.contact)
                }}
            />
        </div>
    )
}

/** The guard must be there before the page's own scripts: that takes one reload. */
function Standing(props: {
    standing: boolean
    late: boolean
    unguarded: readonly string[]
    tab: number
}) {
    const { tab } = props
    const reload = async () => {
        await api.tabs.reload(tab)
        window.close()
    }
    if (!props.standing || props.late) {
        return (
            <Notice
                tone="caution"
                test="guard-reload-notice"
                actions={
                    <Button size="small" icon="refresh" test="guard-reload" onPress={reload}>
                        {t("healthReload")}
                    </Button>
                }
            >
                {props.late ? t("guardLate") : t("guardReload")}
            </Notice>
        )
    }
    return (
        <>
            <p class="health" role="status" data-test="guard-standing">
                <span class="dot good" aria-hidden="true" />
                <span>{t("guardStands")}</span>
            </p>
            {props.unguarded.map((origin) => (
                <Unguarded key={origin} origin={origin} />
            ))}
            <p class="tiny faint">{t("guardLimits")}</p>
        </>
    )
}

/** Part of the page comes from elsewhere: ask for that site too, or know that it is not guarded. */
function Unguarded({ origin }: { origin: string }) {
    const { failure, run } = useDoing()
    const grant = () => {
        // Asked in the click's own task: the browser shows its prompt for nothing less.
        const asked = api.permissions.request({ origins: [patternOf(origin)] })
        return run(async () => {
            if (!(await asked)) return
            await desk({ type: "set-guard", site: origin, rule: "ask", alwaysFor: [] })
            window.close()
        })
    }
    const host = hostOf(origin)
    return (
        <Notice
            tone="caution"
            test="guard-unguarded"
            actions={
                <Button size="small" test="guard-frame" onPress={grant}>
                    {t("guardFrame", host)}
                </Button>
            }
        >
            {t("guardUnguarded", host)}
            <FailureNotice failure={failure} />
        </Notice>
    )
}
