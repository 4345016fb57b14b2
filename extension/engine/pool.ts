/**
 * A pool of workers, each with an instance of the core of its own. One file at a time goes through
 * all of them: whoever is free takes the next segment.
 */

import { api } from "../lib/browser.ts"
import { CoreError } from "../lib/failure.ts"
import type { Begin, Done, Task, ToPool, ToWorker } from "./tasks.ts"

const MAX_WORKERS = 4
/** Segments that a worker has at once: one is computed, two are read meanwhile. */
const IN_FLIGHT = 3
/** How long a worker may take to put its part on the device: one that is busy takes many seconds. */
const END_MS = 60_000
/** The same where nothing is kept: a worker that hangs is not waited for. */
const ABANDON_MS = 3_000

/** What is done with one file. */
export interface Run {
    file: Blob
    key: Uint8Array
    /** The key of the payload that the file is, where it is sealed anew. */
    openKey?: Uint8Array
    tasks: readonly Task[]
    /** The OPFS folder for parts (`0`, `1`, …), one per worker. */
    parts?: readonly string[]
    /** The number of the first of them; what stands in others is kept. */
    firstPart?: number
    /** A finished segment and the part of its worker. Awaited before that worker gets another. */
    onDone(done: Done, part: number): void | Promise<void>
    signal: AbortSignal
}

export class Pool {
    readonly #workers: Promise<Member[]>

    constructor(count = Math.min(MAX_WORKERS, navigator.hardwareConcurrency || 1)) {
        this.#workers = compile().then((module) =>
            Promise.all(Array.from({ length: count }, () => Member.start(module))),
        )
        this.#workers.catch(() => undefined)
    }

    /**
     * Rejects with a `CoreError`; the parts are closed then, and to be deleted. The pool is of no
     * more use, for some of its workers may have been ended.
     */
    async run(run: Run): Promise<void> {
        const all = await this.#workers
        const members = all.slice(0, Math.max(1, Math.min(all.length, run.tasks.length)))
        try {
            await Promise.all(members.map((member, at) => member.begin(begin(run, at))))
            await distribute(members, run)
            await Promise.all(members.map((member) => member.end(END_MS)))
        } catch (error) {
            await Promise.allSettled(members.map((member) => member.end(ABANDON_MS)))
            throw error
        }
    }

    /** BLAKE3 of a file from what was kept of its chunks. */
    async digest(digests: Uint8Array): Promise<Uint8Array> {
        const [first] = await this.#workers
        if (first === undefined) throw new CoreError("bug")
        return first.digest(digests)
    }

    /** Ends the workers at once; what they hold is gone. */
    async close(): Promise<void> {
        for (const member of await this.#workers.catch(() => [])) member.terminate()
    }
}

function begin({ file, key, openKey, parts, firstPart = 0 }: Run, at: number): Begin {
    // A copy for each: they wipe theirs.
    const opening = openKey === undefined ? {} : { openKey: openKey.slice() }
    const message = { type: "begin" as const, file, key: key.slice(), ...opening }
    return parts === undefined ? message : { ...message, path: [...parts, String(firstPart + at)] }
}

async function distribute(members: readonly Member[], run: Run): Promise<void> {
    const waiting = run.tasks[Symbol.iterator]()
    let over = false
    const lane = async (member: Member, at: number) => {
        for (const task of waiting) {
            if (over) return
            const done = await member.task(task)
            if (!over) await run.onDone(done, (run.firstPart ?? 0) + at)
        }
    }
    const lanes = members.flatMap((member, at) =>
        Array.from({ length: IN_FLIGHT }, () => lane(member, at)),
    )
    try {
        await Promise.race([Promise.all(lanes), stopped(run.signal)])
    } finally {
        over = true
    }
}

/** A worker that hangs in a read does not keep the person from stopping. */
function stopped(signal: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
        const stop = () => reject(new CoreError("cancelled"))
        if (signal.aborted) stop()
        else signal.addEventListener("abort", stop, { once: true })
    })
}

let compiled: Promise<WebAssembly.Module> | undefined

function compile(): Promise<WebAssembly.Module> {
    compiled ??= WebAssembly.compileStreaming(fetch(api.runtime.getURL("sotto.wasm")))
    return compiled
}

interface Waiter {
    resolve(message: ToPool): void
    reject(error: CoreError): void
}

/** One worker. It answers in the order it is asked. */
class Member {
    readonly #worker: Worker
    readonly #waiters: Waiter[] = []
    #lost = false

    private constructor() {
        this.#worker = new Worker(api.runtime.getURL("engine/worker.js"), { type: "module" })
        this.#worker.onmessage = ({ data }: MessageEvent<ToPool>) => {
            const waiter = this.#waiters.shift()
            if (data.type === "failed") waiter?.reject(new CoreError(data.code))
            else waiter?.resolve(data)
        }
        this.#worker.onerror = () => this.#lose()
    }

    static async start(module: WebAssembly.Module): Promise<Member> {
        const member = new Member()
        await member.#ask({ type: "start", module })
        return member
    }

    async begin(message: Begin): Promise<void> {
        await this.#ask(message)
    }

    async task(task: Task): Promise<Done> {
        return (await this.#ask(task)) as Done
    }

    async digest(digests: Uint8Array): Promise<Uint8Array> {
        const answer = await this.#ask({ type: "digest", digests })
        if (answer.type !== "digest") throw new CoreError("bug")
        return answer.digest
    }

    /** Puts the part away. A worker that does not in its time is ended, and its part is not whole. */
    async end(ms: number): Promise<void> {
        const late = setTimeout(() => this.terminate(), ms)
        try {
            await this.#ask({ type: "end" })
        } finally {
            clearTimeout(late)
        }
    }

    terminate(): void {
        this.#worker.terminate()
        this.#lose()
    }

    #ask(message: ToWorker): Promise<ToPool> {
        if (this.#lost) return Promise.reject(new CoreError("worker-lost"))
        return new Promise((resolve, reject) => {
            this.#waiters.push({ resolve, reject })
            this.#worker.postMessage(message)
        })
    }

    #lose(): void {
        this.#lost = true
        for (const waiter of this.#waiters.splice(0)) waiter.reject(new CoreError("worker-lost"))
    }
}
