/**
 * The gate. A message names who it claims to be; only browser-stamped sender fields prove it. No
 * handler runs before, and what a page could write (the body) is no proof of anything.
 *
 * The samples in `gate.test.ts` were recorded in Chromium 156 and Firefox ESR 153.
 */

import type { Stamp } from "../generated/protocol.ts"
import type { Place } from "../lib/browser.ts"
import type { Claim } from "../lib/messages.ts"

/** What the browser stamps, as far as it is looked at. */
export interface Sender {
    id?: string | undefined
    url?: string | undefined
    origin?: string | undefined
    frameId?: number | undefined
    documentId?: string | undefined
    tab?: { id?: number | undefined; windowId?: number; incognito?: boolean } | undefined
}

/** The extension itself: its id, and the address of its root with a slash at the end. */
export interface Self {
    id: string
    root: string
}

/** Claims that the background answers; orders go the other way. */
export type Asking = Exclude<Claim, "order" | "room" | "guard-order">

const FRAME = "frame/frame.html"
const ENGINE = "engine/engine.html"
const WEB = /^https?:\/\//

/** One predicate per claim; a new claim does not compile without one. */
const proofs = {
    desk: isOwnPage,
    shell: isOwnPage,
    content: isContentScript,
    frame: isReaderFrame,
    files: isOwnPage,
    live: isOwnPage,
    engine: isEngineRoom,
    guard: isContentScript,
} satisfies Record<Asking, (sender: Sender, self: Self) => boolean>

/** Whether `sender` is what `claim` says. An unknown claim is not. */
export function admitted(claim: string, sender: Sender, self: Self): claim is Asking {
    if (sender.id !== self.id || !Object.hasOwn(proofs, claim)) return false
    return proofs[claim as Asking](sender, self)
}

/**
 * A page of ours: popup, panel, sidebar, window or tab. The last two have a `tab` as web pages do,
 * so neither its presence nor its absence says anything; a page of ours never stands in a frame.
 */
export function isOwnPage(sender: Sender, self: Self): boolean {
    return (
        isAt(sender, `${self.root}pages/`) &&
        isOfOrigin(sender, self) &&
        (sender.frameId === undefined || sender.frameId === 0)
    )
}

/** Our reader frame in a web page, with a token after `#`. The core decides what the token opens. */
function isReaderFrame(sender: Sender, self: Self): boolean {
    return (
        isAt(sender, `${self.root}${FRAME}#`) &&
        isOfOrigin(sender, self) &&
        isPlaced(sender) &&
        sender.frameId !== 0
    )
}

/** The engine room: a document of ours without a tab. */
function isEngineRoom(sender: Sender, self: Self): boolean {
    return (
        sender.url === `${self.root}${ENGINE}` &&
        isOfOrigin(sender, self) &&
        sender.tab === undefined
    )
}

/**
 * Our script in a web page: an id of ours and an address that is not. In `about:blank`,
 * `about:srcdoc` and sandboxed frames the address says nothing, and the origin may be opaque.
 */
function isContentScript(sender: Sender, self: Self): boolean {
    return isPlaced(sender) && !isAt(sender, self.root) && !isOfOrigin(sender, self)
}

/** The part of the sender that handlers and the core may rely on. */
export function stampOf(sender: Sender): Stamp {
    return {
        tab: sender.tab?.id ?? 0,
        // Firefox numbers frames beyond 2^32; within one tab the low half tells them apart, and
        // the document id beside it does so alone.
        frame: (sender.frameId ?? 0) >>> 0,
        document: sender.documentId ?? "",
        origin: originOf(sender),
        private: sender.tab?.incognito ?? false,
    }
}

/** Where a surface is to open when a click in a web page, or in a frame in it, asks for one. */
export function placeOf({ tab }: Sender): Place {
    return { tab: tab?.id, window: tab?.windowId, gesture: "page" }
}

/** The token in the address of a reader frame. */
export function tokenOf(sender: Sender): string {
    return sender.url?.split("#")[1] ?? ""
}

/** The web origin of a content script; empty where it is opaque. */
function originOf({ origin, url }: Sender): string {
    if (origin !== undefined && WEB.test(origin)) return origin
    return url !== undefined && WEB.test(url) ? new URL(url).origin : ""
}

function isAt(sender: Sender, prefix: string): boolean {
    return sender.url?.startsWith(prefix) ?? false
}

/** Both browsers stamp the origin; without one nothing is proved. */
function isOfOrigin(sender: Sender, self: Self): boolean {
    return sender.origin !== undefined && `${sender.origin}/` === self.root
}

function isPlaced({ tab, frameId, documentId, url }: Sender): boolean {
    const inTab = tab?.id !== undefined && tab.id >= 0
    return inTab && frameId !== undefined && documentId !== undefined && url !== undefined
}
