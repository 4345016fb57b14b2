/**
 * The two browsers. What differs between Chromium and Firefox is decided in this file alone;
 * everything else uses `api` as both have it.
 */

/** What only Firefox has, as far as it is used here. */
interface SidebarAction {
    open(): Promise<void>
    isOpen(details: { windowId?: number }): Promise<boolean>
    setPanel(details: { panel: string; tabId?: number }): Promise<void>
}

/** Both namespaces answer with promises; Firefox's own is `browser`. */
const namespaces = globalThis as { browser?: typeof chrome; chrome?: typeof chrome }
export const api: typeof chrome = namespaces.browser ?? chrome

const firefox = api.runtime.getURL("").startsWith("moz-extension:")
const sidebar = (api as { sidebarAction?: SidebarAction }).sidebarAction
const panel = firefox ? undefined : (api.sidePanel as typeof chrome.sidePanel | undefined)

/** Firefox's `idle` never reports "locked"; the setting is absent there and says why. */
export const reportsScreenLock = !firefox

/**
 * Chromium leaves the scripts of a former version in open pages; Firefox ends them with it, and
 * open pages stand without until the new version comes.
 */
export const endsFormerScripts = firefox

/** Where a surface was asked for. */
export interface Place {
    tab: number | undefined
    window: number | undefined
    /**
     * `page`: a click in a web page or a frame in it, told by message; `own`: a click in the
     * browser's or the extension's own interface. Firefox opens its sidebar for the second only.
     */
    gesture: "page" | "own"
}

const WIDTH = 460
const HEIGHT = 720

/**
 * Opens an extension page beside the web page: side panel in Chromium; in Firefox the sidebar, or
 * a window where the sidebar may not be opened; a tab where there is none of them.
 *
 * Call it before any `await`: the browser forgets the person's click at the first one.
 */
export function openBeside(path: string, place: Place): Promise<void> {
    const elsewhere = () => openTab(path, place)
    if (panel && place.tab !== undefined) return openPanel(panel, path, place.tab).catch(elsewhere)
    if (sidebar && place.gesture === "own") {
        return openSidebar(sidebar, path, place).catch(() => openWindow(path, place))
    }
    return api.windows === undefined ? elsewhere() : openWindow(path, place).catch(elsewhere)
}

/** Opens an extension page in a tab next to the one it was asked from. */
export async function openTab(path: string, place: Place): Promise<void> {
    const url = api.runtime.getURL(path)
    // A tab that is gone was perhaps a private one.
    const opener =
        place.tab === undefined ? undefined : await api.tabs.get(place.tab).catch(() => undefined)
    // A page of a spanning extension cannot stand in a private window; there it gets a window of
    // the ordinary kind from the browser.
    const beside =
        opener === undefined || opener.incognito
            ? {}
            : { windowId: opener.windowId, index: opener.index + 1 }
    await api.tabs.create({ url, active: true, ...beside })
}

/** The tab is in a private window, or gone and perhaps was: then nothing of it is kept on disk. */
export async function isPrivateTab(tab: number): Promise<boolean> {
    try {
        return (await api.tabs.get(tab)).incognito
    } catch {
        return true
    }
}

/** Puts away what `openBeside` opened beside `tab`, where the browser lets us. */
export async function closeBeside(tab: number): Promise<void> {
    await panel?.close({ tabId: tab })
}

/** Opens the toolbar popup in the window in front; `false` where the browser refuses. */
export async function openPopup(): Promise<boolean> {
    try {
        await api.action.openPopup()
        return true
    } catch {
        return false
    }
}

/**
 * Called in an own page's click handler before any `await`, before the background is asked for a
 * surface: Firefox opens its sidebar for the page that was clicked only. Elsewhere it does nothing.
 */
export function summonSidebar(): void {
    sidebar?.open().catch(() => undefined)
}

/** A panel belongs to the tab it was opened in: without this it would stand, empty, in all. */
export async function keepPanelToItsTab(): Promise<void> {
    await panel?.setOptions({ enabled: false })
}

/** Content scripts never see `storage.session`; in Firefox they cannot be let in at all. */
export async function keepSessionFromPages(): Promise<void> {
    await api.storage.session.setAccessLevel?.({ accessLevel: "TRUSTED_CONTEXTS" })
}

/** The background runs in a private profile ("never remember history"): nothing is kept. */
export function isPrivateProfile(): boolean {
    return api.extension.inIncognitoContext
}

async function openPanel(side: typeof chrome.sidePanel, path: string, tabId: number) {
    // Not awaited: the browser keeps the order, and `open` must be in the click's own task.
    const pointed = side.setOptions({ tabId, path, enabled: true })
    await Promise.all([pointed, side.open({ tabId })])
}

async function openSidebar(side: SidebarAction, path: string, place: Place): Promise<void> {
    const opened = side.open()
    const target = place.tab === undefined ? {} : { tabId: place.tab }
    await side.setPanel({ panel: api.runtime.getURL(path), ...target })
    try {
        await opened
    } catch (error) {
        // The click was in the popup, which summoned the sidebar itself.
        const windowId = place.window
        if (!(await side.isOpen(windowId === undefined ? {} : { windowId }))) throw error
    }
}

async function openWindow(path: string, place: Place): Promise<void> {
    const url = api.runtime.getURL(path)
    const size = { width: WIDTH, height: HEIGHT }
    await api.windows.create({ url, type: "popup", ...size, ...(await beside(place.window)) })
}

/** The right edge of the window that is written for. */
async function beside(window: number | undefined): Promise<{ left?: number; top?: number }> {
    if (window === undefined) return {}
    const { left, top, width } = await api.windows.get(window)
    if (left === undefined || top === undefined || width === undefined) return {}
    return { left: Math.max(0, left + width - WIDTH), top: Math.max(0, top) }
}

/** The page's own realm, as Firefox alone shows it to content scripts. */
interface PageRealm {
    wrappedJSObject?: {
        DataTransfer: new () => DataTransfer
        ClipboardEvent: new (type: string, init: EventInit) => ClipboardEvent
        Object: ObjectConstructor
    }
    cloneInto?: <T>(value: T, into: Window) => T
}

/**
 * Files as a page may have them. In Firefox an object of ours is closed to the page: files and
 * list are made in the page's realm. No byte is copied, a file is a handle.
 */
export function forPage(files: readonly File[]): DataTransfer {
    const { wrappedJSObject: page, cloneInto } = globalThis as PageRealm
    const transfer = page === undefined ? new DataTransfer() : new page.DataTransfer()
    for (const file of files) transfer.items.add(cloneInto?.(file, window) ?? file)
    return transfer
}

/**
 * A paste of files, as a page may have it. Firefox puts no files into a paste that a script makes:
 * there they stand on the event itself.
 */
export function pasteForPage(files: readonly File[]): ClipboardEvent {
    const clipboardData = forPage(files)
    const init = { bubbles: true, cancelable: true, composed: true }
    const { wrappedJSObject: page, cloneInto } = globalThis as PageRealm
    if (page === undefined || cloneInto === undefined)
        return new ClipboardEvent("paste", { ...init, clipboardData })
    const event = new page.ClipboardEvent("paste", cloneInto(init, window))
    const property = new page.Object() as PropertyDescriptor
    property.value = clipboardData
    page.Object.defineProperty(event, "clipboardData", property)
    return event
}
