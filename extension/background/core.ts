/**
 * The Rust core, loaded once and asked one request at a time.
 *
 * The instance is thrown away when the vault is locked or veiled, after a panic, after a failed commit and
 * after Argon2id, whose memory it never gives back; what counts is in the database. A reply that
 * was computed before a lock is dropped: lock wins.
 */

import type {
    ContentRequest,
    DeskReply,
    DeskRequest,
    EngineRequest,
    Errand,
    FilesRequest,
    FoundBlock,
    FrameReply,
    FrameRequest,
    GuardRequest,
    Retired,
    ShellRequest,
    Stamp,
    Status,
} from "../generated/protocol.ts"
import initialise, {
    Core,
    decode_content_request,
    decode_engine_request,
    decode_files_request,
    decode_frame_request,
    decode_guard_request,
    decode_shell_request,
    derive_kek,
    type Outcome,
    __wbg_reset_state as resetInstance,
} from "../generated/wasm/sotto.js"
import { api } from "../lib/browser.ts"
import type { ReplyTo } from "../lib/messages.ts"
import { once } from "./once.ts"
import { forget, keep, kept } from "./session.ts"
import { publish, remember } from "./status.ts"
import { commit, readRows } from "./store.ts"
import { turns } from "./turns.ts"

/** There is a WASM instance that can be thrown away. */
let isStarted = false
const started = once(async () => {
    await initialise({ module_or_path: fetch(api.runtime.getURL("sotto.wasm")) })
    isStarted = true
})
let instance: Core | undefined
const { take, raise } = turns(discard)

/** Asks as a page of the extension. */
export async function desk<R extends DeskRequest>(request: R): Promise<ReplyTo<"desk", R["type"]>> {
    if (request.type === "lock") raise()
    const outcome = await inTurn(async () => {
        if (request.type === "lock") await forget("secret")
        return answerDesk(request)
    })
    // The core answers a request with the reply of its type.
    return outcome.reply as ReplyTo<"desk", R["type"]>
}

/** Locks, but for what keeps a person reachable who wants to be. */
export async function veil(): Promise<void> {
    raise()
    await inTurn(async () => (await loaded()).veil())
}

/** The status as it is now. */
export async function status(): Promise<Status> {
    const { status: now } = await desk({ type: "status" })
    remember(now)
    return now
}

/** Asks as the reader frame that bears `token`. */
export function frame(
    request: FrameRequest,
    token: string,
    stamp: Stamp,
): Promise<Outcome<FrameReply>> {
    return inTurn(async () => {
        const core = await loaded()
        const outcome = core.frame(request, token, stamp)
        keepAdmissions(core)
        return outcome
    }, "relaxed")
}

/** Admits the reader frame of a token for a block: whose place does it take? */
export function admit(token: string, block: FoundBlock, stamp: Stamp): Promise<Retired[]> {
    const admitted = take(async () => {
        const core = await loaded()
        const retired = core.admit(token, block, stamp)
        keepAdmissions(core)
        return retired
    })
    // The letter is opened while the frame loads; what fails is told when the frame asks.
    admitted.then(() => look((core) => core.foresee(token))).catch(() => undefined)
    return admitted
}

/**
 * The person does not wait for it. A worker that ends before it is kept does not know the frame any
 * more, and the frame stays blank.
 */
function keepAdmissions(core: Core): void {
    keep("admissions", core.admissions()).catch(() => undefined)
}

/** A frame left the document that asked for it. */
export function close(token: string, stamp: Stamp): Promise<void> {
    return take(async () => {
        const core = await loaded()
        core.close(token, stamp)
        await keep("admissions", core.admissions())
    })
}

/** The errand of a block that is to be read in a surface of ours. */
export function errandOf(block: FoundBlock, stamp: Stamp): Promise<Errand> {
    return take(async () => (await loaded()).errand(block, stamp))
}

/** A new document stands in a frame: what the former one asked for is over. */
export function arrive(stamp: Stamp): Promise<void> {
    return take(async () => {
        const core = await loaded()
        core.arrive(stamp)
        await keep("admissions", core.admissions())
    })
}

/** Computes in its turn, commits what the core wants written, then gives the reply. */
export async function compute<R>(ask: (core: Core) => Outcome<R>): Promise<R> {
    return (await inTurn(async () => ask(await loaded()))).reply
}

