/** What a pool and its workers say to each other, and how a file is cut into segments. */

import type { ErrorCode } from "../generated/protocol.ts"

/** Bytes of plaintext in a chunk (age), and what sealing adds to each. */
export const CHUNK = 65_536
export const TAG = 16
/** Bytes that are kept of each chunk. */
const KEPT = 32
/**
 * Chunks of a segment. The browser spends about five milliseconds on every slice that is read, so a
 * large file is read in slices of 8 MiB; a small one in 2 MiB, that all workers have their share.
 */
export const SEGMENT_CHUNKS = { least: 32, most: 128 }
/** Segments that a file has at least, as long as they are not too small. */
const SEGMENTS = 32
/** Chunks that are computed at once: 1 MiB and its result lie in the cache of a core. */
const PIECE_CHUNKS = 16

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
    /** Where the result goes: the worker's part in OPFS, or back, or nowhere (`verify`). */
    sink: "part" | "back" | "none"
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

/** The parts of a segment, one after the other, as tasks of their own. */
export function* piecesOf(task: Task): Generator<Task, void> {
    const chunk = task.work === "seal" ? CHUNK : CHUNK + TAG
    const step = PIECE_CHUNKS * chunk
    const count = Math.max(1, Math.ceil((task.to - task.from) / step))
    for (let at = 0; at < count; at += 1) {
        const begin = at * PIECE_CHUNKS
        const expected = task.expected?.subarray(begin * KEPT, (begin + PIECE_CHUNKS) * KEPT)
        yield {
            ...task,
            first: task.first + begin,
            isLast: task.isLast && at === count - 1,
            from: task.from + at * step,
            to: Math.min(task.to, task.from + (at + 1) * step),
            ...(expected && { expected }),
        }
    }
}

function segments(start: number, end: number, chunk: number): Omit<Task, "work" | "sink">[] {
    const chunks = Math.max(1, Math.ceil((end - start) / chunk))
    const each = within(Math.ceil(chunks / SEGMENTS), SEGMENT_CHUNKS)
    const step = each * chunk
    const count = Math.ceil(chunks / each)
    return Array.from({ length: count }, (_, at) => ({
        type: "task" as const,
        at,
        first: at * each,
        isLast: at === count - 1,
        from: start + at * step,
        to: Math.min(end, start + (at + 1) * step),
    }))
}

function within(count: number, { least, most }: { least: number; most: number }): number {
    return Math.min(most, Math.max(least, count))
}
