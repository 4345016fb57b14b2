/**
 * Typed questions to the background and orders to content scripts.
 *
 * A message claims who sent it; the background's gate proves the claim by what the browser stamps
 * on the sender. The answer's type follows from the request's.
 */

import type {
    ContentOrder,
    ContentOrderReply,
    ContentReply,
    ContentRequest,
    DeskReply,
    DeskRequest,
    EngineReply,
    EngineRequest,
    Failure,
    FilesReply,
    FilesRequest,
    FrameReply,
    FrameRequest,
    GuardOrder,
    GuardOrderReply,
    GuardReply,
    GuardRequest,
    LiveEvent,
    LiveReply,
    LiveRequest,
    RoomOrder,
    RoomReply,
    ShellReply,
    ShellRequest,
    Status,
} from "../generated/protocol.ts"
import { api } from "./browser.ts"
import { CoreError, fromFailure, toFailure } from "./failure.ts"

/** Who asks, and what may be asked. */
export interface Channels {
    /** A page of the extension asks the core. */
    desk: { request: DeskRequest; reply: DeskReply }
    /** A page of the extension asks for what only the background can do: tabs, sites, editors. */
    shell: { request: ShellRequest; reply: ShellReply }
    /** A page of the extension asks for work on files, whose handles travel beside. */
    files: { request: FilesRequest; reply: FilesReply }
    /** A page of the extension asks the live sessions. */
    live: { request: LiveRequest; reply: LiveReply }
    /** The engine room asks the custodian for headers; bytes travel beside. */
    engine: { request: EngineRequest; reply: EngineReply }
    /** The background orders the engine room. */
    room: { request: RoomOrder; reply: RoomReply }
    /** A content script asks. Everything in it was written by a web page. */
    content: { request: ContentRequest; reply: ContentReply }
    /** The reader frame in a web page asks; its token proves which block it may open. */
    frame: { request: FrameRequest; reply: FrameReply }
    /** The background orders a content script. */
    order: { request: ContentOrder; reply: ContentOrderReply }
    /** The guard's script in a page asks. `File` handles that it holds travel beside. */
    guard: { request: GuardRequest; reply: GuardReply }
    /** The background orders the guard's script. What it is to give travels beside. */
    "guard-order": { request: GuardOrder; reply: GuardOrderReply }
}

export type Claim = keyof Channels
export type RequestOf<C extends Claim> = Channels[C]["request"]
export type ReplyTo<C extends Claim, T extends string> = Extract<Channels[C]["reply"], { type: T }>

/** One handler per type; a type without a handler does not compile. */
export type Handlers<C extends Claim, Context extends unknown[] = []> = {
    [R in RequestOf<C> as R["type"]]: (
        request: R,
        ...context: Context
    ) => Promise<ReplyTo<C, R["type"]>>
}

export interface Envelope {
    v: 1
    id: number
    claim: Claim
    body: unknown
    /** What the browser alone can carry: `File` handles, bytes. Never part of the body. */
    beside?: unknown[]
}

export type Answer =
    | { id: number; ok: unknown; beside?: unknown[] }
    | { id: number; error: Failure }

/** Name of the port over which the background tells the extension's own pages the status. */
export const STATUS_PORT = "status"
/** Name of the port over which the live sessions tell pages what changes. */
export const LIVE_PORT = "live"

/** Requests that derive a key from a passphrase: a second on this machine, many on a small one. */
const SLOW: ReadonlySet<string> = new Set([
    "create",
    "restore",
    "unlock",
    "change-passphrase",
    "recovery-words",
    "export-identity",
    "rotate-keys",
    "seal-with-password",
    "open-with-password",
    "look-with-password",
])
/** Asked of a page that may be busy or gone, while a person waits for the popup. */
const QUICK: ReadonlySet<string> = new Set(["report"])
const QUICK_DEADLINE_MS = 2_000
const DEADLINE_MS = 20_000
const SLOW_DEADLINE_MS = 180_000

