/**
 * Opening a file in two passes. The first opens every chunk and keeps 32 bytes of each; the core
 * then compares the digest with what the sender signed. The second opens them again, to their final
 * place, and stops at the first that is not the same.
 */

import type { FileProgress } from "../generated/protocol.ts"
import { CoreError } from "../lib/failure.ts"
import { concatenated, free } from "./bytes.ts"
import { codeOf } from "./codes.ts"
import type { Order } from "./copies.ts"
import { Pace } from "./pace.ts"
import { Pool } from "./pool.ts"
import { within } from "./range.ts"
import type { Sink } from "./sink.ts"
import { plainLength, sealedSegments, type Task } from "./tasks.ts"

/** How long a place may take to put away what it has of a file that was stopped. */
const ABANDON_MS = 3_000

/** A file whose header was looked at. */
export interface Looked {
    file: File
    key: Uint8Array
    payloadOffset: number
}

/** A file of which every chunk opened. */
export interface Verified extends Looked {
    digest: Uint8Array
    length: number
    /** What was kept of each segment's chunks. */
    kept: readonly Uint8Array<ArrayBuffer>[]
}

interface Watch {
    signal: AbortSignal
    onProgress(progress: FileProgress): void
}

/** The first pass. Nothing is stored. */
export async function verify(looked: Looked, watch: Watch): Promise<Verified> {
    const { file, key, payloadOffset } = looked
    const segments = sealedSegments(payloadOffset, file.size)
    const pace = new Pace(file.size - payloadOffset)
    const kept: Uint8Array<ArrayBuffer>[] = []
    const pool = new Pool()
    try {
        const tasks = segments.map((one): Task => ({ ...one, work: "verify", sink: "none" }))
        await pool.run({
            file,
            key,
            tasks,
            signal: watch.signal,
            onDone({ at, digests }) {
                kept[at] = digests.slice()
                pace.add((segments[at]?.to ?? 0) - (segments[at]?.from ?? 0))
                watch.onProgress(pace.progress())
            },
        })
        const digest = await pool.digest(concatenated(kept))
        return { ...looked, digest, kept, length: plainLength(file.size - payloadOffset) }
    } finally {
        await pool.close()
    }
}

/** The second pass. When it fails, what it wrote is deleted. */
export async function decrypt(verified: Verified, sink: Sink, watch: Watch): Promise<void> {
    const { file, key, payloadOffset, kept, length } = verified
    const segments = sealedSegments(payloadOffset, file.size)
    const pace = new Pace(length)
    const pool = new Pool()
    try {
        const to = sink.parts === undefined ? "back" : "part"
        const tasks = segments.map((one): Task => {
            const expected = kept[one.at]
            if (expected === undefined) throw new CoreError("bug")
            return { ...one, work: "open", sink: to, expected }
        })
        const order: Order[number][] = []
        await pool.run({
            file,
            key,
            tasks,
            ...(sink.parts && { parts: sink.parts }),
            signal: watch.signal,
            async onDone({ at, bytes, position = 0, length: written = 0 }, part) {
                order[at] = [part, position, written]
                const length = bytes?.byteLength ?? written
                if (bytes !== undefined) {
                    const place = plainLength((segments[at]?.from ?? 0) - payloadOffset)
                    await sink.write(at === 0 ? 0 : place, bytes)
                    bytes.fill(0)
                    free(bytes)
                }
                // Done is what its place has taken: a slow one shows.
                pace.add(length)
                watch.onProgress(pace.progress())
            },
        })
        await sink.close(order)
    } catch (error) {
        // A place that hangs does not keep the person from stopping.
        await within(sink.abort(), ABANDON_MS).catch(() => undefined)
        throw error instanceof CoreError ? error : new CoreError(codeOf(error))
    } finally {
        await pool.close()
    }
}
