/** The rows of the core, in one IndexedDB object store. What is in them is sealed by the core. */

import type { LiveRow, LiveWrite } from "../generated/wasm/live.js"
import type { Row, RowWrite } from "../generated/wasm/sotto.js"
import { isPrivateProfile } from "../lib/browser.ts"
import { CoreError } from "../lib/failure.ts"
import { keep, kept } from "./session.ts"
import { after, rowsOf, type VolatileRows } from "./volatile.ts"

const DATABASE = "sotto"
const VERSION = 2
const ROWS = "rows"
/** Of the live sessions: what was said fills them, and the core never loads them. */
const LIVE = "live"

/** As they are in session storage. */
let volatile: VolatileRows = {}
let opening: Promise<IDBDatabase> | undefined

/** All rows. A browser that keeps nothing has none (and refuses to open the database). */
export async function readRows(): Promise<Row[]> {
    if (isPrivateProfile()) return []
    const database = await open()
    const [stored, inMemory] = await Promise.all([
        settled<Row[]>(database.transaction(ROWS, "readonly").objectStore(ROWS).getAll()),
        kept("rows"),
    ])
    volatile = inMemory ?? {}
    return [...stored, ...rowsOf(volatile)]
}

/**
 * Commits `writes` in one transaction: when this resolves, on disk (`strict`), or with the system,
 * which writes it soon (`relaxed`).
 *
 * Rejects with `storage-full` or `storage-unavailable`; nothing is written then.
 */
export async function commit(
    writes: readonly RowWrite[],
    durability: "strict" | "relaxed",
): Promise<void> {
    if (writes.length === 0) return
    if (isPrivateProfile()) throw new CoreError("storage-unavailable")
    await keepVolatile(writes)
    const database = await open()
    const transaction = database.transaction(ROWS, "readwrite", { durability })
    const rows = transaction.objectStore(ROWS)
    for (const { table, key, value, volatile } of writes) {
        if (value === null || volatile) rows.delete([table, key as Uint8Array<ArrayBuffer>])
        else rows.put({ table, key, value })
    }
    await completed(transaction)
}

/** The rows of the live sessions. */
export async function readLiveRows(): Promise<LiveRow[]> {
    if (isPrivateProfile()) return []
    const database = await open()
    return settled<LiveRow[]>(database.transaction(LIVE, "readonly").objectStore(LIVE).getAll())
}

/**
 * Commits rows of the live sessions in one transaction: when this resolves, on disk (`strict`), as
 * what must not be forgotten after it has left, or with the system (`relaxed`).
 */
export async function commitLive(
    writes: readonly LiveWrite[],
    durability: "strict" | "relaxed",
): Promise<void> {
    if (writes.length === 0) return
    if (isPrivateProfile()) throw new CoreError("storage-unavailable")
    const database = await open()
    const transaction = database.transaction(LIVE, "readwrite", { durability })
    const rows = transaction.objectStore(LIVE)
    for (const { table, key, value } of writes) {
        if (value === null) rows.delete([table, key as Uint8Array<ArrayBuffer>])
        else rows.put({ table, key, value })
    }
    await completed(transaction)
}

/** The identity is gone: what it said goes too. */
export async function clearLive(): Promise<void> {
    if (isPrivateProfile()) return
    const database = await open()
    const transaction = database.transaction(LIVE, "readwrite", { durability: "strict" })
    transaction.objectStore(LIVE).clear()
    await completed(transaction)
}

async function keepVolatile(writes: readonly RowWrite[]): Promise<void> {
    const next = after(volatile, writes)
    if (next === undefined) return
    try {
        await keep("rows", next)
    } catch {
        throw new CoreError("storage-full")
    }
    volatile = next
}

function open(): Promise<IDBDatabase> {
    opening ??= connect().catch((error: unknown) => {
        opening = undefined
        throw failureOf(error)
    })
    return opening
}

function connect(): Promise<IDBDatabase> {
    const request = indexedDB.open(DATABASE, VERSION)
    request.onupgradeneeded = () => {
        for (const name of [ROWS, LIVE]) {
            if (!request.result.objectStoreNames.contains(name))
                request.result.createObjectStore(name, { keyPath: ["table", "key"] })
        }
    }
    return settled(request).then((database) => {
        // Site data was cleared, or a newer version of us wants to upgrade: connect anew next time.
        database.onversionchange = () => {
            database.close()
            opening = undefined
        }
        database.onclose = () => {
            opening = undefined
        }
        return database
    })
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(failureOf(request.error))
    })
}

function completed(transaction: IDBTransaction): Promise<void> {
    return new Promise((resolve, reject) => {
        transaction.oncomplete = () => resolve()
        transaction.onabort = () => reject(failureOf(transaction.error))
    })
}

function failureOf(error: unknown): CoreError {
    if (error instanceof CoreError) return error
    const full = error instanceof DOMException && error.name === "QuotaExceededError"
    return new CoreError(full ? "storage-full" : "storage-unavailable")
}
