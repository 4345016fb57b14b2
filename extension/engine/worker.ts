/**
 * One worker of the pool: the key of one file, and its bytes a segment at a time. What it reads is
 * wiped from its memory with the file; it knows no name, no person and no other key.
 */

import initialise, { Bulk, digest_of_chunks } from "../generated/wasm/sotto.js"
import { concatenated, free } from "./bytes.ts"
import { codeOf } from "./codes.ts"
import { RECORD_LEN, recordOf } from "./parts.ts"
import { Reader } from "./reader.ts"
import { type Begin, type Done, piecesOf, type Task, type ToPool, type ToWorker } from "./tasks.ts"

/** What workers alone have; the types for pages do not know it. */
interface SyncAccess {
    write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number
    truncate(size: number): void
    flush(): void
    close(): void
}

type Access = FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncAccess> }

interface Scope {
    postMessage(message: ToPool, transfer?: Transferable[]): void
    onmessage: ((event: MessageEvent<ToWorker>) => void) | null
}

type Reading = Promise<Uint8Array<ArrayBuffer>>

const scope = self as unknown as Scope

let memory: WebAssembly.Memory | undefined
let bulk: Bulk | undefined
/** Opens what `bulk` seals anew. */
let opener: Bulk | undefined
let source: Blob | undefined
const reader = new Reader()
let part: SyncAccess | undefined
let written = 0
/** Messages are answered in their order, while the next segment is being read already. */
let turn: Promise<void> = Promise.resolve()

scope.onmessage = ({ data }) => {
    const read = data.type === "task" ? readAhead(data) : undefined
    // Awaited in its turn; a failure before that is not lost.
    read?.catch(() => undefined)
    turn = turn.then(() => answer(data, read))
}

async function answer(message: ToWorker, read: Reading | undefined): Promise<void> {
    try {
        await follow(message, read)
    } catch (error) {
        scope.postMessage({ type: "failed", code: codeOf(error) })
    }
}

async function follow(message: ToWorker, read: Reading | undefined): Promise<void> {
    switch (message.type) {
        case "start":
            memory = (await initialise({ module_or_path: message.module })).memory
            return scope.postMessage({ type: "started" })
        case "begin":
            await begin(message)
            return scope.postMessage({ type: "begun" })
        case "task":
            if (read === undefined) return
            await heard()
            work(message, await read)
            return
        case "end":
            end()
            return scope.postMessage({ type: "ended" })
        case "digest": {
            const digest = digest_of_chunks(message.digests)
            return scope.postMessage({ type: "digest", digest })
        }
    }
}

/** A way to oneself: what comes by it comes after all that was said before. */
const { port1: ear, port2: mouth } = new MessageChannel()

/**
 * What was said while the last segment was computed is heard first: the next one begins to be read
 * now. Otherwise it would begin behind the segment that is here already, and be waited for.
 */
function heard(): Promise<void> {
    return new Promise((resolve) => {
        ear.onmessage = () => resolve()
        mouth.postMessage(null)
    })
}

async function begin({ file, key, openKey, path }: Begin): Promise<void> {
    end()
    source = file
    bulk = new Bulk(key)
    key.fill(0)
    if (openKey !== undefined) opener = new Bulk(openKey)
    openKey?.fill(0)
    if (path !== undefined) part = await openPart(path)
}

async function openPart(path: readonly string[]): Promise<SyncAccess> {
    let folder = await navigator.storage.getDirectory()
    for (const name of path.slice(0, -1)) folder = await folder.getDirectoryHandle(name)
    const file = await folder.getFileHandle(path.at(-1) ?? "", { create: true })
    const handle = await (file as Access).createSyncAccessHandle()
    handle.truncate(0)
    written = 0
    return handle
}

function readAhead({ from, to }: Task): Reading {
    if (source === undefined) return Promise.reject(new Error("no file"))
    return reader.read({ file: source, from, to })
}

function work(task: Task, bytes: Uint8Array<ArrayBuffer>): void {
    // The place of the record, which is written last.
    if (task.sink === "part") written += RECORD_LEN
    const position = written
    // What goes back is plaintext, shorter than what it was made of.
    const back = new Uint8Array(task.sink === "back" ? bytes.byteLength : 0)
    let filled = 0
    const digests = inPieces(task, bytes, (result) => {
        if (task.sink === "part") write(result)
        if (task.sink !== "back") return
        back.set(result, filled)
        filled += result.byteLength
    })
    free(bytes)
    const done: Done = { type: "done", at: task.at, digests }
    if (task.sink === "back") {
        scope.postMessage({ ...done, bytes: back.subarray(0, filled) }, [back.buffer])
    } else if (task.sink === "part") {
        record(task.at, position)
        scope.postMessage({ ...done, position, length: written - position })
    } else scope.postMessage(done)
}

/** A segment is read at once and computed in pieces, each while it is in the cache. */
function inPieces(
    task: Task,
    bytes: Uint8Array,
    take: (result: Uint8Array<ArrayBuffer>) => void,
): Uint8Array {
    const digests: Uint8Array[] = []
    for (const piece of piecesOf(task)) {
        if (bulk === undefined || memory === undefined) throw new Error("not begun")
        const range = bytes.subarray(piece.from - task.from, piece.to - task.from)
        compute(bulk, piece, memory, range)
        digests.push(bulk.digests())
        take(new Uint8Array(memory.buffer, bulk.output(), bulk.output_len()))
    }
    return concatenated(digests)
}

function compute(file: Bulk, task: Task, memory: WebAssembly.Memory, bytes: Uint8Array): void {
    const { work: kind, first, isLast, expected } = task
    if (kind === "reseal") {
        reseal(file, task, memory, bytes)
        return
    }
    give(file, memory, bytes)
    if (kind === "seal") file.seal(first, isLast)
    else if (kind === "verify") file.open(first, isLast)
    else file.open_again(first, isLast, expected ?? new Uint8Array())
}

/** Opened and sealed anew in one go: the plaintext is in this worker alone. */
function reseal(file: Bulk, task: Task, memory: WebAssembly.Memory, bytes: Uint8Array): void {
    if (opener === undefined) throw new Error("no key to open with")
    give(opener, memory, bytes)
    opener.open_again(task.first, task.isLast, task.expected ?? new Uint8Array())
    const at = file.input(opener.output_len())
    const opened = new Uint8Array(memory.buffer, opener.output(), opener.output_len())
    new Uint8Array(memory.buffer, at, opened.byteLength).set(opened)
    file.seal(task.first, task.isLast)
}

/** Bytes go where the file wants them; its memory may have moved meanwhile. */
function give(file: Bulk, memory: WebAssembly.Memory, bytes: Uint8Array): void {
    const at = file.input(bytes.byteLength)
    new Uint8Array(memory.buffer, at, bytes.byteLength).set(bytes)
}

/** A full disk shows as an exception, or as fewer bytes than were given. */
function write(bytes: Uint8Array<ArrayBuffer>): void {
    if (part === undefined) throw new Error("no part")
    const count = part.write(bytes, { at: written })
    if (count !== bytes.byteLength) throw new DOMException("", "QuotaExceededError")
    written += count
}

/** From here on the segment is known to be whole. */
function record(at: number, position: number): void {
    part?.write(recordOf(at, written - position), { at: position - RECORD_LEN })
}

function end(): void {
    bulk?.wipe()
    bulk?.free()
    bulk = undefined
    opener?.wipe()
    opener?.free()
    opener = undefined
    source = undefined
    part?.flush()
    part?.close()
    part = undefined
}
