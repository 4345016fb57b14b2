/**
 * Sealing files, for every surface: a job in the engine room, its progress, its end.
 *
 * The surface hands over handles and only watches; the job goes on when the surface is closed.
 */

import type {
    FileBrief,
    FileJob,
    FileNaming,
    FileRecipients,
    SealOrder,
} from "../generated/protocol.ts"
import { CoreError, fromFailure } from "./failure.ts"
import { askBeside } from "./messages.ts"

/** How often a surface asks how far a job is: small ones are done before the eye sees a bar. */
const LOOK_MS = 250
const FIRST_LOOK_MS = 40
const FIRST_LOOKS = 25
/** The background is started anew by the next question; only then is it lost. */
const LOST_LOOKS = 8
/** How often a job that was killed goes on by itself while its surface has the files. */
const RESUMES = 3

/** For people, or for whoever has the password. */
export type SealChoice = HowToSeal & ({ recipients: FileRecipients } | { password: string })

interface HowToSeal {
    /** `word` when absent. */
    naming?: FileNaming
    /** The origin the files are for: a retry within a day gets the same bytes. */
    site?: string | null
    /** For a private window: nothing is remembered longer than the browser runs. */
    private?: boolean
    /** The name of a folder: the files are sealed as one archive; `paths` are theirs within it. */
    folder?: { name: string; paths: readonly string[] }
}

export interface SealingJob {
    /** Known once the job is begun. */
    id: Promise<string>
    /** The sealed files, in the order of those given; one for a folder. Rejects with `CoreError`. */
    result: Promise<File[]>
    /** Stops the job; `result` rejects with `cancelled`. Nothing is left. */
    cancel(): Promise<void>
}

/**
 * Seals files, each to a file of its own, and tells `onProgress` several times a second.
 *
 * Rejects with what the core refuses (`contact-changed`, `kit-due`, …), `file-unreadable`,
 * `file-changed`, `storage-full`, `locked-meanwhile`, `cancelled`.
 */
export function sealFiles(
    files: readonly File[],
    choice: SealChoice,
    onProgress: (job: FileJob) => void = () => undefined,
): SealingJob {
    const again = (id: string) => resume(id, files, choice.folder)
    return watched(begin(files, choice), onProgress, again)
}

/** Goes on with a job that was interrupted, for the same files. */
export async function resume(
    id: string,
    files: readonly File[],
    folder: SealChoice["folder"],
): Promise<FileJob> {
    const named = briefs(files, folder)
    const body = { type: "resume", id, files: named, folder: folder?.name ?? null } as const
    const { reply } = await askBeside("files", body, [...files])
    return reply.job
}

/** A sealed file of which every chunk was opened. */
export interface OpenedSource {
    file: File
    digest: Uint8Array
    length: number
    /** What was kept of each segment's chunks. */
    kept: readonly Uint8Array[]
}

/**
 * Seals an opened file anew for others, in one pass: nothing of it is stored in between. Its name
 * goes along, and whom it came from, as the person's word.
 */
export function sendOn(
    { file, digest, length, kept }: OpenedSource,
    recipients: FileRecipients,
    isPrivate: boolean,
    onProgress: (job: FileJob) => void = () => undefined,
): SealingJob {
    const order = { recipients, naming: "word" as const, files: [], folder: null, site: null }
    const body = { type: "send-on" as const, order: { ...order, private: isPrivate }, length }
    const begun = askBeside("files", body, [file, digest, [...kept]])
    return watched(
        begun.then(({ reply }) => reply.job),
        onProgress,
    )
}

function watched(
    begun: Promise<FileJob>,
    onProgress: (job: FileJob) => void,
    again?: (id: string) => Promise<FileJob>,
): SealingJob {
    let stopped = false
    const id = begun.then((job) => job.id)
    const result = begun.then(async (first) => {
        let last = await follow(first, onProgress, () => stopped)
        for (let left = RESUMES; again && isInterrupted(last) && !stopped && left > 0; left -= 1)
            last = await follow(await again(last.id), onProgress, () => stopped)
        if (stopped) throw new CoreError("cancelled")
        if (isInterrupted(last)) throw new CoreError("worker-lost")
        if (last.state === "failed") throw fromFailure(last.failure ?? { code: "bug" })
        return sealedFiles(last.id)
    })
    // Who asks for the result alone still hears of the failure there.
    id.catch(() => undefined)
    return {
        id,
        result,
        async cancel() {
            stopped = true
            await askBeside("files", { type: "cancel", id: await id })
        },
    }
}

function isInterrupted({ state }: FileJob): boolean {
    return state === "interrupted"
}

/** The sealed files of a job that is done. */
export async function sealedFiles(id: string): Promise<File[]> {
    const { beside } = await askBeside("files", { type: "result", id })
    return beside.filter((one) => one instanceof File)
}

/** Watches a job to its end, or until `left` says that nobody watches any more. */
export async function follow(
    first: FileJob,
    onProgress: (job: FileJob) => void,
    left: () => boolean,
): Promise<FileJob> {
    let job = first
    onProgress(job)
    for (let looks = 0; job.state === "running" && !left(); looks += 1) {
        await pause(looks < FIRST_LOOKS ? FIRST_LOOK_MS : LOOK_MS)
        job = await look(job.id)
        onProgress(job)
    }
    return job
}

async function begin(files: readonly File[], choice: SealChoice): Promise<FileJob> {
    const order: SealOrder = {
        recipients: "password" in choice ? { type: "password" } : choice.recipients,
        naming: choice.naming ?? "word",
        files: briefs(files, choice.folder),
        folder: choice.folder?.name ?? null,
        site: choice.site ?? null,
        private: choice.private ?? false,
    }
    const body =
        "password" in choice
            ? ({ type: "seal-with-password", order, password: choice.password } as const)
            : ({ type: "seal", order } as const)
    const { reply } = await askBeside("files", body, [...files])
    return reply.job
}

function briefs(files: readonly File[], folder: SealChoice["folder"]): FileBrief[] {
    return files.map((file, at) => brief(file, folder?.paths[at] ?? file.name))
}

function brief(file: File, name: string): FileBrief {
    return { name, size: file.size, modified: file.lastModified, contentType: file.type }
}

/** The background may have been stopped in between; the next question starts it. */
async function look(id: string): Promise<FileJob> {
    for (let lost = 0; ; lost += 1) {
        try {
            return (await askBeside("files", { type: "job", id })).reply.job
        } catch (error) {
            const isLost = error instanceof CoreError && error.code === "worker-lost"
            if (!isLost || lost === LOST_LOOKS) throw error
            await pause(LOOK_MS)
        }
    }
}

function pause(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms))
}
