/** What becomes of an open vault when the person is not there. */

import type { Settings, Status } from "../generated/protocol.ts"

/** `lock` ends everything; `veil` leaves whoever is reachable so, if the core finds that they are. */
export type Due = "lock" | "veil" | undefined

/** What the browser, or the clock, says of the person. */
export interface Absence {
    /** The screen is locked, where the browser tells that apart. */
    isScreenLocked: boolean
    /** Nobody was there for as long as the settings say. */
    isIdle: boolean
}

type Standing = Pick<Status, "vault" | "veiled"> & {
    settings: Pick<Settings, "lockWithScreen" | "idleMinutes">
}

/** The screen's lock wins, and ends a veil too. */
export function dueNow(
    { vault, veiled, settings }: Standing,
    { isScreenLocked, isIdle }: Absence,
): Due {
    if (vault !== "unlocked" && !veiled) return undefined
    if (isScreenLocked && settings.lockWithScreen) return "lock"
    const isOver = vault === "unlocked" && settings.idleMinutes > 0 && isIdle
    return isOver ? "veil" : undefined
}
