/**
 * One document per job, in the shell that this browser has for it; what it was opened for waits
 * under the id in its address.
 */

import type { Errand, Job, Status } from "../generated/protocol.ts"
import { closeBeside, openBeside, openPopup, openTab, type Place } from "../lib/browser.ts"
import { status } from "./core.ts"
import type { Sender } from "./gate.ts"
import { change, kept } from "./session.ts"
import { lastStatus } from "./status.ts"

const PAGES = {
    compose: "pages/panel.html",
    read: "pages/panel.html",
    contacts: "pages/contacts.html",
    welcome: "pages/welcome.html",
    settings: "pages/settings.html",
    unlock: "pages/panel.html",
    guard: "pages/panel.html",
} satisfies Record<Job, string>

/** Surfaces whose errand is kept for a reload; the oldest are forgotten. */
const MAX_ERRANDS = 24

/** Errands that are still being read from a page while their surface opens already. */
const coming = new Map<string, Promise<Errand | null>>()

/**
 * Opens the surface of a job. Call it before any `await`: a panel opens only in the task of the
 * click. The errand may come later; the surface waits for it.
 */
export async function openJob(job: Job, place: Place, errand: Promise<Errand>): Promise<void> {
    const id = newId()
    const path = `${PAGES[job]}?surface=${id}`
    const opened = isBeside(job) ? besideOrTab(path, place) : openTab(path, place)
    coming.set(
        id,
        errand.catch(() => null),
    )
    try {
        await Promise.all([opened, errand.then((value) => keepErrand(id, value))])
    } finally {
        coming.delete(id)
    }
}

/** First run: a tab, no errand. */
export async function openWelcome(): Promise<void> {
    await openTab(PAGES.welcome, { tab: undefined, window: undefined, gesture: "own" })
}

export function isJob(job: unknown): job is Job {
    return typeof job === "string" && Object.hasOwn(PAGES, job)
}

/** Unlocking asked for in a page: the toolbar popup, which the person knows; else a tab. */
export async function openUnlock(place: Place, errand: Promise<Errand>): Promise<void> {
    if (await openPopup()) return
    await openJob("unlock", place, errand)
}

/** What the surface that asks was opened for. */
export async function errandFor(sender: Sender): Promise<Errand | null> {
    const id = new URL(sender.url ?? "").searchParams.get("surface")
    if (id === null) return null
    return (await coming.get(id)) ?? (await kept("errands"))?.[id] ?? null
}

function isBeside(job: Job): boolean {
    return job === "compose" || job === "read" || job === "guard"
}

/**
 * The choice "in a tab" is in the sealed settings. A worker that was just started does not know it
 * yet and may not wait: it opens the panel, and moves to a tab when it learns.
 */
async function besideOrTab(path: string, place: Place): Promise<void> {
    const known = lastStatus()
    if (known && prefersTab(known)) return openTab(path, place)
    await openBeside(path, place)
    if (known || !prefersTab(await status())) return
    await openTab(path, place)
    if (place.tab !== undefined) await closeBeside(place.tab)
}

function prefersTab({ settings }: Status): boolean {
    return settings.composeInTab
}

async function keepErrand(id: string, errand: Errand): Promise<void> {
    await change("errands", (errands = {}) => {
        const newest = Object.keys(errands)
            .toSorted()
            .slice(1 - MAX_ERRANDS)
        const others = Object.entries(errands).filter(([old]) => newest.includes(old))
        return { ...Object.fromEntries(others), [id]: errand }
    })
}

/** Begins with the time, so that the oldest sort first. */
function newId(): string {
    const random = crypto.getRandomValues(new Uint8Array(8))
    const hex = [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("")
    return `${Date.now().toString(36)}-${hex}`
}
