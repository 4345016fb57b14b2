/** From one surface of the extension to another. */

import type { Errand, Job } from "../generated/protocol.ts"
import { api, summonSidebar } from "./browser.ts"
import { ask } from "./messages.ts"

/** Jobs that are done beside a web page. */
const BESIDE: ReadonlySet<Job> = new Set(["compose", "read", "guard"])

/** An errand with nothing in it but its job. */
export function errandFor(job: Job, rest: Partial<Errand> = {}): Errand {
    const nothing = {
        tab: null,
        compose: null,
        read: null,
        cards: null,
        replyTo: null,
        draft: null,
        hold: null,
    }
    return { ...nothing, to: [], ...rest, job }
}

/**
 * Opens the surface of a job. Call it in the click's own handler, before any `await`.
 */
export async function openSurface(errand: Errand): Promise<void> {
    if (BESIDE.has(errand.job)) summonSidebar()
    await ask("shell", { type: "open-surface", errand })
}

/** The contacts, at one of the places that `pages/README.md` names. */
export async function openContacts(hash: string): Promise<void> {
    await api.tabs.create({ url: api.runtime.getURL(`pages/contacts.html#${hash}`) })
}

/** The file page. */
export async function openFiles(): Promise<void> {
    await api.tabs.create({ url: api.runtime.getURL("pages/files.html") })
}

/** The same document and errand in a tab of its own. */
export async function popOut(): Promise<void> {
    await api.tabs.create({ url: location.href })
    window.close()
}

/** Back to the web page that the surface was opened from, where that was a tab of its own. */
export async function backToPage(tab: number): Promise<void> {
    await api.tabs.update(tab, { active: true })
}
