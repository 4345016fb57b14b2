/** Work on files: the core decides and signs, the engine room does the bytes. */

import { deleteCopies, sealedCopy } from "../engine/copies.ts"
import type { Resealing } from "../engine/room.ts"
import type { ErrorCode, FileJob, SealOrder } from "../generated/protocol.ts"
import {
    archive_entry,
    archive_padding,
    archive_tail,
    type FilesBegun,
    type FileTicket,
    type Outcome,
} from "../generated/wasm/sotto.js"
import { CoreError } from "../lib/failure.ts"
import type { ReplyTo, RequestOf } from "../lib/messages.ts"
import { compute, computeWithKeys, decode, look, lookWithKeys } from "./core.ts"
import { attach } from "./editors.ts"
import { closeRoom, door } from "./room.ts"

/** A reply and what travels beside it. */
export interface Carried {
    reply: unknown
    beside?: unknown[]
}

type Table<C extends "files" | "engine"> = {
    [R in RequestOf<C> as R["type"]]: (
        request: R,
        beside: unknown[],
    ) => Promise<{ reply: ReplyTo<C, R["type"]>; beside?: unknown[] }>
}

/** The header of a file is at most 1 MiB, its nonce 16 bytes. */
const HEAD_LEN = 1024 * 1024 + 16

/** Sealed files from pages that wait for the file page to take them. */
const handed = new Map<string, File>()
const MAX_HANDED = 16

/** Keeps a sealed file for the file page; the id goes into its address. */
export function hand(file: File): string {
    const id = crypto.randomUUID()
    handed.set(id, file)
    for (const old of [...handed.keys()].slice(0, -MAX_HANDED)) handed.delete(old)
    return id
}

const room = door({
    header: finish,
    ended,
})

const filesHandlers: Table<"files"> = {
    async seal({ order }, beside) {
        const given = beside.filter((one) => one instanceof File)
        if (given.length !== order.files.length) throw new CoreError("malformed-message")
        const { files, asked } = order.folder === null ? as(given, order) : archive(given, order)
        const begun = await compute((core) => noted(core.begin_files(asked)))
        await start(begun.job, begun.tickets, files)
        return { reply: { type: "seal", job: begun.job } }
    },

    async "seal-with-password"({ order, password }, beside) {
        const given = beside.filter((one) => one instanceof File)
        if (given.length !== order.files.length) throw new CoreError("malformed-message")
        const { files, asked } = order.folder === null ? as(given, order) : archive(given, order)
        const begun = await computeWithKeys(
            (core) => core.seal_file_jobs(asked, password),
            (core, keys) => noted(core.begin_password_files(asked, keys)),
        )
        await start(begun.job, begun.tickets, files)
        return { reply: { type: "seal-with-password", job: begun.job } }
    },

    async job({ id }) {
        return { reply: { type: "job", job: await now(await look((core) => core.file_job(id))) } }
    },

    async jobs() {
        const rows = await look((core) => core.file_jobs())
        return { reply: { type: "jobs", jobs: await Promise.all(rows.map(now)) } }
    },

    async cancel({ id }) {
        await room.stop(id, "cancelled")
        await fail(id, "cancelled")
        return { reply: { type: "cancel" } }
    },

    async result({ id }) {
        const places = await look((core) => core.file_places(id))
        const files = places.map(({ job, index, name }) => sealedCopy(job, index, name))
        return { reply: { type: "result" }, beside: await Promise.all(files) }
    },

    async attach({ id, tab }) {
        const places = await look((core) => core.file_places(id))
        const files = places.map(({ job, index, name }) => sealedCopy(job, index, name))
        return { reply: { type: "attach", attached: await attach(tab, await Promise.all(files)) } }
    },

    async forget({ id }) {
        await room.stop(id, "cancelled")
        await compute((core) => core.forget_files(id))
        await deleteCopies(id)
        return { reply: { type: "forget" } }
    },

    async handed({ id }) {
        const file = handed.get(id)
        handed.delete(id)
        return { reply: { type: "handed" }, beside: file === undefined ? [] : [file] }
    },

    async look(_request, [file]) {
        const head = await headOf(file)
        const { key, payloadOffset, sealed } = await look((core) => core.look_file(head))
        return { reply: { type: "look", payloadOffset, sealed }, beside: [key] }
    },

    async "look-with-password"({ password }, [file]) {
        const head = await headOf(file)
        const { key, payloadOffset } = await lookWithKeys(
            (core) => core.open_file_jobs(head, password),
            (core, keys) => core.look_password_file(head, keys),
        )
        return { reply: { type: "look-with-password", payloadOffset }, beside: [key] }
    },

    async "opened-with-password"({ length, source }, [file, key]) {
        if (!(key instanceof Uint8Array)) throw new CoreError("malformed-message")
        const head = await headOf(file)
        const opened = await look((core) => core.opened_password_file(head, key, length, source))
        return { reply: { type: "opened-with-password", ...opened } }
    },

    async "send-on"({ order, length }, [file, digest, kept]) {
        const isWhole = file instanceof File && digest instanceof Uint8Array && isListOfBytes(kept)
        if (!isWhole) throw new CoreError("malformed-message")
        const head = await headOf(file)
        const { begun, look: found } = await compute((core) => {
            const outcome = core.send_on_file(head, length, digest, order)
            starting.add(outcome.reply.begun.job.id)
            return outcome
        })
        const { key, payloadOffset } = found
        const from = { key, payloadOffset, kept }
        await start(begun.job, begun.tickets, [file], from)
        return { reply: { type: "send-on", job: begun.job } }
    },

    async verified({ length, source }, [file, digest]) {
        if (!(digest instanceof Uint8Array)) throw new CoreError("malformed-message")
        const head = await headOf(file)
        const opened = await compute((core) => core.verified_file(head, length, digest, source))
        return { reply: { type: "verified", file: opened } }
    },
}