const RECONNECT_MS = 300

let lastId = 0

/**
 * Asks the background.
 *
 * Rejects with a `CoreError`: the code of the failure, `deadline`, or `worker-lost` when the
 * background went away (or was never there: an orphaned content script) before it answered.
 */
export async function ask<
    C extends Exclude<Claim, "order" | "room" | "guard-order">,
    R extends RequestOf<C>,
>(claim: C, body: R): Promise<ReplyTo<C, R["type"]>> {
    const envelope = envelop(claim, body)
    const answer = await within(
        deadline(body.type),
        deliver(() => api.runtime.sendMessage(envelope)),
    )
    return opened<C, R["type"]>(envelope.id, answer)
}

/** What is answered beside a reply: `File` handles, bytes. */
export interface Beside<C extends Claim, T extends string> {
    reply: ReplyTo<C, T>
    beside: unknown[]
}

/** Asks for work on files; `File` handles and bytes travel beside the message. */
export async function askBeside<
    C extends "files" | "engine" | "room" | "content" | "shell",
    R extends RequestOf<C>,
>(claim: C, body: R, beside: unknown[] = []): Promise<Beside<C, R["type"]>> {
    const envelope = { ...envelop(claim, body), beside }
    const answer = await within(
        deadline(body.type),
        deliver(() => api.runtime.sendMessage(envelope)),
    )
    const reply = opened<C, R["type"]>(envelope.id, answer)
    return { reply, beside: (answer as { beside?: unknown[] }).beside ?? [] }
}

/** Asks the background as the guard's script; the files it holds travel beside, as handles. */
export async function askGuard<R extends GuardRequest>(
    body: R,
    files: readonly File[] = [],
): Promise<ReplyTo<"guard", R["type"]>> {
    const envelope = { ...envelop("guard", body), beside: [...files] }
    const sent = deliver(() => api.runtime.sendMessage(envelope))
    return opened<"guard", R["type"]>(envelope.id, await within(deadline(body.type), sent))
}

/** Orders the guard's script of one document. Rejects with `worker-lost` when there is none. */
export async function orderGuard<R extends GuardOrder>(
    tab: number,
    place: chrome.tabs.MessageSendOptions,
    body: R,
    files: readonly File[] = [],
): Promise<ReplyTo<"guard-order", R["type"]>> {
    const envelope = { ...envelop("guard-order", body), beside: [...files] }
    const sent = deliver(() => api.tabs.sendMessage(tab, envelope, place))
    return opened<"guard-order", R["type"]>(envelope.id, await within(deadline(body.type), sent))
}

/** Follows the background's orders to the guard. Only messages from the extension are taken. */
export function onGuardOrder(handlers: Handlers<"guard-order", [files: File[]]>): void {
    api.runtime.onMessage.addListener((message: unknown, sender, sendResponse) => {
        if (!isEnvelope(message) || message.claim !== "guard-order" || !isOurs(sender)) return false
        const body = message.body as GuardOrder
        if (!Object.hasOwn(handlers, body.type)) return false
        const handler = handlers[body.type] as (
            order: GuardOrder,
            files: File[],
        ) => Promise<unknown>
        handler(body, filesIn(message.beside)).then(
            (ok) => sendResponse({ id: message.id, ok }),
            (error: unknown) => sendResponse({ id: message.id, error: toFailure(error) }),
        )
        return true
    })
}

/** The files among what travelled beside; whatever else a sender put there is no file. */
export function filesIn(beside: unknown): File[] {
    return Array.isArray(beside) ? beside.filter((one) => one instanceof File) : []
}

/** Orders the content script of one document. Rejects with `worker-lost` when there is none. */
export async function order<R extends ContentOrder>(
    tab: number,
    place: chrome.tabs.MessageSendOptions,
    body: R,
    beside: unknown[] = [],
): Promise<ReplyTo<"order", R["type"]>> {
    const envelope =
        beside.length > 0 ? { ...envelop("order", body), beside } : envelop("order", body)
    const sent = deliver(() => api.tabs.sendMessage(tab, envelope, place))
    const answer = await within(deadline(body.type), sent)
    return opened<"order", R["type"]>(envelope.id, answer)
}

