/** The files of a job as they travel beside an order: file, key, nonce; file, key, nonce; … */

import { CoreError } from "../lib/failure.ts"
import type { RoomItem } from "./room.ts"

export function besideOf(items: readonly RoomItem[]): unknown[] {
    return items.flatMap(({ file, key, nonce }) => [file, key, nonce])
}

export function itemsOf(indexes: readonly number[], beside: readonly unknown[]): RoomItem[] {
    return indexes.map((index, at) => {
        const [file, key, nonce] = beside.slice(3 * at)
        const isWhole =
            file instanceof Blob && key instanceof Uint8Array && nonce instanceof Uint8Array
        if (!isWhole) throw new CoreError("malformed-message")
        return { index, file, key: key.slice(), nonce: nonce.slice() }
    })
}
