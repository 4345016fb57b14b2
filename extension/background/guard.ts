/**
 * The upload guard between page and sheet: on which sites its scripts stand, which document holds
 * what, and the way of the files from the sheet to that document. The core decides what may go it.
 */

import type { Delivered, GuardRule, Stamp, Status } from "../generated/protocol.ts"
import { api, endsFormerScripts } from "../lib/browser.ts"
import { CoreError } from "../lib/failure.ts"
import { filesIn, orderGuard } from "../lib/messages.ts"
import { inOrder } from "../lib/order.ts"
import { isWeb, patternOf } from "../lib/site.ts"
import { errandFor } from "../lib/surface.ts"
import { desk } from "./core.ts"
import { placeOf, stampOf } from "./gate.ts"
import type { Table } from "./router.ts"
import { change, kept } from "./session.ts"
import { isGranted } from "./sites.ts"
import { lastStatus } from "./status.ts"
import { openJob } from "./surfaces.ts"

const SCRIPT = "sotto-guard"
const PAGE_SCRIPT = "sotto-guard-page"
/** Where the sites are kept that were registered last. */
const GUARDED = "guarded"
const FILE = "guard.js"
const PAGE_FILE = "guard-page.js"

/** What a sealed file begins with (C2SP age, "Header"). */
const SEALED = "age-encryption.org/v1\n"
/** Holds that are remembered; the oldest are forgotten. */
const MAX_HOLDS = 32

/** Where files are held: everything stamped by the browser. */
export type HeldAt = Pick<Stamp, "tab" | "document" | "origin">

/** Files that came along with a hold, until its sheet takes them. */
const waiting = new Map<string, File[]>()
/** Taken by the request that is being answered. */
const taken = new Map<string, File[]>()

export const guardHandlers: Table<"guard"> = {
    async stand(request, sender) {
        await request
        const { origin } = stampOf(sender)
        return { type: "stand", ...(await ruleFor(origin)) }
    },

    async hold(request, sender, body, beside) {
        const files = filesIn(beside)
        const stamp = stampOf(sender)
        const errand = request.then(async ({ hold, wanted }) => {
            const site = stamp.origin
            if (!(await isGranted(site))) throw new CoreError("site-access-needed")
            await noteHold(hold, stamp)
            const unguarded = await notGuarded(wanted.unguarded)
            const held = { hold, site, wanted: { ...wanted, files: files.length, unguarded } }
            return errandFor("guard", { tab: stamp.tab, hold: held })
        })
        waitWith(holdOf(body), files, errand)
        await openJob("guard", placeOf(sender), errand)
        return { type: "hold" }
    },
}

/** Not longer than their errand is good for, nor more of them than holds are remembered. */
function waitWith(hold: string, files: File[], errand: Promise<unknown>): void {
    waiting.set(hold, files)
    errand.catch(() => waiting.delete(hold))
    for (const oldest of waiting.keys()) {
        if (waiting.size <= MAX_HOLDS) return
        waiting.delete(oldest)
    }
}

/** How many files came along; they leave beside the answer. */
export function takeHeld(hold: string): number {
    const files = waiting.get(hold) ?? []
    waiting.delete(hold)
    taken.set(hold, files)
    return files.length
}

export function heldFiles(body: unknown): File[] {
    const hold = holdOf(body)
    const files = taken.get(hold) ?? []
    taken.delete(hold)
    return files
}

/**
 * Hands files to the document that holds. What is called sealed is looked at: its first bytes must
 * be those of a sealed file. For anything else the core must know the pass.
 */
export async function deliver(
    hold: string,
    pass: string | null,
    files: readonly File[],
): Promise<Delivered> {
    const at = (await kept("holds"))?.[hold]
    if (at === undefined) return "gone"
    const names = files.map(({ name }) => name)
    if (pass !== null) await desk({ type: "spend-pass", hold, site: at.origin, names, pass })
    else if (!(await areSealed(files))) throw new CoreError("malformed-header")
    try {
        const order = { type: "deliver", hold } as const
        const { delivered } = await orderGuard(at.tab, placeIn(at), order, files.map(withoutPath))
        await forgetHold(hold)
        return delivered
    } catch (error) {
        if (error instanceof CoreError && error.code === "worker-lost") return "gone"
        throw error
    }
}

