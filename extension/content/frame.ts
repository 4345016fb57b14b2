/** The reader frame: asked of the background, put where only the person can reach it. */

import type { FoundBlock } from "../generated/protocol.ts"
import { t } from "../lib/i18n.ts"
import { ask } from "../lib/messages.ts"
import type { Height } from "./height.ts"
import { schemeAt } from "./theme.ts"

/** Live frames of one tab; the background counts over all documents of the tab. */
const LIVE_MAX = 8

const live: { element: HTMLIFrameElement; evict: () => void }[] = []

/** A sandboxed document gives every frame in it an origin of no one: ours could not ask. */
export function framesWork(doc: Document): boolean {
    return doc.defaultView?.origin !== "null"
}

/**
 * A frame for `block`, not yet in the page. `evict` is called when a later one needs its place.
 *
 * Rejects with a `CoreError` when the background admits none.
 */
export async function admit(
    block: FoundBlock,
    host: Element,
    height: Height,
    evict: () => void,
): Promise<HTMLIFrameElement> {
    const { url } = await ask("content", { type: "admit", block })
    const frame = host.ownerDocument.createElement("iframe")
    frame.style.cssText = `height:${height}px;color-scheme:${schemeAt(host)}`
    frame.title = t(block.kind === "card" ? "content_card" : "content_letter")
    frame.referrerPolicy = "no-referrer"
    frame.allow = "clipboard-write"
    frame.src = url
    live.push({ element: frame, evict })
    if (live.length > LIVE_MAX) live[0]?.evict()
    return frame
}

export function leave(frame: HTMLIFrameElement): void {
    const at = live.findIndex(({ element }) => element === frame)
    if (at >= 0) live.splice(at, 1)
    frame.remove()
}
