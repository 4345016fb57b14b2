/** The files of a job as they travel beside an order: file, key, nonce, source; file, … */

import { CoreError } from "../lib/failure.ts"
import type { Resealing, RoomItem } from "./room.ts"

export function besideOf(items: readonly RoomItem[]): unknown[] {
    return items.flatMap(({ file, key, nonce, from }) => [file, key, nonce, from ?? null])
}

export function itemsOf(indexes: readonly number[], beside: readonly unknown[]): RoomItem[] {
    return indexes.map((index, at) => {
        const [file, key, nonce, from] = beside.slice(4 * at)
        const isWhole =
            file instanceof Blob && key instanceof Uint8Array && nonce instanceof Uint8Array
        if (!isWhole) throw new CoreError("malformed-message")
        const item = { index, file, key: key.slice(), nonce: nonce.slice() }
        return isResealing(from) ? { ...item, from } : item
    })
}

function isResealing(from: unknown): from is Resealing {
    const { key, payloadOffset, kept } = (from ?? {}) as Partial<Resealing>
    return key instanceof Uint8Array && typeof payloadOffset === "number" && Array.isArray(kept)
}
