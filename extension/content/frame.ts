/** The reader frame: admitted by the background, put where only the person can reach it. */

import type { BlockKind, FoundBlock } from "../generated/protocol.ts"
import { api } from "../lib/browser.ts"
import { t } from "../lib/i18n.ts"
import { ask } from "../lib/messages.ts"
import type { Height } from "./height.ts"
import { schemeAt } from "./theme.ts"

const FRAME = "frame/frame.html"
/** What the frame says to us when it stands; it has loaded long before that. */
const READY = "sotto-frame-ready"
/**
 * After its document has loaded, a frame of ours has spoken by then, in ms. A browser with ten times
 * more work than cores was seen to need over five seconds, and what is taken for blocked stays so.
 */
const SPEAKS_MS = 7000

/** The frames of this document, by token. How many a tab may have, the core decides. */
const live = new Map<string, { element: HTMLIFrameElement; evict: () => void }>()

/**
 * A sandboxed document gives every frame in it an origin of no one, so ours could not ask; an
 * isolated one takes no frame that does not ask for isolation itself.
 */
export function framesWork(doc: Document): boolean {
    const view = doc.defaultView
    return view !== null && view.origin !== "null" && !view.crossOriginIsolated
}

/** Calls `blocked` when the frame loads something that is not ours: the page keeps it out. */
export function whenBlocked(frame: HTMLIFrameElement, blocked: () => void): void {
    let timer: ReturnType<typeof setTimeout> | undefined
    const hear = (message: unknown, sender: chrome.runtime.MessageSender): void => {
        const isOurs = message === READY && sender.id === api.runtime.id
        // The token tells the frames apart; the browser may write the rest of the address otherwise.
        if (isOurs && tokenOf(sender.url) === tokenOf(frame.src)) stop()
    }
    const stop = (): void => {
        clearTimeout(timer)
        // It may speak before the browser says that it has loaded.
        frame.removeEventListener("load", onLoad)
        api.runtime.onMessage.removeListener(hear)
    }
    api.runtime.onMessage.addListener(hear)
    const onLoad = (): void => {
        timer = setTimeout(() => {
            stop()
            if (frame.isConnected) blocked()
        }, SPEAKS_MS)
    }
    frame.addEventListener("load", onLoad, { once: true })
}

/** A frame with the token that its address bears. */
export interface Drawn {
    frame: HTMLIFrameElement
    token: string
}

/**
 * A frame for a block, not yet in the page: it may load while the background admits it. `evict` is
 * called when a later one takes its place.
 */
export function draw(kind: BlockKind, host: Element, height: Height, evict: () => void): Drawn {
    const token = newToken()
    const frame = host.ownerDocument.createElement("iframe")
    frame.style.cssText = `height:${height}px;color-scheme:${schemeAt(host)}`
    frame.title = t(kind === "card" ? "content_card" : "content_letter")
    frame.referrerPolicy = "no-referrer"
    frame.allow = "clipboard-write"
    live.set(token, { element: frame, evict })
    try {
        // In Chromium this address is of the browser's session: a page cannot know it beforehand.
        frame.src = `${api.runtime.getURL(FRAME)}#${token}`
    } catch {
        // An orphan of an extension that is gone has no addresses; `admit` says so.
    }
    return { frame, token }
}

/** Has the background admit the frame of a token. Rejects with a `CoreError` when it does not. */
export async function admit(token: string, block: FoundBlock): Promise<void> {
    await ask("content", { type: "admit", token, block })
}

/** 128 random bits in hex. */
function newToken(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16))
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
}

function tokenOf(url: string | undefined): string | undefined {
    return url?.split("#")[1]
}

export function leave(frame: HTMLIFrameElement): void {
    frame.remove()
    for (const [token, { element }] of live) {
        if (element !== frame) continue
        live.delete(token)
        // The place is free; nobody waits for the answer.
        ask("content", { type: "close", token }).catch(() => undefined)
    }
}

/** Takes away what the core has retired. */
export function retire(tokens: readonly string[]): void {
    for (const token of tokens) live.get(token)?.evict()
}
