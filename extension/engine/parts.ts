/**
 * What workers write into parts says of itself where its segments lie, so that a killed job can go
 * on: before each segment a record with its number (plus one) and its length, in bytes, both 32 bits,
 * little endian. A record is written after its segment: without one, a segment was not whole.
 */

import type { Order } from "./copies.ts"

export const RECORD_LEN = 8

/** A segment that was written whole. */
export interface Written {
    /** Number of the segment. */
    at: number
    /** Where it lies. */
    place: Order[number]
}

export function recordOf(at: number, length: number): Uint8Array<ArrayBuffer> {
    const record = new DataView(new ArrayBuffer(RECORD_LEN))
    record.setUint32(0, at + 1, true)
    record.setUint32(4, length, true)
    return new Uint8Array(record.buffer)
}

/** The segments of one part, as far as its records go. What they say is not trusted yet. */
export async function segmentsIn(part: number, file: Blob): Promise<Written[]> {
    const found: Written[] = []
    for (let from = 0; from + RECORD_LEN < file.size; ) {
        const bytes = await file.slice(from, from + RECORD_LEN).arrayBuffer()
        const record = new DataView(bytes)
        const [number, length] = [record.getUint32(0, true), record.getUint32(4, true)]
        const position = from + RECORD_LEN
        if (number === 0 || length === 0 || position + length > file.size) break
        found.push({ at: number - 1, place: [part, position, length] })
        from = position + length
    }
    return found
}
