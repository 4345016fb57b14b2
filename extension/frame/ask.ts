/** What the frame asks of the background. Its token stands in its address; nothing else is needed. */

import type { FrameRequest } from "../generated/protocol.ts"
import { api } from "../lib/browser.ts"
import { ask } from "../lib/messages.ts"

/** Continues in a surface of Sotto; a failure there shows there. */
export function go(type: Exclude<FrameRequest["type"], "open">): void {
    ask("frame", { type }).catch(() => undefined)
}

/** Tells the script that put us here that a frame can load in this page. */
export async function tellReady(): Promise<void> {
    const tab = await api.tabs.getCurrent()
    if (tab?.id !== undefined) await api.tabs.sendMessage(tab.id, READY)
}

/** The content script takes it only from the very address that it gave a frame. */
export const READY = "sotto-frame-ready"
