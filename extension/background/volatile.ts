/**
 * Rows that are kept for the browser's session alone: what private windows leave. They are sealed
 * like all others and lie in `storage.session`, in memory, as text.
 */

import type { Row, RowWrite } from "../generated/wasm/sotto.js"

/** By table and key, both in the name; the sealed value in base64. */
export type VolatileRows = Readonly<Record<string, string>>

/** The rows as the core loads them. */
export function rowsOf(kept: VolatileRows): Row[] {
    return Object.entries(kept).map(([name, value]) => {
        const [table = "", key = ""] = name.split(" ")
        return { table, key: fromText(key), value: fromText(value) }
    })
}

/** What is kept after `writes`; `undefined` when that is no other than before. */
export function after(
    kept: VolatileRows,
    writes: readonly RowWrite[],
): Record<string, string> | undefined {
    const rows = new Map(Object.entries(kept))
    let changed = false
    for (const { table, key, value, volatile } of writes) {
        const name = `${table} ${toText(key)}`
        if (volatile && value !== null) {
            rows.set(name, toText(value))
            changed = true
        } else if (rows.delete(name)) changed = true
    }
    return changed ? Object.fromEntries(rows) : undefined
}

function toText(bytes: Uint8Array): string {
    let text = ""
    for (const byte of bytes) text += String.fromCharCode(byte)
    return btoa(text)
}

function fromText(text: string): Uint8Array {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
}