/** The same with derivations before: `jobs` says which, `ask` gets what came of them. */
export async function computeWithKeys<R>(
    jobs: (core: Core) => Uint8Array[],
    ask: (core: Core, keys: Uint8Array[]) => Outcome<R>,
): Promise<R> {
    return (await inTurn(() => withKeys(jobs, ask))).reply
}

/** And for what changes nothing. */
export function lookWithKeys<R>(
    jobs: (core: Core) => Uint8Array[],
    ask: (core: Core, keys: Uint8Array[]) => R,
): Promise<R> {
    return take(() => withKeys(jobs, ask))
}

/** Asks the core for what changes nothing. */
export function look<R>(ask: (core: Core) => R): Promise<R> {
    return take(async () => ask(await loaded()))
}

/** Strict decoders of what other contexts send. */
export const decode = {
    content: (body: unknown): Promise<ContentRequest> => decoded(decode_content_request, body),
    engine: (body: unknown): Promise<EngineRequest> => decoded(decode_engine_request, body),
    files: (body: unknown): Promise<FilesRequest> => decoded(decode_files_request, body),
    frame: (body: unknown): Promise<FrameRequest> => decoded(decode_frame_request, body),
    guard: (body: unknown): Promise<GuardRequest> => decoded(decode_guard_request, body),
    shell: (body: unknown): Promise<ShellRequest> => decoded(decode_shell_request, body),
}

async function decoded<T>(decoder: (body: unknown) => T, body: unknown): Promise<T> {
    await started()
    try {
        return decoder(body)
    } catch (error) {
        // A trap, not a refusal.
        if (error instanceof WebAssembly.RuntimeError) discard()
        throw error
    }
}

async function answerDesk(request: DeskRequest): Promise<Outcome<DeskReply>> {
    const outcome = await withKeys(
        (core) => core.kdf_jobs(request),
        (core, keys) => core.handle(request, keys),
    )
    if (request.type === "page-left") await keep("admissions", (await loaded()).admissions())
    return outcome
}

/** Derives, then asks an instance that was loaded after it. */
async function withKeys<R>(
    jobs: (core: Core) => Uint8Array[],
    ask: (core: Core, keys: Uint8Array[]) => R,
): Promise<R> {
    const keys = derive(jobs(await loaded()))
    try {
        return ask(await loaded(), keys)
    } finally {
        for (const key of keys) key.fill(0)
    }
}

/** Each derivation in an instance of its own, so that its 256 MiB go with it. */
function derive(jobs: Uint8Array[]): Uint8Array[] {
    const keys = jobs.map((job) => {
        discard()
        const key = derive_kek(job)
        job.fill(0)
        return key
    })
    if (keys.length > 0) discard()
    return keys
}

/**
 * Computes in its turn, and does what the outcome says before the reply leaves.
 *
 * What opening a letter in a frame leaves behind (that it was seen, a newer card that came with it)
 * is committed like all else, so that no stopped worker and no crash of the browser loses it; but a
 * person does not wait for the disk's own cache. If the power fails in that moment, opening the
 * letter again writes it again.
 */
function inTurn<R>(
    compute: () => Promise<Outcome<R>>,
    durability: "strict" | "relaxed" = "strict",
): Promise<Outcome<R>> {
    return take(async (check) => {
        const outcome = await compute()
        check()
        await commit(outcome.writes, durability)
        await keepSecret(outcome.session, outcome.status)
        check()
        if (outcome.status) publish(outcome.status)
        return outcome
    })
}

async function keepSecret(
    secret: string | null | undefined,
    now: Status | null | undefined,
): Promise<void> {
    if (secret === undefined) return
    if (secret === null) await forget("secret")
    else await keep("secret", secret)
    // Locked or veiled: what was in memory goes.
    if (now?.vault !== "unlocked") discard()
}

function discard(): void {
    instance = undefined
    if (isStarted) resetInstance()
}

async function loaded(): Promise<Core> {
    if (instance) return instance
    // A worker that was just started reads while the module compiles.
    const [rows, secret, admissions] = await Promise.all([
        readRows(),
        kept("secret"),
        kept("admissions"),
        started(),
    ])
    instance = Core.load(rows, secret, admissions)
    return instance
}