const engineHandlers: Table<"engine"> = {
    async payload({ job, index, length }, [digest]) {
        if (!(digest instanceof Uint8Array)) throw new CoreError("malformed-message")
        return { reply: { type: "payload" }, beside: [await finish(job, index, length, digest)] }
    },

    async ended({ job, failure }) {
        await ended(job, failure)
        return { reply: { type: "ended" } }
    },

    async idle() {
        void closeRoom()
        return { reply: { type: "idle" } }
    },
}

/** A page of ours asks. */
export async function files(body: unknown, beside: unknown[]): Promise<Carried> {
    return answer(filesHandlers, await decode.files(body), beside)
}

/** The engine room asks. */
export async function engine(body: unknown, beside: unknown[]): Promise<Carried> {
    return answer(engineHandlers, await decode.engine(body), beside)
}

/** How often the vault was locked since the worker started. */
let locks = 0

/** The vault was locked: what is being sealed stops, and no key stays. */
export function stopFiles(): Promise<void> {
    locks += 1
    return room.stop(null, "locked-meanwhile")
}

function answer<R extends { type: string }>(
    table: object,
    request: R,
    beside: unknown[],
): Promise<Carried> {
    const handler = table[request.type as keyof typeof table] as (
        request: R,
        beside: unknown[],
    ) => Promise<Carried>
    return handler(request, beside)
}

async function start(
    job: FileJob,
    tickets: readonly FileTicket[],
    files: readonly Blob[],
    from?: Resealing,
): Promise<void> {
    const items = tickets.map(({ index, key, nonce, inner }) => {
        const given = files[index]
        // What stands before the content, sealed as if it were the beginning of the file.
        const file = given && inner.length > 0 ? new Blob([inner, given]) : given
        if (file === undefined) throw new CoreError("malformed-message")
        return from === undefined ? { index, file, key, nonce } : { index, file, key, nonce, from }
    })
    try {
        const before = locks
        if (items.length > 0) await room.run(job.id, items)
        // The room was still opening when everything in it was stopped.
        if (locks !== before) await room.stop(job.id, "locked-meanwhile")
    } catch (error) {
        await fail(job.id, "worker-lost")
        throw error
    } finally {
        starting.delete(job.id)
    }
}

async function finish(
    job: string,
    index: number,
    length: number,
    digest: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
    const header = await compute((core) => core.finish_file(job, index, length, digest))
    return header.slice()
}

async function ended(job: string, failure: ErrorCode | null): Promise<void> {
    if (failure !== null) await fail(job, failure)
}

/** While locked the row stays as it is; it is found out when somebody looks. */
async function fail(job: string, code: ErrorCode): Promise<void> {
    await compute((core) => core.fail_files(job, code)).catch(() => undefined)
}

function noted(outcome: Outcome<FilesBegun>): Outcome<FilesBegun> {
    starting.add(outcome.reply.job.id)
    return outcome
}

/** Jobs that are just being handed to the room. */
const starting = new Set<string>()

/** A job as it is now. One that runs nowhere any more was interrupted. */
async function now(job: FileJob): Promise<FileJob> {
    if (job.state === "failed" || starting.has(job.id)) return job
    const progress = await room.progress(job.id)
    // Its last header is made, but the room still puts the copy together.
    if (progress !== undefined) return { ...job, state: "running", progress }
    if (job.state === "done") return job
    // It may have ended between the two questions.
    const again = await look((core) => core.file_job(job.id))
    if (again.state !== "running") return again
    await deleteCopies(job.id)
    return compute((core) => core.fail_files(job.id, "worker-lost"))
}

function isListOfBytes(kept: unknown): kept is Uint8Array<ArrayBuffer>[] {
    return Array.isArray(kept) && kept.every((one) => one instanceof Uint8Array)
}

async function headOf(file: unknown): Promise<Uint8Array> {
    if (!(file instanceof Blob)) throw new CoreError("malformed-message")
    try {
        return new Uint8Array(await file.slice(0, HEAD_LEN).arrayBuffer())
    } catch {
        throw new CoreError("file-unreadable")
    }
}

function as(files: readonly File[], asked: SealOrder): { files: Blob[]; asked: SealOrder } {
    // What the browser says of a file counts, not what the message says.
    const briefs = asked.files.map((brief, at) => ({ ...brief, size: files[at]?.size ?? 0 }))
    return { files: [...files], asked: { ...asked, files: briefs } }
}

/** A folder as one file (tar): headers between the files, nothing copied. */
function archive(files: readonly File[], order: SealOrder): { files: Blob[]; asked: SealOrder } {
    const named = files.map((file, at) => ({ file, path: order.files[at]?.name ?? "" }))
    const sorted = named.toSorted((a, b) => (a.path < b.path ? -1 : 1))
    const pieces = sorted.flatMap(({ file, path }) => [
        own(archive_entry(path, file.size)),
        file,
        own(archive_padding(file.size)),
    ])
    const tar = new Blob([...pieces, own(archive_tail())])
    const modified = Math.max(0, ...files.map((file) => file.lastModified))
    const brief = {
        name: `${order.folder ?? "folder"}.tar`,
        size: tar.size,
        modified,
        contentType: "application/x-tar",
    }
    // No site: what tells two folders apart does not stand in the brief, so no copy is given again.
    return { files: [tar], asked: { ...order, folder: null, site: null, files: [brief] } }
}

/** The bytes themselves: what WASM gives may lie in its own memory. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    return bytes.slice()
}
