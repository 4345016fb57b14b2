/** The browser's own ways in: context menu and shortcuts. */

import type { Errand } from "../generated/protocol.ts"
import { api, type Place } from "../lib/browser.ts"
import { t } from "../lib/i18n.ts"
import { errandFor } from "../lib/surface.ts"
import { findEditor } from "./editors.ts"
import { lock } from "./lock.ts"
import { inject } from "./sites.ts"
import { openJob } from "./surfaces.ts"

const COMPOSE = "compose"
const OPEN = "open"
const LOCK = "lock"

/** Menus outlive the worker: they are made when the extension is installed or updated. */
export async function createMenus(): Promise<void> {
    await api.contextMenus.removeAll()
    api.contextMenus.create({ id: COMPOSE, title: t("menuCompose"), contexts: ["editable"] })
    api.contextMenus.create({ id: OPEN, title: t("menuOpen"), contexts: ["selection"] })
}

export async function onMenu(
    { menuItemId, selectionText }: chrome.contextMenus.OnClickData,
    tab: chrome.tabs.Tab | undefined,
): Promise<void> {
    if (menuItemId === COMPOSE) await compose(tab)
    if (menuItemId === OPEN) await read(tab, selectionText ?? "")
}

export async function onCommand(command: string, tab: chrome.tabs.Tab | undefined): Promise<void> {
    if (command === COMPOSE) await compose(tab)
    if (command === LOCK) await lock()
}

/** No `await` before `openJob`: menu and shortcut are the person's gesture. */
function compose(tab: chrome.tabs.Tab | undefined): Promise<void> {
    return openJob("compose", placeOf(tab), composeErrand(tab?.id))
}

async function composeErrand(tab: number | undefined): Promise<Errand> {
    if (tab === undefined) return errandFor("compose")
    // Menu and shortcut grant the tab this once; where the script stands already it stays.
    await inject(tab)
    return errandFor("compose", { tab, compose: await findEditor(tab) })
}

function read(tab: chrome.tabs.Tab | undefined, selectionText: string): Promise<void> {
    return openJob("read", placeOf(tab), readErrand(tab, selectionText))
}

async function readErrand(
    tab: chrome.tabs.Tab | undefined,
    selectionText: string,
): Promise<Errand> {
    const text = (await selection(tab?.id)) ?? selectionText
    const source = {
        tab: tab?.id ?? null,
        private: tab?.incognito ?? false,
        messageFrom: [],
        messageDate: null,
    }
    return errandFor("read", { tab: tab?.id ?? null, read: { text, source } })
}

/** The selection with its lines; the menu's own text has lost them. */
async function selection(tabId: number | undefined): Promise<string | undefined> {
    if (tabId === undefined) return undefined
    try {
        const found = await api.scripting.executeScript({
            target: { tabId, allFrames: true },
            func: () => getSelection()?.toString() ?? "",
        })
        return found.map(({ result }) => result).find((text) => text)
    } catch {
        return undefined
    }
}

function placeOf(tab: chrome.tabs.Tab | undefined): Place {
    return { tab: tab?.id, window: tab?.windowId, gesture: "own" }
}
