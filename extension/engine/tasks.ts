/** What a pool and its workers say to each other, and how a file is cut into segments. */

import type { ErrorCode } from "../generated/protocol.ts"

/** Bytes of plaintext in a chunk (age), and what sealing adds to each. */
export const CHUNK = 65_536
export const TAG = 16
/** Chunks of a segment: 2 MiB. Two of them are in flight in each worker. */
export const SEGMENT_CHUNKS = 32

export interface Start {
    type: "start"
    module: WebAssembly.Module
}
export interface Begin {
    type: "begin"
    file: Blob
    key: Uint8Array<ArrayBuffer>
    /** `reseal`: the key of the payload that the file is. */
    openKey?: Uint8Array<ArrayBuffer>
    /** The file in OPFS that results go to, if any. */
    path?: readonly string[]
}
export interface Task {
    type: "task"
    work: "seal" | "verify" | "open" | "reseal"
    /** Number of the segment. */
    at: number
    /** Its first chunk. */
    first: number
    isLast: boolean
    /** Its bytes in the source. */
    from: number
    to: number
    /** `open`, `reseal`: what `verify` kept of these chunks. */
    expected?: Uint8Array<ArrayBuffer>
    /** Where the result goes: the worker's part in OPFS, or back. */
    sink: "part" | "back"
}
export interface Digest {
    type: "digest"
    digests: Uint8Array
}
export type ToWorker = Start | Begin | Task | Digest | { type: "end" }

export interface Done {
    type: "done"
    at: number
    digests: Uint8Array
    /** Where in the worker's part the result lies. */
    position?: number
    length?: number
    /** The result itself. */
    bytes?: Uint8Array<ArrayBuffer>
}
export type ToPool =
    | { type: "started" | "begun" | "ended" }
    | Done
    | { type: "digest"; digest: Uint8Array }
    | { type: "failed"; code: ErrorCode }

/** The segments of a plaintext of `size` bytes. An empty file has one, empty. */
export function plainSegments(size: number): Omit<Task, "work" | "sink">[] {
    return segments(0, size, CHUNK)
}

/** The segments of a sealed payload that lies at `offset` of a file. */
export function sealedSegments(offset: number, fileSize: number): Omit<Task, "work" | "sink">[] {
    return segments(offset, fileSize, CHUNK + TAG)
}

/** Bytes of plaintext in a sealed payload of `size` bytes. */
export function plainLength(size: number): number {
    const chunks = Math.max(1, Math.ceil(size / (CHUNK + TAG)))
    return Math.max(0, size - chunks * TAG)
}

/** Bytes of payload that a plaintext of `size` bytes becomes. */
export function sealedLength(size: number): number {
    return size + Math.max(1, Math.ceil(size / CHUNK)) * TAG
}

function segments(start: number, end: number, chunk: number): Omit<Task, "work" | "sink">[] {
    const step = SEGMENT_CHUNKS * chunk
    const count = Math.max(1, Math.ceil((end - start) / step))
    return Array.from({ length: count }, (_, at) => ({
        type: "task" as const,
        at,
        first: at * SEGMENT_CHUNKS,
        isLast: at === count - 1,
        from: start + at * step,
        to: Math.min(end, start + (at + 1) * step),
    }))
}
