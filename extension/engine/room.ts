/**
 * The engine room: seals the files of a job, one after the other, each by all workers. It holds the
 * payload keys of these files while they are sealed, and nothing else that is secret.
 *
 * Chromium runs it in an offscreen document, Firefox in the event page.
 */

import type { ErrorCode, FileProgress } from "../generated/protocol.ts"
import { CoreError } from "../lib/failure.ts"
import { concatenated } from "./bytes.ts"
import { codeOf } from "./codes.ts"
import { bytesIn, deleteCopies, finishCopy, makeCopy, type Order } from "./copies.ts"
import { Pace } from "./pace.ts"
import { Pool } from "./pool.ts"
import { type Kept, keptOf } from "./resume.ts"
import { plainLength, plainSegments, sealedLength, sealedSegments, type Task } from "./tasks.ts"

/** One file to be sealed. */
export interface RoomItem {
    index: number
    file: Blob
    key: Uint8Array<ArrayBuffer>
    nonce: Uint8Array<ArrayBuffer>
    /** The file is a sealed one that was verified: it is opened and sealed anew. */
    from?: Resealing
}

/** What the first pass over a sealed file found. */
export interface Resealing {
    key: Uint8Array
    payloadOffset: number
    /** What was kept of each segment's chunks. */
    kept: readonly Uint8Array<ArrayBuffer>[]
}

/** What the room asks of the custodian. */
export interface Custodian {
    /** The payload of a file is sealed: its header. */
    header(
        job: string,
        index: number,
        length: number,
        digest: Uint8Array,
    ): Promise<Uint8Array<ArrayBuffer>>
    /** The job is over, well or not; nothing is left of one that failed. */
    ended(job: string, code: ErrorCode | null): Promise<void>
}

/** Room beside the payload for headers and the file system's own. */
const SLACK = 2 * 1024 * 1024

interface Running {
    pace: Pace
    stop: AbortController
    /** Why it was stopped. */
    code: ErrorCode
}

export class Room {
    readonly #custodian: Custodian
    readonly #onIdle: () => void
    readonly #jobs = new Map<string, Running>()
    #pool: Pool | undefined
    #turn: Promise<void> = Promise.resolve()

    constructor(custodian: Custodian, onIdle: () => void = () => undefined) {
        this.#custodian = custodian
        this.#onIdle = onIdle
    }

    /** Takes a job on. Jobs are done one after the other. */
    run(job: string, items: readonly RoomItem[]): void {
        const total = items.reduce((sum, { file }) => sum + file.size, 0)
        const running = { pace: new Pace(total), stop: new AbortController(), code: CANCELLED }
        this.#jobs.set(job, running)
        this.#turn = this.#turn.then(() => this.#do(job, items, running))
    }

    /** How far a job is; `undefined` for one that is not here. */
    progress(job: string): FileProgress | undefined {
        return this.#jobs.get(job)?.pace.progress()
    }

    /** Stops a job; resolves when nothing of it is left. */
    async stop(job: string, code: ErrorCode): Promise<void> {
        const running = this.#jobs.get(job)
        if (running === undefined) return deleteCopies(job)
        running.code = code
        running.stop.abort()
        await this.#turn
    }

    /** The vault was locked: lock wins, and no key stays here. */
    async stopAll(code: ErrorCode): Promise<void> {
        await Promise.all([...this.#jobs.keys()].map((job) => this.stop(job, code)))
    }

    async #do(job: string, items: readonly RoomItem[], running: Running): Promise<void> {
        let failed: ErrorCode | null = null
        // Its workers start meanwhile.
        this.#workers()
        try {
            await checkRoom(job, items)
            for (const item of items) await this.#seal(job, item, running)
        } catch (error) {
            failed = running.stop.signal.aborted ? running.code : codeOf(error)
            await this.#dismiss()
            await deleteCopies(job).catch(() => undefined)
        }
        for (const { key } of items) key.fill(0)
        await this.#custodian.ended(job, failed).catch(() => undefined)
        this.#jobs.delete(job)
        if (this.#jobs.size > 0) return
        await this.#dismiss()
        this.#onIdle()
    }

    /** The next file gets workers of its own. */
    async #dismiss(): Promise<void> {
        await this.#pool?.close()
        this.#pool = undefined
    }

    #workers(): Pool {
        this.#pool ??= new Pool()
        return this.#pool
    }

    async #seal(job: string, item: RoomItem, { pace, stop }: Running): Promise<void> {
        const { index, file, key, nonce, from } = item
        const parts = await makeCopy(job, index)
        const segments = segmentsOf(item)
        const kept = await this.#kept(parts, item, segments, stop.signal)
        pace.skip(kept.bytes)
        const digests: Uint8Array[] = segments.map(
            ({ at }) => kept.segments.get(at)?.digests ?? NONE,
        )
        const order = segments.map(({ at }) => kept.segments.get(at)?.place ?? NOWHERE)
        const pool = this.#workers()
        await pool.run({
            file,
            key,
            ...(from === undefined ? {} : { openKey: from.key }),
            tasks: segments.filter(({ at }) => !kept.segments.has(at)),
            parts,
            firstPart: kept.nextPart,
            signal: stop.signal,
            onDone(done, part) {
                const segment = segments[done.at]
                pace.add((segment?.to ?? 0) - (segment?.from ?? 0))
                digests[done.at] = done.digests
                order[done.at] = [part, done.position ?? 0, done.length ?? 0]
            },
        })
        const digest = await pool.digest(concatenated(digests))
        if (stop.signal.aborted) throw new CoreError("cancelled")
        const header = await this.#custodian.header(job, index, lengthOf(item), digest)
        await finishCopy(job, index, [header, nonce], order)
        key.fill(0)
    }

    /** What a killed room has sealed of the file. When it does not open, it is sealed anew. */
    async #kept(
        parts: readonly string[],
        { file, key }: RoomItem,
        tasks: readonly Task[],
        signal: AbortSignal,
    ): Promise<Kept> {
        const kept = await keptOf(parts, { file, key, tasks, signal }, () => this.#workers())
        // A pool in which something failed is of no more use.
        if (kept.refused) await this.#dismiss()
        return kept
    }
}

/** What is not there yet. */
const NONE = new Uint8Array()
const NOWHERE: Order[number] = [0, 0, 0]

const CANCELLED: ErrorCode = "cancelled"

function segmentsOf({ file, from }: RoomItem): Task[] {
    if (from === undefined) {
        const segments = plainSegments(file.size)
        return segments.map((one) => ({ ...one, work: "seal", sink: "part" }))
    }
    return sealedSegments(from.payloadOffset, file.size).map((one) => {
        const expected = from.kept[one.at]
        if (expected === undefined) throw new CoreError("malformed-message")
        return { ...one, work: "reseal", sink: "part", expected }
    })
}

function lengthOf({ file, from }: RoomItem): number {
    return from === undefined ? file.size : plainLength(file.size - from.payloadOffset)
}

/** Refuses before a byte is written what the device cannot take. */
async function checkRoom(job: string, items: readonly RoomItem[]): Promise<void> {
    const all = items.reduce((sum, { file }) => sum + sealedLength(file.size) + SLACK, 0)
    const wanted = all - (await bytesIn(job))
    const { quota, usage } = await navigator.storage.estimate()
    if (quota === undefined || usage === undefined) return
    if (quota - usage < wanted) throw new CoreError("storage-full")
}
