/**
 * Notifications: that something came, or from whom; never what. The system may keep them, and
 * others may see the screen.
 *
 * The browser's permission is asked for when the person wants them. Without it `api.notifications`
 * is not there, and nothing is told.
 */

import type { ConversationBrief, LiveEvent, Notify } from "../generated/protocol.ts"
import { api } from "../lib/browser.ts"
import { t } from "../lib/i18n.ts"
import { freshIn, newest, unreadAfter } from "./fresh.ts"
import { change, forget, keep, kept } from "./session.ts"

const ID = "live"
const CHAT = "pages/chat.html"

type Notifications = typeof chrome.notifications | undefined
const notifications = (): Notifications => api.notifications as Notifications

/** Rises with every lock and veil: what was about to be told before must not stand after it. */
let hushed = 0

/** Tells the person, unless they look at the chat page already. */
export async function announce(
    event: LiveEvent,
    notify: Notify,
    ports: Iterable<chrome.runtime.Port>,
): Promise<void> {
    if (event.type !== "conversations") return
    const asked = hushed
    const last = newest(await noteUnread(event.changed))
    const shown = notifications()
    if (!last || notify === "off" || !shown || (await isLookedAt(ports))) return
    if (asked !== hushed) return
    await keep("toldOf", last.id)
    if (asked !== hushed) return
    await show(shown, notify === "name" ? t("notifyFrom", last.title) : t("notifyNew"))
}

/** What is fresh among them, which it is only once. */
async function noteUnread(changed: readonly ConversationBrief[]): Promise<ConversationBrief[]> {
    let fresh: ConversationBrief[] = []
    await change("unread", (known = {}) => {
        fresh = freshIn(changed, known)
        return unreadAfter(changed, known)
    })
    return fresh
}

/** Tells the person of something of which nothing is known, not even from whom. */
export async function announceBare(notify: Notify): Promise<void> {
    const shown = notifications()
    if (notify === "off" || !shown) return
    const asked = hushed
    await forget("toldOf")
    if (asked === hushed) await show(shown, t("notifyNew"))
}

/** One at a time: the next takes the place of the last. */
async function show(shown: NonNullable<Notifications>, title: string): Promise<void> {
    await shown.create(ID, {
        type: "basic",
        iconUrl: api.runtime.getURL("icons/128.png"),
        title,
        message: t("notifyNewText"),
    })
}

/** Locked: what names somebody does not stay on the screen, nor whom it was about. */
export function hush(): void {
    hushed += 1
    clear()
    forget("toldOf").catch(() => undefined)
}

function clear(): void {
    notifications()
        ?.clear(ID)
        .catch(() => undefined)
}

let pages: Iterable<chrome.runtime.Port> = []

/**
 * A press leads to the conversation. Said again after the permission was given: only then there is
 * something to press.
 */
export function followNotifications(ports: Iterable<chrome.runtime.Port>): void {
    pages = ports
    const shown = notifications()
    if (!shown || shown.onClicked.hasListener(pressed)) return
    shown.onClicked.addListener(pressed)
}

function pressed(id: string): void {
    if (id !== ID) return
    // At once: what comes while the chat opens is told, and stands.
    clear()
    openChat().catch(() => undefined)
}

/** In the chat page that stands already, or in a new tab. */
async function openChat(): Promise<void> {
    const talk = await kept("toldOf")
    const url = api.runtime.getURL(talk === undefined ? CHAT : `${CHAT}#talk=${talk}`)
    const [tab] = chatTabs(pages)
    const shown = tab === undefined ? undefined : await api.tabs.update(tab, { active: true, url })
    if (shown === undefined) await api.tabs.create({ url })
    else await api.windows.update(shown.windowId, { focused: true })
}

function chatTabs(ports: Iterable<chrome.runtime.Port>): number[] {
    const chat = api.runtime.getURL(CHAT)
    return [...ports]
        .filter(({ sender }) => sender?.url?.startsWith(chat))
        .flatMap(({ sender }) => sender?.tab?.id ?? [])
}

/** A chat page is in front of a window that has the focus. */
async function isLookedAt(ports: Iterable<chrome.runtime.Port>): Promise<boolean> {
    for (const tab of chatTabs(ports)) if (await isInFront(tab)) return true
    return false
}

async function isInFront(tab: number): Promise<boolean> {
    try {
        const { active, windowId } = await api.tabs.get(tab)
        return active && (await api.windows.get(windowId)).focused
    } catch {
        return false
    }
}
