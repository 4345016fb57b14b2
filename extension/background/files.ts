/** Work on files: the core decides and signs, the engine room does the bytes. */

import { bytesIn, deleteCopies, isWhole, sealedCopy, sweepCopies } from "../engine/copies.ts"
import type { Resealing } from "../engine/room.ts"
import type { ErrorCode, FileBrief, FileJob, SealOrder, Status } from "../generated/protocol.ts"
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
const handed = new Map<string, { file: File; isPrivate: boolean }>()
const MAX_HANDED = 16

/** Keeps a sealed file for the file page; the id goes into its address. */
export function hand(file: File, isPrivate: boolean): string {
    const id = crypto.randomUUID()
    handed.set(id, { file, isPrivate })
    for (const old of [...handed.keys()].slice(0, -MAX_HANDED)) handed.delete(old)
    return id
}

const room = door({
    header: finish,
    ended,
})

const filesHandlers: Table<"files"> = {
    async seal({ order }, beside) {
        const { files, briefs } = prepared(order, beside)
        const asked = askedFor(order, briefs)
        const begun = await compute((core) => noted(core.begin_files(asked)))
        await start(begun.job, begun.tickets, files)
        return { reply: { type: "seal", job: begun.job } }
    },

    async "seal-with-password"({ order, password }, beside) {
        const { files, briefs } = prepared(order, beside)
        const asked = askedFor(order, briefs)
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

    async resume({ id, files: named, folder }, beside) {
        const { files, briefs } = prepared({ files: named, folder }, beside)
        if (starting.has(id)) throw new CoreError("busy")
        starting.add(id)
        try {
            if ((await room.progress(id)) !== undefined) throw new CoreError("busy")
            const begun = await look((core) => core.resume_files(id, briefs))
            await start(begun.job, begun.tickets, files)
            return { reply: { type: "resume", job: begun.job } }
        } finally {
            starting.delete(id)
        }
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
        const found = handed.get(id)
        handed.delete(id)
        const { file, isPrivate = false } = found ?? {}
        const reply = { type: "handed", private: isPrivate } as const
        return { reply, beside: file === undefined ? [] : [file] }
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
        sweep().catch(() => undefined)
        return { reply: { type: "idle" } }
    },
}

/** A page of ours asks; of one that stands in a private window nothing is remembered. */
export async function files(
    body: unknown,
    beside: unknown[],
    isPrivate: boolean,
): Promise<Carried> {
    const request = await decode.files(body)
    if ("order" in request) request.order.private ||= isPrivate
    if ("source" in request) request.source.private ||= isPrivate
    return answer(filesHandlers, request, beside)
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
    const items = tickets.map(({ index, given: at, key, nonce, inner }) => {
        const given = files[at]
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
    if (job.state === "done") return (await isThere(job)) ? job : lose(job.id)
    // It may have ended between the two questions.
    const again = await look((core) => core.file_job(job.id))
    if (again.state !== "running" || starting.has(job.id)) return again
    const stopped = await compute((core) => core.interrupt_files(job.id))
    if (stopped.state === "failed") await deleteCopies(job.id)
    if (stopped.state !== "interrupted") return stopped
    const done = Math.min(stopped.progress.total, await bytesIn(job.id))
    return { ...stopped, progress: { ...stopped.progress, done } }
}

/** Killed between its header and the end of its copy, a job is not what its row says. */
async function isThere({ id }: FileJob): Promise<boolean> {
    const places = await look((core) => core.file_places(id))
    const whole = await Promise.all(places.map(({ job, index }) => isWhole(job, index)))
    return whole.every(Boolean)
}

async function lose(id: string): Promise<FileJob> {
    await deleteCopies(id)
    return compute((core) => core.fail_files(id, "worker-lost"))
}

let wasUnlocked = false

/**
 * Unlocked: the rows say which copies are kept, and all else goes: what is older than a day, what
 * was sealed in a private window before the browser was closed, what a killed room left.
 */
export async function followFiles({ vault }: Status): Promise<void> {
    const isNew = vault === "unlocked" && !wasUnlocked
    wasUnlocked = vault === "unlocked"
    if (vault === "missing") await sweepCopies(async () => [])
    else if (isNew) await sweep()
}

function sweep(): Promise<void> {
    return sweepCopies(() => look((core) => core.kept_files()))
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

type Named = Pick<SealOrder, "files" | "folder">
interface Prepared {
    files: Blob[]
    briefs: FileBrief[]
}

/** The files that came beside a message, as they are sealed. */
function prepared(named: Named, beside: readonly unknown[]): Prepared {
    const files = beside.filter((one) => one instanceof File)
    if (files.length !== named.files.length) throw new CoreError("malformed-message")
    if (named.folder !== null) return archive(files, named, named.folder)
    // What the browser says of a file counts, not what the message says.
    const briefs = named.files.map((brief, at) => ({ ...brief, size: files[at]?.size ?? 0 }))
    return { files, briefs }
}

/** No site for a folder: what tells two apart does not stand in the brief, so no copy serves again. */
function askedFor(order: SealOrder, briefs: FileBrief[]): SealOrder {
    const site = order.folder === null ? order.site : null
    return { ...order, folder: null, site, files: briefs }
}

/** A folder as one file (tar): headers between the files, nothing copied. */
function archive(files: readonly File[], named: Named, folder: string): Prepared {
    const entries = files.map((file, at) => ({ file, path: named.files[at]?.name ?? "" }))
    const sorted = entries.toSorted((a, b) => (a.path < b.path ? -1 : 1))
    const pieces = sorted.flatMap(({ file, path }) => [
        own(archive_entry(path, file.size)),
        file,
        own(archive_padding(file.size)),
    ])
    const tar = new Blob([...pieces, own(archive_tail())])
    const brief = {
        name: `${folder}.tar`,
        size: tar.size,
        modified: Math.max(0, ...files.map((file) => file.lastModified)),
        contentType: "application/x-tar",
    }
    return { files: [tar], briefs: [brief] }
}

/** The bytes themselves: what WASM gives may lie in its own memory. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    return bytes.slice()
}
