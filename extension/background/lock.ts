/**
 * Locking without being asked: with the screen where the browser reports it, by the shortcut; after
 * idle time too, but whoever is reachable is veiled instead. Closing the browser locks by itself:
 * the session storage goes with it.
 */

import type { Settings, Status } from "../generated/protocol.ts"
import { api, reportsScreenLock } from "../lib/browser.ts"
import { desk, status, veil } from "./core.ts"
import { dueNow } from "./lock-when.ts"
import { keep, kept } from "./session.ts"

const ALARM = "idle"
const TICK_MIN = 1
const MIN_MS = 60_000
/** What `idle.setDetectionInterval` takes at least, in seconds. */
const SHORTEST_S = 15

const NOTE_MS = 10_000
let noted = 0

export async function lock(): Promise<void> {
    await desk({ type: "lock" })
}

/** While unlocked, watch; while locked, nothing runs. */
export function watchIdleness({ vault, settings }: Status): void {
    if (vault !== "unlocked" || settings.idleMinutes === 0) {
        void api.alarms.clear(ALARM)
        return
    }
    api.idle.setDetectionInterval(idleSeconds(settings))
    // Asked again on every change of the status: an alarm that is made anew would never ring.
    void api.alarms.get(ALARM).then((alarm) => {
        if (alarm === undefined) return api.alarms.create(ALARM, { periodInMinutes: TICK_MIN })
        return undefined
    })
}

/** The browser's own report. The worker may have just been started by it. */
export async function onIdleState(state: `${chrome.idle.IdleState}`): Promise<void> {
    if (state === "active") return
    const now = await status()
    const isScreenLocked = state === "locked" && reportsScreenLock
    await leave(now, isScreenLocked, () => isIdle(now.settings))
}

async function leave(
    now: Status,
    isScreenLocked: boolean,
    idle: () => Promise<boolean>,
): Promise<void> {
    const isWatched = now.vault === "unlocked" && now.settings.idleMinutes > 0
    const due = dueNow(now, { isScreenLocked, isIdle: isWatched && (await idle()) })
    if (due === "lock") return lock()
    if (due !== "veil") return
    try {
        await veil()
    } catch (error) {
        // Whatever kept it from being veiled, nobody is there.
        await lock()
        throw error
    }
}

/**
 * Once a minute: the net below `idle.onStateChanged`, which some desktops never fire (Chromium
 * without a display always says "active"). Unused for the same time counts as idle; so does sleep.
 */
export async function onAlarm(alarm: chrome.alarms.Alarm): Promise<void> {
    if (alarm.name !== ALARM) return
    const now = await status()
    const unusedMs = Date.now() - ((await kept("used")) ?? 0)
    const isUnused = unusedMs > now.settings.idleMinutes * MIN_MS
    await leave(now, false, async () => isUnused || isIdle(now.settings))
}

/** The person did something with Sotto. Noted now and then: a lock comes by the minute. */
export async function noteUse(): Promise<void> {
    const now = Date.now()
    if (now - noted < NOTE_MS) return
    noted = now
    await keep("used", now)
}

/** A locked screen hides how long nobody was there; then the time of last use tells. */
async function isIdle(settings: Settings): Promise<boolean> {
    return (await api.idle.queryState(idleSeconds(settings))) === "idle"
}

function idleSeconds(settings: Settings): number {
    return Math.max(SHORTEST_S, settings.idleMinutes * 60)
}
