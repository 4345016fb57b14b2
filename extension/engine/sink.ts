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

/** A file in OPFS that a download is served from, and that is deleted with the page. */
export class DownloadSink implements Sink {
    readonly #name = crypto.randomUUID()
    #writable: FileSystemWritableFileStream | undefined

    static async open(): Promise<DownloadSink> {
        const sink = new DownloadSink()
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
    }
}

/** Deletes what pages that were closed could not delete. No page that opens files is open. */
export async function sweepOpened(): Promise<void> {
    const root = await navigator.storage.getDirectory()
    await root.removeEntry(ROOT, { recursive: true }).catch(() => undefined)
}

async function folder(): Promise<FileSystemDirectoryHandle> {
    const root = await navigator.storage.getDirectory()
    return root.getDirectoryHandle(ROOT, { create: true })
}
