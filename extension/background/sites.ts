/**
 * On which sites Sotto stands. There are no static content scripts: one registration whose matches
 * are what the person granted, brought up to date at every start and change.
 */

import type { Health, Site } from "../generated/protocol.ts"
import { api } from "../lib/browser.ts"
import { CoreError } from "../lib/failure.ts"
import { order, within } from "../lib/messages.ts"
import { inOrder } from "../lib/order.ts"
import { isWeb, patternOf } from "../lib/site.ts"
import { desk } from "./core.ts"
import {
    documentsIn,
    forgetDocument,
    forgetTab,
    type PageSight,
    sightedTabs,
    sightOf,
} from "./sights.ts"
import { isKnownWebmail } from "./webmail.ts"

const SCRIPT = "sotto"
const FILE = "content.js"
/** While a person waits for the popup, in ms. */
const INJECT_MS = 2000

/** A grant that comes while one is taken back must not be overtaken by it. */
const registering = inOrder()

/** Registers the script for what is granted now. Costs nothing when nothing has changed. */
export function register(): Promise<void> {
    return registering(registerGranted)
}

async function registerGranted(): Promise<void> {
    const [granted, [registered]] = await Promise.all([
        grantedPatterns(),
        api.scripting.getRegisteredContentScripts({ ids: [SCRIPT] }),
    ])
    const before = registered?.matches?.toSorted().join(" ") ?? ""
    if (before === granted.join(" ")) return
    if (registered) await api.scripting.unregisterContentScripts({ ids: [SCRIPT] })
    if (granted.length === 0) return
    await api.scripting.registerContentScripts([
        {
            id: SCRIPT,
            matches: granted,
            js: [FILE],
            allFrames: true,
            // Editors of webmail stand in about:blank frames.
            matchOriginAsFallback: true,
            runAt: "document_start",
        },
    ])
}

/** A site was granted: its open pages are served without a reload. */
export async function onGranted({ origins }: chrome.permissions.Permissions): Promise<void> {
    await register()
    if (origins && origins.length > 0) await serve(origins)
}

/** A site was taken back: what stands on its open pages goes. */
export async function onRevoked(): Promise<void> {
    await register()
    for (const { tab, origin } of await sightedTabs()) {
        if (await isGranted(origin)) await leaveFrames(tab)
        else await leave(tab)
    }
}

/** Frames of other sites in a page that stays: each is judged by its own. */
async function leaveFrames(tab: number): Promise<void> {
    for (const { origin, document } of await documentsIn(tab)) {
        // One without an origin of its own (sandboxed, `about:blank`) is the page's.
        if (origin === "" || (await isGranted(origin))) continue
        await order(tab, { documentId: document }, { type: "leave" }).catch(() => undefined)
        await forgetDocument(tab, document)
    }
}

/** After install, update or reload, open pages hold an orphaned script or none. */
export async function serveOpenPages(): Promise<void> {
    await register()
    await serve(await grantedPatterns())
}

export async function isGranted(origin: string): Promise<boolean> {
    return isWeb(origin) && api.permissions.contains({ origins: [patternOf(origin)] })
}

/** A tab's site for popup and panel. Where it is not granted, this one press of the button counts. */
export async function siteOf(tabId: number | null): Promise<Site | null> {
    const tab = tabId === null ? await activeTab() : await api.tabs.get(tabId)
    if (tab?.id === undefined) return null
    const stands = (await isServed(tab.id)) ? "served" : await inject(tab.id)
    if (stands !== "served") await forgetPage(tab.id)
    const sight = stands === "served" ? await sightOf(tab.id) : undefined
    const origin = sight?.origin || (isWeb(tab.url) ? new URL(tab.url).origin : "")
    return describe(tab, origin, stands, sight)
}

async function describe(
    tab: chrome.tabs.Tab,
    origin: string,
    stands: Stands,
    sight: PageSight | undefined,
): Promise<Site> {
    return {
        tab: tab.id ?? 0,
        origin,
        granted: await isGranted(origin),
        letters: sight?.letters ?? 0,
        cards: sight?.cards ?? 0,
        editor: sight?.editor ?? false,
        health: healthOf(tab, stands, sight),
        known: isKnownWebmail(origin),
    }
}

/** An address that the browser shows us although we may not stand there is its own territory. */
function healthOf({ url }: chrome.tabs.Tab, stands: Stands, sight: PageSight | undefined): Health {
    if (stands === "served") return sight?.frames === false ? "no-frames" : "good"
    if (url === undefined) return "no-access"
    return stands === "silent" ? "stale" : "forbidden"
}

/** What came of putting our script into a page: it answers, it does not, or the browser keeps it out. */
type Stands = "served" | "silent" | "kept-out"

/** Puts our script into every frame of a tab, where the browser lets us. */
export async function inject(tabId: number): Promise<Stands> {
    const target = { tabId, allFrames: true }
    try {
        // Not refused and not done: on a page that computes without end, and in Chromium on a site
        // that was taken back, until it is given again.
        await within(INJECT_MS, api.scripting.executeScript({ target, files: [FILE] }))
    } catch (error) {
        return error instanceof CoreError ? "silent" : "kept-out"
    }
    return (await isServed(tabId)) ? "served" : "silent"
}

/** Whether a live script of ours stands in the page; it has reported when this resolves. */
export async function isServed(tabId: number): Promise<boolean> {
    try {
        await order(tabId, { frameId: 0 }, { type: "report" })
        return true
    } catch {
        return false
    }
}

async function serve(patterns: string[]): Promise<void> {
    const tabs = await api.tabs.query({ url: patterns })
    await Promise.all(tabs.map(({ id }) => (id === undefined ? false : inject(id))))
}

async function leave(tab: number): Promise<void> {
    try {
        await order(tab, {}, { type: "leave" })
    } catch {
        // The page has gone by itself.
    }
    await forgetPage(tab)
}

async function forgetPage(tab: number): Promise<void> {
    await forgetTab(tab)
    await desk({ type: "page-left", tab })
}

async function activeTab(): Promise<chrome.tabs.Tab | undefined> {
    const [tab] = await api.tabs.query({ active: true, lastFocusedWindow: true })
    return tab
}

/** Granted for good, in an order of its own. */
async function grantedPatterns(): Promise<string[]> {
    const { origins = [] } = await api.permissions.getAll()
    return origins.toSorted()
}