export async function release(hold: string): Promise<void> {
    waiting.delete(hold)
    const at = (await kept("holds"))?.[hold]
    if (at === undefined) return
    await forgetHold(hold)
    // The page may have gone by itself.
    await orderGuard(at.tab, placeIn(at), { type: "release", hold }).catch(() => undefined)
}

/** How the guard stands on a page: only a page loaded with it is guarded from its start. */
export async function guardHere(
    tab: number,
): Promise<{ standing: boolean; unguarded: string[]; late: boolean }> {
    try {
        const { unguarded, late } = await orderGuard(tab, { frameId: 0 }, { type: "report" })
        return { standing: true, unguarded: await notGuarded(unguarded), late }
    } catch {
        return { standing: false, unguarded: [], late: false }
    }
}

/** After a request of this type the sites of the guard, or its rules, may be others. */
export async function guardChanged<R>(type: string, answer: Promise<R>): Promise<R> {
    const reply = await answer
    if (type === "set-guard" || type === "exempt-field") await followRules()
    return reply
}

let wasUnlocked = false

/** Unlocked: what the rows say is in force. Locked: what is registered stays, and asks. */
export async function followGuards({ vault }: Status): Promise<void> {
    const isUnlocked = vault === "unlocked"
    const isNew = isUnlocked && !wasUnlocked
    wasUnlocked = isUnlocked
    if (isNew) await followRules()
    else if (vault === "missing") await registerFor([])
}

/**
 * Guarded sites, for a worker that cannot open the rows. An update of the extension takes its
 * registrations away; which sites there were is kept beside them.
 */
export async function registerGuards(): Promise<void> {
    const { [GUARDED]: known } = (await api.storage.local.get(GUARDED)) as { guarded?: unknown }
    await registerFor(Array.isArray(known) ? known.filter((one) => typeof one === "string") : [])
}

/** Open pages on which the former version stood get this one, where that one has ended. */
export async function standAgain(): Promise<void> {
    await registerGuards()
    if (!endsFormerScripts) return
    const [registered] = await registeredScripts()
    const url = registered?.matches ?? []
    const tabs = url.length === 0 ? [] : await api.tabs.query({ url })
    await Promise.allSettled(
        tabs.map(({ id }) => {
            const target = { tabId: id ?? 0, allFrames: true }
            return api.scripting.executeScript({ target, files: [FILE] })
        }),
    )
}

export async function forgetHolds(tab: number): Promise<void> {
    await change("holds", (holds = {}) => {
        const all = Object.entries(holds)
        for (const [hold, at] of all) if (at.tab === tab) waiting.delete(hold)
        return Object.fromEntries(all.filter(([, at]) => at.tab !== tab))
    })
}

async function followRules(): Promise<void> {
    const { guards } = await desk({ type: "guards" })
    const inForce = guards.filter(({ rule }) => rule !== "off").map(({ site }) => site)
    await registerFor([...new Set(inForce.map(patternOf))])
    await tellPages()
    await standLate(new Set(inForce))
}

/** Pages of these sites that were there before their guard: it stands there too, from now on. */
async function standLate(sites: ReadonlySet<string>): Promise<void> {
    const url = await grantedOf([...sites].map(patternOf))
    const tabs = url.length === 0 ? [] : await api.tabs.query({ url })
    const frames = await Promise.all(tabs.map(async ({ id = 0 }) => framesOf(id)))
    const late = frames.flat().filter(({ origin }) => sites.has(origin))
    await Promise.allSettled(late.map(({ tab, frame }) => standIn(tab, frame)))
}

/** In one frame, unless it stands there. */
async function standIn(tabId: number, frameId: number): Promise<void> {
    const stands = orderGuard(tabId, { frameId }, { type: "report" })
    if (await stands.then(Boolean, () => false)) return
    const target = { tabId, frameIds: [frameId] }
    await api.scripting.executeScript({ target, files: [FILE] })
    await api.scripting.executeScript({ target, files: [PAGE_FILE], world: "MAIN" })
}

/** Every frame in which the guard stands asks for its rule anew, also when it is *off* now. */
async function tellPages(): Promise<void> {
    const tabs = await api.tabs.query({ url: ["http://*/*", "https://*/*"] })
    const told = tabs.map(async ({ id, url }) => {
        if (id === undefined || !isWeb(url)) return
        const frames = await framesOf(id)
        await Promise.allSettled(
            frames.map(({ frame }) => orderGuard(id, { frameId: frame }, { type: "rule" })),
        )
    })
    await Promise.allSettled(told)
}

