/**
 * Going on with a file whose sealing was killed. What its parts hold counts only after it was opened
 * again, chunk by chunk, under the key of the file; and the file that was given must have the same
 * content where it is looked at: another one under that key would give its key stream away.
 */

import { CoreError } from "../lib/failure.ts"
import { equal } from "./bytes.ts"
import { dropParts, type Order, partsOf, piecesOf } from "./copies.ts"
import { segmentsIn, type Written } from "./parts.ts"
import type { Pool } from "./pool.ts"
import { sealedLength, type Task } from "./tasks.ts"

export interface Kept {
    /** By number of the segment. */
    segments: ReadonlyMap<number, { place: Order[number]; digests: Uint8Array<ArrayBuffer> }>
    /** Bytes of the file that need not be sealed again. */
    bytes: number
    /** The number that the next part may have. */
    nextPart: number
    /** What there was did not open, and is deleted. */
    refused: boolean
}

const NOTHING: Kept = { segments: new Map(), bytes: 0, nextPart: 0, refused: false }

interface Wanted {
    file: Blob
    key: Uint8Array
    tasks: readonly Task[]
    signal: AbortSignal
}

/** What is there of a file already; nothing for one that was never begun. */
export async function keptOf(
    path: readonly string[],
    wanted: Wanted,
    pool: () => Pool,
): Promise<Kept> {
    const parts = await partsOf(path)
    const nextPart = Math.max(-1, ...parts.map(({ number }) => number)) + 1
    if (nextPart === 0) return NOTHING
    const found = (
        await Promise.all(parts.map(({ number, file }) => segmentsIn(number, file)))
    ).flat()
    const written = inOrder(found, wanted.tasks)
    const opened = written.length === 0 ? undefined : await open(path, written, wanted, pool())
    if (opened === undefined) {
        await dropParts(path)
        return { ...NOTHING, refused: written.length > 0 }
    }
    await compare(opened, wanted, pool())
    const segments = new Map(
        written.map(({ at, place }) => [at, { place, digests: opened.get(at) ?? lost() }]),
    )
    return { segments, bytes: bytesOf(written, wanted.tasks), nextPart, refused: false }
}

/** One of each, as long as it should be. */
function inOrder(found: readonly Written[], tasks: readonly Task[]): Written[] {
    const fits = ({ at, place: [, , length] }: Written) => {
        const task = tasks[at]
        return task !== undefined && length === sealedLength(task.to - task.from)
    }
    const by = new Map(found.filter(fits).map((one) => [one.at, one]))
    return [...by.values()].toSorted((one, other) => one.at - other.at)
}

/** What opening gives of each segment; `undefined` where one does not open. */
async function open(
    path: readonly string[],
    written: readonly Written[],
    { key, tasks, signal }: Wanted,
    pool: Pool,
): Promise<Map<number, Uint8Array<ArrayBuffer>> | undefined> {
    const file = new Blob(
        await piecesOf(
            path,
            written.map(({ place }) => place),
        ),
    )
    const digests = new Map<number, Uint8Array<ArrayBuffer>>()
    let from = 0
    const verifying = written.map(({ at, place: [, , length] }): Task => {
        const begin = from
        from += length
        return { ...taskOf(tasks, at), work: "verify", sink: "none", from: begin, to: from }
    })
    try {
        await pool.run({
            file,
            key,
            tasks: verifying,
            signal,
            onDone: (done) => void digests.set(done.at, done.digests.slice()),
        })
        return digests
    } catch (error) {
        if (error instanceof CoreError && error.code === "tampered") return undefined
        throw error
    }
}

/** Seals some of what is kept once more, for nothing, and compares. */
async function compare(
    opened: ReadonlyMap<number, Uint8Array>,
    { file, key, tasks, signal }: Wanted,
    pool: Pool,
): Promise<void> {
    const kept = [...opened.keys()]
    const looked = new Set([0, kept.length >> 1, kept.length - 1].map((at) => kept[at] ?? 0))
    await pool.run({
        file,
        key,
        tasks: [...looked].map((at) => ({ ...taskOf(tasks, at), work: "seal", sink: "none" })),
        signal,
        onDone({ at, digests }) {
            if (!equal(digests, opened.get(at) ?? lost())) throw new CoreError("file-changed")
        },
    })
}

function taskOf(tasks: readonly Task[], at: number): Task {
    return tasks[at] ?? lost()
}

function bytesOf(written: readonly Written[], tasks: readonly Task[]): number {
    return written.reduce((sum, { at }) => {
        const { from, to } = taskOf(tasks, at)
        return sum + to - from
    }, 0)
}

function lost(): never {
    throw new CoreError("bug")
}
