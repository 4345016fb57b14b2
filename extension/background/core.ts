/**
 * The Rust core, loaded once and asked one request at a time.
 *
 * The instance is thrown away when the vault is locked, after a panic, after a failed commit and
 * after Argon2id, whose memory it never gives back; what counts is in the database. A reply that
 * was computed before a lock is dropped: lock wins.
 */

import type {
    ContentRequest,
    DeskReply,
    DeskRequest,
    Errand,
    FoundBlock,
    FrameReply,
    FrameRequest,
    ShellRequest,
    Stamp,
    Status,
} from "../generated/protocol.ts"
import initialise, {
    Core,
    decode_content_request,
    decode_frame_request,
    decode_shell_request,
    derive_kek,
    type Outcome,
    __wbg_reset_state as resetInstance,
} from "../generated/wasm/sotto.js"
import { api } from "../lib/browser.ts"
import { CoreError } from "../lib/failure.ts"
import type { ReplyTo } from "../lib/messages.ts"
import { forget, keep, kept } from "./session.ts"
import { publish } from "./status.ts"
import { commit, readRows } from "./store.ts"

let starting: Promise<void> | undefined
/** There is a WASM instance that can be thrown away. */
let isStarted = false
let instance: Core | undefined
/** Raised by every lock; a request of an older one has nothing to say any more. */
let locks = 0
let queue: Promise<unknown> = Promise.resolve()

/** Asks as a page of the extension. */
export async function desk<R extends DeskRequest>(request: R): Promise<ReplyTo<"desk", R["type"]>> {
    if (request.type === "lock") locks += 1
    const outcome = await inTurn(async () => {
        if (request.type === "lock") await forget("secret")
        return answerDesk(request)
    })
    // The core answers a request with the reply of its type.
    return outcome.reply as ReplyTo<"desk", R["type"]>
}

/** The status as it is now. */
export async function status(): Promise<Status> {
    return (await desk({ type: "status" })).status
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
        await keep("admissions", core.admissions())
        return outcome
    })
}

/** Admits a reader frame for a block: the token for its address. */
export function admit(block: FoundBlock, stamp: Stamp): Promise<string> {
    return alone(async () => {
        const core = await loaded()
        const token = core.admit(block, stamp)
        await keep("admissions", core.admissions())
        return token
    })
}

/** The errand of a block that is to be read in a surface of ours. */
export function errandOf(block: FoundBlock, stamp: Stamp): Promise<Errand> {
    return alone(async () => (await loaded()).errand(block, stamp))
}

/** A new document stands in a frame: what the former one asked for is over. */
export function arrive(stamp: Stamp): Promise<void> {
    return alone(async () => {
        const core = await loaded()
        core.arrive(stamp)
        await keep("admissions", core.admissions())
    })
}

/** Strict decoders of what other contexts send. */
export const decode = {
    content: (body: unknown): Promise<ContentRequest> => decoded(decode_content_request, body),
    frame: (body: unknown): Promise<FrameRequest> => decoded(decode_frame_request, body),
    shell: (body: unknown): Promise<ShellRequest> => decoded(decode_shell_request, body),
}

function decoded<T>(decoder: (body: unknown) => T, body: unknown): Promise<T> {
    return guarded(async () => {
        await started()
        return decoder(body)
    })
}

async function answerDesk(request: DeskRequest): Promise<Outcome<DeskReply>> {
    const keys = derive((await loaded()).kdf_jobs(request))
    const core = await loaded()
    const outcome = core.handle(request, keys)
    for (const key of keys) key.fill(0)
    if (request.type === "page-left") await keep("admissions", core.admissions())
    return outcome
}

/** Each derivation in an instance of its own, so that its 256 MiB go with it. */
function derive(jobs: Uint8Array[]): Uint8Array[] {
    const keys = jobs.map((job) => {
        discard()
        return derive_kek(job)
    })
    if (keys.length > 0) discard()
    return keys
}

/** Waits for its turn, computes, and does what the outcome says before the reply leaves. */
function inTurn<R>(compute: () => Promise<Outcome<R>>): Promise<Outcome<R>> {
    const asked = locks
    return alone(async () => {
        stillUnlockedSince(asked)
        const outcome = await compute()
        stillUnlockedSince(asked)
        await commit(outcome.writes)
        await keepSecret(outcome.session)
        stillUnlockedSince(asked)
        if (outcome.status) publish(outcome.status)
        return outcome
    })
}

async function keepSecret(secret: string | null | undefined): Promise<void> {
    if (secret === undefined) return
    if (secret !== null) return keep("secret", secret)
    await forget("secret")
    discard()
}

function stillUnlockedSince(asked: number): void {
    if (asked !== locks) throw new CoreError("locked-meanwhile")
}

function alone<T>(work: () => Promise<T>): Promise<T> {
    const done = queue.then(() => guarded(work))
    queue = done.catch(() => undefined)
    return done
}

/** What the core refuses leaves it whole; after anything else the next request loads it anew. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
        return await work()
    } catch (error) {
        const refused = error instanceof Error && error.name === "CoreError"
        if (!refused || !isFromCore(error)) discard()
        throw refused ? error : new CoreError("bug")
    }
}

/** Failures of ours (commit, lock) come after the core has changed; the core's own do not. */
function isFromCore(error: unknown): boolean {
    return !(error instanceof CoreError)
}

function discard(): void {
    instance = undefined
    if (isStarted) resetInstance()
}

async function loaded(): Promise<Core> {
    if (instance) return instance
    await started()
    const [rows, secret, admissions] = await Promise.all([
        readRows(),
        kept("secret"),
        kept("admissions"),
    ])
    instance = Core.load(rows, secret, admissions)
    return instance
}

function started(): Promise<void> {
    starting ??= start().catch((error: unknown) => {
        starting = undefined
        throw error
    })
    return starting
}

async function start(): Promise<void> {
    await initialise({ module_or_path: fetch(api.runtime.getURL("sotto.wasm")) })
    isStarted = true
}
