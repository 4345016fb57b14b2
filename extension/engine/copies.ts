/**
 * Sealed copies in the origin's private file system: `sealed/JOB/INDEX/` with the parts that the
 * workers wrote, the header and the order of the parts. Nothing here is plaintext, no name is here.
 *
 * A copy is whole once `order` is there; what has none is being made, or was interrupted.
 */

import { CoreError } from "../lib/failure.ts"

const ROOT = "sealed"
const HEAD = "head"
const ORDER = "order"
const RETRY_MS = 200
const RETRIES = 25

/** Where the segments of a payload lie, in order: part, position, length. */
export type Order = readonly (readonly [part: number, position: number, length: number])[]

/** The folder of a file; an interrupted one finds its own again. */
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
        const pieces = [
            await read(folder, HEAD),
            ...(await piecesOf([ROOT, job, String(index)], order)),
        ]
        return new File(pieces, name, { type: "application/octet-stream", lastModified: 0 })
    } catch {
        throw new CoreError("job-unknown")
    }
}

/** What workers wrote into parts, in order. Nothing is copied. */
export async function piecesOf(path: readonly string[], order: Order): Promise<Blob[]> {
    const folder = await folderAt(path)
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

/**
 * Deletes what no job keeps. `known` is asked after the folders were listed: a job stands in the
 * rows before its folder is made.
 */
export async function sweepCopies(known: () => Promise<readonly string[]>): Promise<void> {
    const root = await navigator.storage.getDirectory()
    const sealed = await root.getDirectoryHandle(ROOT, { create: true })
    const there: string[] = []
    for await (const job of sealed.keys()) there.push(job)
    if (there.length === 0) return
    const kept = new Set(await known())
    for (const job of there) if (!kept.has(job)) await deleteCopies(job)
}

/** Bytes that a job has in its parts: about what is sealed of it. */
export async function bytesIn(job: string): Promise<number> {
    let bytes = 0
    try {
        for await (const file of (await jobFolder(job)).values()) {
            if (file.kind !== "directory") continue
            for (const part of await partsIn(file)) bytes += part.file.size
        }
    } catch (error) {
        if (!isAbsent(error)) throw error
    }
    return bytes
}

/** The parts of a file, as they are. */
export async function partsOf(path: readonly string[]): Promise<Part[]> {
    return partsIn(await folderAt(path))
}

/** Deletes the parts of a file; it is begun anew. */
export async function dropParts(path: readonly string[]): Promise<void> {
    const folder = await folderAt(path)
    for (const { number } of await partsIn(folder)) await folder.removeEntry(String(number))
}

/** Whether the sealed file is whole. */
export async function isWhole(job: string, index: number): Promise<boolean> {
    try {
        await read(await folderOf(job, index), ORDER)
        return true
    } catch {
        return false
    }
}

interface Part {
    number: number
    file: File
}

async function partsIn(folder: FileSystemDirectoryHandle): Promise<Part[]> {
    const parts: Part[] = []
    for await (const [name, entry] of folder.entries()) {
        if (entry.kind !== "file" || !/^\d+$/u.test(name)) continue
        parts.push({ number: Number(name), file: await entry.getFile() })
    }
    return parts
}

async function folderAt(path: readonly string[]): Promise<FileSystemDirectoryHandle> {
    let folder = await navigator.storage.getDirectory()
    for (const name of path) folder = await folder.getDirectoryHandle(name)
    return folder
}

function jobFolder(job: string): Promise<FileSystemDirectoryHandle> {
    return folderAt([ROOT, job])
}

function folderOf(job: string, index: number): Promise<FileSystemDirectoryHandle> {
    return folderAt([ROOT, job, String(index)])
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

export function isAbsent(error: unknown): boolean {
    return error instanceof DOMException && error.name === "NotFoundError"
}
