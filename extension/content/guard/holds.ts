/** What is held: a field, a drop or a paste that waits for the person's decision in Sotto. */

import type { Delivered, Route, Wanted } from "../../generated/protocol.ts"
import { CoreError } from "../../lib/failure.ts"
import { askGuard } from "../../lib/messages.ts"
import { nameOf } from "./fields.ts"
import { unguardedFrames } from "./frames.ts"
import { say } from "./notice.ts"

const ACCEPT_MAX = 512

/** How the page gets what the person decided on. */
export interface Taker {
    /** The page is given the files; whether it still takes them. */
    give(files: readonly File[]): Delivered
    /** The person gives nothing. */
    refuse(): void
}

let current: { id: string; taker: Taker } | undefined

/**
 * Asks for a sheet. Called in the task of the person's click: the browser opens nothing later.
 */
export function hold(
    route: Route,
    field: HTMLInputElement | undefined,
    files: readonly File[],
    taker: Taker,
    folder = false,
): void {
    current?.taker.refuse()
    const id = newId()
    current = { id, taker }
    const wanted: Wanted = {
        route,
        accept: (field?.accept ?? "").slice(0, ACCEPT_MAX),
        multiple: field?.multiple ?? true,
        directory: field?.webkitdirectory ?? false,
        field: field === undefined ? "" : nameOf(field),
        files: files.length,
        folder,
        unguarded: unguardedFrames(),
    }
    askGuard({ type: "hold", hold: id, wanted }, [...files]).catch((error: unknown) => {
        // Held all the same: nobody is there to decide, so nothing is given.
        say(wordFor(error))
    })
}

export function deliver(id: string, files: readonly File[]): Delivered {
    if (current?.id !== id || files.length === 0) return "gone"
    const { taker } = current
    current = undefined
    return taker.give(files)
}

export function release(id: string): void {
    if (current?.id !== id) return
    current.taker.refuse()
    current = undefined
}

function wordFor(error: unknown): "lost" | "revoked" | "failed" {
    const code = error instanceof CoreError ? error.code : "bug"
    if (code === "site-access-needed") return "revoked"
    return code === "worker-lost" || code === "deadline" ? "lost" : "failed"
}

function newId(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16))
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}
