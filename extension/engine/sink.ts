/** Where an opened file goes. */

import { CoreError } from "../lib/failure.ts"

const ROOT = "opened"

export interface Sink {
    write(position: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>
    /** From here on the file is in its place. */
    close(): Promise<void>
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
 * A file in OPFS that a download is served from. It is deleted with the page; a lock says as long
 * as the page lives that it is wanted, and what has none is swept.
 */
export class DownloadSink implements Sink {
    readonly #name = crypto.randomUUID()
    #writable: FileSystemWritableFileStream | undefined

    #release: () => void = () => undefined

    static async open(): Promise<DownloadSink> {
        const sink = new DownloadSink()
        await sink.#hold()
        const file = await (await folder()).getFileHandle(sink.#name, { create: true })
        sink.#writable = await file.createWritable()
        return sink
    }

    async write(position: number, data: Uint8Array<ArrayBuffer>): Promise<void> {
        if (this.#writable === undefined) throw new CoreError("bug")
        await this.#writable.write({ type: "write", position, data })
    }

    async close(): Promise<void> {
        await this.#writable?.close()
    }

    async abort(): Promise<void> {
        await this.#writable?.abort()
        await this.delete()
    }

    /** What was written, under a name. */
    async file(name: string): Promise<File> {
        const file = await (await (await folder()).getFileHandle(this.#name)).getFile()
        return new File([file], name, { lastModified: 0 })
    }

    async delete(): Promise<void> {
        await (await folder()).removeEntry(this.#name).catch(() => undefined)
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

/** Deletes what pages that were closed, or killed, could not delete. */
export async function sweepOpened(): Promise<void> {
    const opened = await folder()
    for await (const name of opened.keys()) {
        await navigator.locks.request(lockOf(name), { ifAvailable: true }, async (lock) => {
            if (lock) await opened.removeEntry(name).catch(() => undefined)
        })
    }
}

function lockOf(name: string): string {
    return `${ROOT}/${name}`
}

async function folder(): Promise<FileSystemDirectoryHandle> {
    const root = await navigator.storage.getDirectory()
    return root.getDirectoryHandle(ROOT, { create: true })
}
