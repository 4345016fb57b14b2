import { useEffect } from "preact/hooks"
import type { MessageKey } from "../../generated/messages.ts"
import type { Health } from "../../generated/protocol.ts"
import { shell, useLoaded } from "../../ui/client.ts"
import { Notice } from "../../ui/Notice.tsx"
import { t } from "../../ui/text.ts"
import { WayOut } from "./SiteLine.tsx"

/** What keeps a letter from being put into the page. Where letters open matters for reading alone. */
const IN_THE_WAY = {
    good: undefined,
    "no-frames": undefined,
    "no-access": "writeNoAccess",
    stale: "healthStale",
    forbidden: "writeForbidden",
} satisfies Record<Health, MessageKey | undefined>

/**
 * The page that is written for, while Sotto cannot reach it: why, and what to do. Of a page that was
 * taken back the browser tells no address; `origin` is what the letter was begun for.
 */
export function PageHealth(props: { tab: number | null; origin: string | null; class?: string }) {
    const { tab, origin } = props
    const site = useLoaded(tab, async () => {
        if (tab === null) return null
        const reply = await shell({ type: "site", tab })
        return reply.site
    })
    const look = site.reload
    useEffect(() => {
        // Access is given and taken elsewhere; a page is loaded anew there, too.
        addEventListener("focus", look)
        return () => removeEventListener("focus", look)
    }, [look])
    const now = site.value
    const why = now && IN_THE_WAY[now.health]
    if (!now || !why) return null
    const known = { ...now, origin: now.origin || origin || "" }
    // Elsewhere the way out of a forbidden page is to paste what was found there: here it is to copy.
    const hasWay = now.health !== "forbidden" && known.origin !== ""
    return (
        <div class={props.class} data-test="page-health" data-health={now.health}>
            <Notice
                tone="caution"
                actions={hasWay ? <WayOut site={known} onChanged={look} /> : undefined}
            >
                {t(why)}
            </Notice>
        </div>
    )
}
