/**
 * Sealed copies in the origin's private file system: `sealed/JOB/INDEX/` with the parts that the
 * workers wrote, the header and the order of the parts. Nothing here is plaintext, no name is here.
 *
 * A copy is whole once `order` is there. What has none when the engine room opens was interrupted.
 */

import { CoreError } from "../lib/failure.ts"

const ROOT = "sealed"
const HEAD = "head"
const ORDER = "order"
const DAY_MS = 86_400_000
const RETRY_MS = 200
const RETRIES = 25

/** Where the segments of a payload lie, in order: part, position, length. */
export type Order = readonly (readonly [part: number, position: number, length: number])[]

/** The folder of a file, made anew. */
export async function makeCopy(job: string, index: number): Promise<string[]> {
    const root = await navigator.storage.getDirectory()
    const sealed = await root.getDirectoryHandle(ROOT, { create: true })
    const folder = await sealed.getDirectoryHandle(job, { create: true })
    await folder.getDirectoryHandle(String(index), { create: true })
    return [ROOT, job, String(index)]
}

/** The payload is whole, and this is what stands before it. */
export async function finishCopy(
    job: string,
    index: number,
    head: readonly Uint8Array<ArrayBuffer>[],
    order: Order,
): Promise<void> {
    const folder = await folderOf(job, index)
    await write(folder, HEAD, head)
    await write(folder, ORDER, [new TextEncoder().encode(JSON.stringify(joined(order)))])
}

/** The sealed file: header and parts joined without copying. */
export async function sealedCopy(job: string, index: number, name: string): Promise<File> {
    try {
        const folder = await folderOf(job, index)
        const order = JSON.parse(await (await read(folder, ORDER)).text()) as Order
        const pieces = [await read(folder, HEAD), ...(await piecesOf(folder, order))]
        return new File(pieces, name, { type: "application/octet-stream", lastModified: 0 })
    } catch {
        throw new CoreError("job-unknown")
    }
}

/** What workers wrote into parts, in order. Nothing is copied. */
export async function piecesOf(folder: FileSystemDirectoryHandle, order: Order): Promise<Blob[]> {
    const parts = new Map<number, File>()
    const pieces: Blob[] = []
    for (const [part, position, length] of order) {
        const file = parts.get(part) ?? (await read(folder, String(part)))
        parts.set(part, file)
        pieces.push(file.slice(position, position + length))
    }
    return pieces
}

/** Deletes what a job left. A worker that was just ended may hold a part for a moment. */
export async function deleteCopies(job: string): Promise<void> {
    for (let left = RETRIES; ; left -= 1) {
        try {
            const root = await navigator.storage.getDirectory()
            const sealed = await root.getDirectoryHandle(ROOT)
            await sealed.removeEntry(job, { recursive: true })
            return
        } catch (error) {
            if (isAbsent(error)) return
            if (left === 0) throw error
            await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
        }
    }
}

/** Deletes what was interrupted and what is older than a day, but nothing of `running` jobs. */
export async function sweepCopies(running: ReadonlySet<string>): Promise<void> {
    const root = await navigator.storage.getDirectory()
    const sealed = await root.getDirectoryHandle(ROOT, { create: true })
    for await (const [job, folder] of sealed.entries()) {
        if (running.has(job)) continue
        if (folder.kind === "directory" && (await isKept(folder))) continue
        await deleteCopies(job)
    }
}

async function isKept(job: FileSystemDirectoryHandle): Promise<boolean> {
    for await (const file of job.values()) {
        if (file.kind !== "directory") return false
        try {
            const order = await read(file, ORDER)
            if (Date.now() - order.lastModified > DAY_MS) return false
        } catch {
            return false
        }
    }
    return true
}

async function folderOf(job: string, index: number): Promise<FileSystemDirectoryHandle> {
    const root = await navigator.storage.getDirectory()
    const sealed = await root.getDirectoryHandle(ROOT)
    const folder = await sealed.getDirectoryHandle(job)
    return folder.getDirectoryHandle(String(index))
}

async function read(folder: FileSystemDirectoryHandle, name: string): Promise<File> {
    return (await folder.getFileHandle(name)).getFile()
}

async function write(
    folder: FileSystemDirectoryHandle,
    name: string,
    pieces: readonly Uint8Array<ArrayBuffer>[],
): Promise<void> {
    const file = await folder.getFileHandle(name, { create: true })
    const writable = await file.createWritable()
    for (const piece of pieces) await writable.write(piece)
    await writable.close()
}

/** Segments that one worker wrote one after the other are one piece. */
export function joined(order: Order): Order {
    const pieces: [number, number, number][] = []
    for (const [part, position, length] of order) {
        const last = pieces.at(-1)
        if (last && last[0] === part && last[1] + last[2] === position) last[2] += length
        else pieces.push([part, position, length])
    }
    return pieces
}

function isAbsent(error: unknown): boolean {
    return error instanceof DOMException && error.name === "NotFoundError"
}