interface Frame {
    tab: number
    frame: number
    origin: string
}

/** Frames of a tab, where we may look. */
async function framesOf(tabId: number): Promise<Frame[]> {
    try {
        const found = await api.scripting.executeScript({
            target: { tabId, allFrames: true },
            func: () => self.origin,
        })
        return found.map(({ frameId, result }) => ({
            tab: tabId,
            frame: frameId,
            origin: typeof result === "string" ? result : "",
        }))
    } catch {
        return []
    }
}

/** While the vault is locked the rule is not known: the guard asks. */
async function ruleFor(origin: string): Promise<{ rule: GuardRule; exempt: string[] }> {
    if (lastStatus()?.vault === "locked" || origin === "") return { rule: "ask", exempt: [] }
    try {
        const { guard } = await desk({ type: "guard-of", site: origin })
        return { rule: guard.rule, exempt: guard.exempt }
    } catch {
        return { rule: "ask", exempt: [] }
    }
}

/** Of the frames' origins, those on which no script of the guard stands. */
async function notGuarded(origins: readonly string[]): Promise<string[]> {
    const [registered] = await registeredScripts()
    const matches = new Set(registered?.matches ?? [])
    return origins.filter((origin) => !matches.has(patternOf(origin)))
}

function registeredScripts(): Promise<chrome.scripting.RegisteredContentScript[]> {
    return api.scripting.getRegisteredContentScripts({ ids: [SCRIPT] })
}

/** One registration after the other: grants come and go several at a time. */
const registering = inOrder()

/** Keeps all of the sites, and stands on those that are granted: a grant may come back. */
function registerFor(patterns: readonly string[]): Promise<void> {
    return registering(async () => {
        await api.storage.local.set({ [GUARDED]: patterns.toSorted() })
        await register(await grantedOf(patterns))
    })
}

async function grantedOf(patterns: readonly string[]): Promise<string[]> {
    const granted = await Promise.all(
        patterns.map((pattern) => api.permissions.contains({ origins: [pattern] })),
    )
    return patterns.filter((_, at) => granted[at])
}

/** Both halves at the same sites, before any script of the page, in every frame. */
async function register(patterns: readonly string[]): Promise<void> {
    const matches = patterns.toSorted()
    const [registered] = await registeredScripts()
    if ((registered?.matches ?? []).toSorted().join(" ") === matches.join(" ")) return
    const ids = [SCRIPT, PAGE_SCRIPT]
    if (registered) await api.scripting.unregisterContentScripts({ ids })
    if (matches.length === 0) return
    const common = {
        matches,
        allFrames: true,
        matchOriginAsFallback: true,
        runAt: "document_start",
    } as const
    await api.scripting.registerContentScripts([
        { id: SCRIPT, js: [FILE], world: "ISOLATED", ...common },
        { id: PAGE_SCRIPT, js: [PAGE_FILE], world: "MAIN", ...common },
    ])
}

async function noteHold(hold: string, { tab, document, origin }: Stamp): Promise<void> {
    await change("holds", (holds = {}) => {
        const others = Object.entries(holds).slice(1 - MAX_HOLDS)
        return { ...Object.fromEntries(others), [hold]: { tab, document, origin } }
    })
}

async function forgetHold(hold: string): Promise<void> {
    await change("holds", (holds = {}) => {
        const { [hold]: _done, ...others } = holds
        return others
    })
}

function placeIn({ document }: HeldAt): chrome.tabs.MessageSendOptions {
    return { documentId: document }
}

/**
 * The same bytes, not read, and no path: Chromium ends a page's process whose field names a file of
 * the disk that was not picked there ("bad message 2", on the next save of the session history).
 */
function withoutPath(file: File): File {
    return new File([file], file.name, { type: file.type, lastModified: file.lastModified })
}

async function areSealed(files: readonly File[]): Promise<boolean> {
    const heads = await Promise.all(files.map((file) => file.slice(0, SEALED.length).text()))
    return heads.every((head) => head === SEALED)
}

/** The hold in a message that is not decoded yet: a key of our own maps, nothing more. */
function holdOf(body: unknown): string {
    const { hold } = (body ?? {}) as { hold?: unknown }
    return typeof hold === "string" ? hold : ""
}
