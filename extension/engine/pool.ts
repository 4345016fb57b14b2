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
/** How long a worker may take to put its part away before it is ended. */
const END_MS = 3_000

/** What is done with one file. */
export interface Run {
    file: Blob
    key: Uint8Array
    /** The key of the payload that the file is, where it is sealed anew. */
    openKey?: Uint8Array
    tasks: readonly Task[]
    /** The OPFS folder for parts (`0`, `1`, …), one per worker. */
    parts?: readonly string[]
    /** A finished segment and the worker that did it. Awaited before that worker gets another. */
    onDone(done: Done, worker: number): void | Promise<void>
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

    /** Rejects with a `CoreError`; the parts are closed then, and to be deleted. */
    async run(run: Run): Promise<void> {
        const all = await this.#workers
        const members = all.slice(0, Math.max(1, Math.min(all.length, run.tasks.length)))
        try {
            await Promise.all(members.map((member, at) => member.begin(begin(run, at))))
            await distribute(members, run)
        } finally {
            await Promise.all(members.map((member) => member.end()))
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

function begin({ file, key, openKey, parts }: Run, at: number): Begin {
    // A copy for each: they wipe theirs.
    const opening = openKey === undefined ? {} : { openKey: openKey.slice() }
    const message = { type: "begin" as const, file, key: key.slice(), ...opening }
    return parts === undefined ? message : { ...message, path: [...parts, String(at)] }
}

async function distribute(members: readonly Member[], run: Run): Promise<void> {
    const waiting = run.tasks[Symbol.iterator]()
    let failed = false
    const lane = async (member: Member, at: number) => {
        for (const task of waiting) {
            if (run.signal.aborted) throw new CoreError("cancelled")
            if (failed) return
            await run.onDone(await member.task(task), at)
        }
    }
    const lanes = members.flatMap((member, at) =>
        Array.from({ length: IN_FLIGHT }, () => lane(member, at)),
    )
    try {
        await Promise.all(lanes)
    } catch (error) {
        failed = true
        await Promise.allSettled(lanes)
        throw error
    }
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

    /** A worker that cannot end by itself is ended. */
    async end(): Promise<void> {
        const ended = this.#ask({ type: "end" }).catch(() => undefined)
        let timer: ReturnType<typeof setTimeout> | undefined
        const late = new Promise<void>((resolve) => {
            timer = setTimeout(() => {
                this.terminate()
                resolve()
            }, END_MS)
        })
        await Promise.race([ended, late])
        clearTimeout(timer)
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
