/**
 * What outlives the worker but not the browser: `storage.session`, in memory, for trusted contexts
 * only. In Chromium the reader frame is one of them; nothing here is plaintext of a letter.
 */

import type { Errand, VaultState } from "../generated/protocol.ts"
import type { Admissions } from "../generated/wasm/sotto.js"
import { api } from "../lib/browser.ts"
import { inOrder } from "../lib/order.ts"
import type { EditorPlace } from "./editors.ts"
import type { Unread } from "./fresh.ts"
import type { HeldAt } from "./guard.ts"
import type { Sight } from "./sights.ts"
import type { VolatileRows } from "./volatile.ts"

interface Kept {
    /** The key under which the class keys of this unlock epoch are sealed in the database. */
    secret: string
    /** Which frame may open which block. Opaque: the core's. */
    admissions: Admissions
    /** Rows that never go to a disk. */
    rows: VolatileRows
    /** What is on the pages of each tab. */
    sights: Record<string, Sight>
    /** The editor of each tab that asked for a letter last. */
    editors: Record<string, EditorPlace>
    /** Whose files are held, by hold. */
    holds: Record<string, HeldAt>
    /** What surfaces were opened for, by the id in their address. */
    errands: Record<string, Errand>
    /** As it was told to pages last: a worker that was just started cannot know. */
    vault: VaultState
    /** When the person did something with Sotto last, in ms since 1970. */
    used: number
    /** *Reachable* is on, and the vault was unlocked: a worker that is started connects. */
    reachable: boolean
    /** Unread messages of which the person was notified, or need not be, by conversation. */
    unread: Unread
    /** The conversation that the notification is about; absent where that is not known. */
    toldOf: string
    /** Messages whose sender was not who it claimed to be. */
    refused: number
}

export async function kept<K extends keyof Kept>(key: K): Promise<Kept[K] | undefined> {
    const found = (await api.storage.session.get(key)) as Partial<Kept>
    return found[key]
}

export async function keep<K extends keyof Kept>(key: K, value: Kept[K]): Promise<void> {
    await api.storage.session.set({ [key]: value })
}

export async function forget(key: keyof Kept): Promise<void> {
    await api.storage.session.remove(key)
}

const inTurn = inOrder()

/** Reads, changes and keeps a value without another change in between. */
export function change<K extends keyof Kept>(
    key: K,
    alter: (value: Kept[K] | undefined) => Kept[K],
): Promise<void> {
    return inTurn(async () => keep(key, alter(await kept(key))))
}