/**
 * Follows the background's orders until the returned function is called. Only messages from the
 * extension itself are taken.
 */
export function onOrder(handlers: Handlers<"order", [beside: unknown[]]>): () => void {
    const listener: Parameters<typeof api.runtime.onMessage.addListener>[0] = (
        message: unknown,
        sender,
        sendResponse,
    ) => {
        if (!isEnvelope(message) || message.claim !== "order" || !isOurs(sender)) return false
        const body = message.body as ContentOrder
        if (!Object.hasOwn(handlers, body.type)) return false
        const handler = handlers[body.type] as (
            order: ContentOrder,
            beside: unknown[],
        ) => Promise<unknown>
        handler(body, message.beside ?? []).then(
            (ok) => sendResponse({ id: message.id, ok }),
            (error: unknown) => sendResponse({ id: message.id, error: toFailure(error) }),
        )
        return true
    }
    api.runtime.onMessage.addListener(listener)
    return () => api.runtime.onMessage.removeListener(listener)
}

/** Tells `listener` the status now and after every change, until the returned function is called. */
export function watchStatus(listener: (status: Status) => void): () => void {
    return watch(STATUS_PORT, listener)
}

/**
 * Tells `listener` what changes live, until the returned function is called. After `onAgain` the
 * port is a new one: what was missed in between has to be asked for.
 */
export function watchLive(listener: (event: LiveEvent) => void, onAgain: () => void): () => void {
    return watch(LIVE_PORT, listener, onAgain)
}

function watch<T>(name: string, listener: (message: T) => void, onAgain?: () => void): () => void {
    let port: chrome.runtime.Port | undefined
    let left = false
    const connect = () => {
        if (left) return
        if (port) onAgain?.()
        port = api.runtime.connect({ name })
        port.onMessage.addListener(listener)
        // The background stops when idle and wakes by this; a lock must reach open windows.
        port.onDisconnect.addListener(() => setTimeout(connect, RECONNECT_MS))
    }
    connect()
    return () => {
        left = true
        port?.disconnect()
    }
}

export function isEnvelope(message: unknown): message is Envelope {
    if (typeof message !== "object" || message === null) return false
    const { v, id, claim, body } = message as Partial<Envelope>
    return v === 1 && typeof id === "number" && typeof claim === "string" && body !== undefined
}

function envelop(claim: Claim, body: { type: string }): Envelope {
    lastId += 1
    return { v: 1, id: lastId, claim, body }
}

/** The background and panels have no tab; a page in a tab never orders. */
function isOurs(sender: chrome.runtime.MessageSender): boolean {
    return sender.id === api.runtime.id && sender.tab === undefined
}

function deadline(type: string): number {
    if (QUICK.has(type)) return QUICK_DEADLINE_MS
    return SLOW.has(type) ? SLOW_DEADLINE_MS : DEADLINE_MS
}

/** The browser rejects, or throws at once, when nobody is there to answer (any more). */
async function deliver(send: () => Promise<unknown>): Promise<unknown> {
    try {
        return await send()
    } catch {
        throw new CoreError("worker-lost")
    }
}

/** Rejects with `deadline` when `work` takes longer than `ms`. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new CoreError("deadline")), ms)
    })
    try {
        return await Promise.race([work, late])
    } finally {
        clearTimeout(timer)
    }
}

function opened<C extends Claim, T extends string>(id: number, answer: unknown): ReplyTo<C, T> {
    const {
        id: echoed,
        ok,
        error,
    } = (answer ?? {}) as Partial<{
        id: number
        ok: ReplyTo<C, T>
        error: Failure
    }>
    if (error !== undefined) throw fromFailure(error)
    if (echoed !== id || ok === undefined) throw new CoreError("worker-lost")
    return ok
}
