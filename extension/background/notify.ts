/**
 * Notifications: that something came, or from whom; never what. The system may keep them, and
 * others may see the screen.
 *
 * The browser's permission is asked for when the person wants them. Without it `api.notifications`
 * is not there, and nothing is told.
 */

import type { LiveEvent, Notify } from "../generated/protocol.ts"
import { api } from "../lib/browser.ts"
import { t } from "../lib/i18n.ts"
import { freshIn, newestOf } from "./fresh.ts"
import { change, kept } from "./session.ts"

const ID = "live"
const CHAT = "pages/chat.html"

type Notifications = typeof chrome.notifications | undefined
const notifications = (): Notifications => api.notifications as Notifications

/** Tells the person, unless they look at the chat page already. */
export async function announce(
    event: LiveEvent,
    notify: Notify,
    ports: Iterable<chrome.runtime.Port>,
): Promise<void> {
    const shown = notifications()
    if (event.type !== "conversations" || notify === "off" || !shown) return
    const since = (await kept("notified")) ?? 0
    const fresh = freshIn(event.changed, since)
    const [first] = fresh
    if (!first) return
    await change("notified", (at = 0) => newestOf(fresh, at))
    if (await isLookedAt(ports)) return
    show(shown, notify === "name" ? t("notifyFrom", first.title) : t("notifyNew"))
}

/** Tells the person of something of which nothing is known, not even from whom. */
export function announceBare(notify: Notify): void {
    const shown = notifications()
    if (notify !== "off" && shown) show(shown, t("notifyNew"))
}

/** One at a time: the next takes the place of the last. */
function show(shown: NonNullable<Notifications>, title: string): void {
    shown.create(ID, {
        type: "basic",
        iconUrl: api.runtime.getURL("icons/128.png"),
        title,
        message: t("notifyNewText"),
    })
}

/** Locked: what names somebody does not stay on the screen. */
export function hush(): void {
    notifications()?.clear(ID)
}

/** A press opens the chat page. Again after the permission was given: only then there is something. */
export function followNotifications(): void {
    const shown = notifications()
    if (!shown || shown.onClicked.hasListener(openChat)) return
    shown.onClicked.addListener(openChat)
}

function openChat(id: string): void {
    if (id !== ID) return
    hush()
    api.tabs.create({ url: api.runtime.getURL(CHAT) }).catch(() => undefined)
}

/** A chat page is in front of a window that has the focus. */
async function isLookedAt(ports: Iterable<chrome.runtime.Port>): Promise<boolean> {
    for (const { sender } of ports) {
        const tab = sender?.url?.startsWith(api.runtime.getURL(CHAT)) ? sender.tab?.id : undefined
        if (tab !== undefined && (await isInFront(tab))) return true
    }
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
