import type { ComponentChildren } from "preact"
import type { MessageKey } from "../../generated/messages.ts"
import type { Health, Site } from "../../generated/protocol.ts"
import { api } from "../../lib/browser.ts"
import { patternOf } from "../../lib/site.ts"
import { Button } from "../../ui/Button.tsx"
import { shell, useDoing } from "../../ui/client.ts"
import { FailureNotice } from "../../ui/Notice.tsx"
import { count, t } from "../../ui/text.ts"

const HEALTH = {
    good: undefined,
    "no-access": "healthNoAccess",
    "no-frames": "healthNoFrames",
    stale: "healthStale",
    forbidden: "healthForbidden",
} satisfies Record<Health, MessageKey | undefined>

/** The site in front: what was found, how well Sotto works there, and the way out if it does not. */
export function SiteLine({ site, onChanged }: { site: Site | null; onChanged: () => void }) {
    if (!site?.origin) {
        return (
            <section class="popup-section" data-test="site" data-health="none">
                <p class="small soft">{t("popupNoPage")}</p>
            </section>
        )
    }
    return (
        <section class="popup-section" data-test="site" data-health={site.health}>
            <p class="popup-site">
                <span class="ellipsis" data-test="origin">
                    {hostOf(site.origin)}
                </span>
            </p>
            <p class="small soft" data-test="found">
                {found(site)}
            </p>
            <HealthLine site={site} />
            <WayOut site={site} onChanged={onChanged} />
        </section>
    )
}

function hostOf(origin: string): string {
    return origin.replace(/^https?:\/\//u, "")
}

function found(site: Site): string {
    const parts = [
        ...(site.letters > 0 ? [count("popupLetters", site.letters)] : []),
        ...(site.cards > 0 ? [count("popupCards", site.cards)] : []),
    ]
    return parts.length > 0 ? parts.join(" · ") : t("popupNothing")
}

function HealthLine({ site }: { site: Site }) {
    const key = HEALTH[site.health]
    const good = site.health === "good"
    return (
        <p class="health" role="status">
            <span class={`dot ${good ? "good" : "bad"}`} aria-hidden="true" />
            <span>{key ? t(key) : t("popupGranted")}</span>
        </p>
    )
}

/** What the person can do about it. */
export function WayOut({ site, onChanged }: { site: Site; onChanged: () => void }) {
    const { failure, run } = useDoing()
    const { tab, origin } = site
    const grant = () => {
        // Asked in the click's own task: the browser shows its prompt for nothing less.
        const asked = api.permissions.request({ origins: [patternOf(origin)] })
        return run(async () => {
            if (!(await asked)) return
            await shell({ type: "site-changed", tab })
            onChanged()
        })
    }
    const reload = () =>
        run(async () => {
            await api.tabs.reload(tab)
            window.close()
        })
    const paste = () =>
        run(async () => {
            await api.tabs.create({ url: api.runtime.getURL("pages/letters.html") })
            window.close()
        })
    const shown = { good: null, "no-frames": null } as const
    if (site.health in shown && site.granted) return <FailureNotice failure={failure} />
    const actions: ComponentChildren[] = []
    if (site.health === "stale") {
        actions.push(
            <Button key="reload" size="small" icon="refresh" test="reload" onPress={reload}>
                {t("healthReload")}
            </Button>,
        )
    }
    if (site.health === "forbidden") {
        actions.push(
            <Button key="paste" size="small" test="paste" onPress={paste}>
                {t("healthPaste")}
            </Button>,
        )
    } else if (!site.granted) {
        actions.push(
            <Button key="grant" wide icon="check" test="grant" onPress={grant}>
                {t("popupAlways", hostOf(origin))}
            </Button>,
            <p key="why" class="tiny faint">
                {t("popupAlwaysText")}
            </p>,
        )
    }
    return (
        <div class="stack stack-snug">
            {actions}
            <FailureNotice failure={failure} />
        </div>
    )
}
