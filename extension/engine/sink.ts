/** Where an opened file goes. */

import { api } from "../lib/browser.ts"
import { CoreError } from "../lib/failure.ts"
import { isAbsent, joined, type Order, piecesOf } from "./copies.ts"

const ROOT = "opened"

export interface Sink {
    /** The OPFS folder into which the workers write by themselves. Else `write` is called. */
    readonly parts?: readonly string[]
    write(position: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>
    /** From here on the file is in its place. `order` says where in the parts. */
    close(order: Order): Promise<void>
    /** Nothing is left of it. */
    abort(): Promise<void>
}

/**
 * A place that the person picked. The browser writes beside it and moves it there on `close`, so
 * that an interrupted file never stands in its place.
 */
export async function pickedSink(handle: FileSystemFileHandle): Promise<Sink> {
    const writable = await handle.createWritable()
    return {
        write: (position, data) => writable.write({ type: "write", position, data }),
        close: () => writable.close(),
        abort: () => writable.abort(),
    }
}

/**
 * A file in OPFS that a download is served from: the parts that the workers wrote. It is deleted
 * with the page; a lock says as long as the page lives that it is wanted, and what has none is
 * swept.
 */
export class DownloadSink implements Sink {
    readonly #name = crypto.randomUUID()
    readonly parts = [ROOT, this.#name]
    #order: Order | undefined
    #release: () => void = () => undefined

    static async open(): Promise<DownloadSink> {
        const sink = new DownloadSink()
        await sink.#hold()
        await (await folder()).getDirectoryHandle(sink.#name, { create: true })
        return sink
    }

    async write(): Promise<void> {
        throw new CoreError("bug")
    }

    async close(order: Order): Promise<void> {
        this.#order = joined(order)
    }

    async abort(): Promise<void> {
        await this.delete()
    }

    /** What was written, under a name. */
    async file(name: string): Promise<File> {
        if (this.#order === undefined) throw new CoreError("bug")
        return new File(await piecesOf(this.parts, this.#order), name, { lastModified: 0 })
    }

    async delete(): Promise<void> {
        const opened = await folder()
        await opened.removeEntry(this.#name, { recursive: true }).catch(() => undefined)
        this.#release()
    }

    #hold(): Promise<void> {
        return new Promise((held) => {
            void navigator.locks.request(lockOf(this.#name), () => {
                held()
                return new Promise<void>((release) => {
                    this.#release = release
                })
            })
        })
    }
}

/** Deletes what pages that were closed, or killed, could not delete; whether all of it is gone. */
export async function sweepOpened(): Promise<boolean> {
    const opened = await folder()
    let isGone = true
    for await (const name of opened.keys()) {
        await navigator.locks.request(lockOf(name), { ifAvailable: true }, async (lock) => {
            const removed = lock && opened.removeEntry(name, { recursive: true })
            const isRemoved = Boolean(await removed?.then(() => true, isAbsent))
            isGone &&= isRemoved
        })
    }
    return isGone
}

/** When a page that was writing is gone, in ms: its workers hold what they wrote a little longer. */
const GONE_MS = [1000, 5000]
/** Where they hold it longer still: how often it is tried again, and how long after. */
const RETRIES = 24
const RETRY_MS = 5000

/** A page of files was closed. What it was writing then nobody else deletes before the next start. */
export async function sweepSoon(): Promise<void> {
    let isGone = true
    for (const ms of GONE_MS) isGone = await sweptAfter(ms)
    for (let left = RETRIES; left > 0 && !isGone; left -= 1) isGone = await sweptAfter(RETRY_MS)
}

async function sweptAfter(ms: number): Promise<boolean> {
    await new Promise((resolve) => setTimeout(resolve, ms))
    // A worker that calls nothing of the browser's is ended after half a minute.
    await api.runtime.getPlatformInfo()
    return sweepOpened().catch(() => false)
}

function lockOf(name: string): string {
    return `${ROOT}/${name}`
}

async function folder(): Promise<FileSystemDirectoryHandle> {
    const root = await navigator.storage.getDirectory()
    return root.getDirectoryHandle(ROOT, { create: true })
}
