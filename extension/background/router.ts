/**
 * From a message to its handler: first the gate, then the table of the claim.
 *
 * A handler is called in the task of the message, because a panel may open only there. The decoding
 * of the body takes longer; the handler gets it as a promise.
 */

import type { ErrorCode } from "../generated/protocol.ts"
import { api } from "../lib/browser.ts"
import { CoreError, toFailure } from "../lib/failure.ts"
import type { Answer, Envelope, ReplyTo, RequestOf } from "../lib/messages.ts"
import { decode, desk } from "./core.ts"
import { type Carried, engine, files } from "./files.ts"
import { frameHandlers } from "./frames.ts"
import { type Asking, admitted, isOwnPage, type Self, type Sender, stampOf } from "./gate.ts"
import { guardChanged, guardHandlers, heldFiles } from "./guard.ts"
import { answerLive } from "./live.ts"
import { noteUse } from "./lock.ts"
import { contentHandlers } from "./pages.ts"
import { change } from "./session.ts"
import { shellHandlers } from "./shell.ts"

/** One handler per type; a request type without one does not compile. */
export type Table<C extends Asking> = {
    [R in RequestOf<C> as R["type"]]: (
        request: Promise<R>,
        sender: Sender,
        /** Not decoded yet: for what cannot wait, from a sender that is proved. */
        body: unknown,
        /** What travelled beside the message. */
        beside: readonly unknown[],
    ) => Promise<ReplyTo<C, R["type"]>>
}

/** What pages say without the person; everything else is use. */
const byItself: ReadonlySet<string> = new Set([
    "hello",
    "report",
    "status",
    "errand",
    "job",
    "jobs",
    "payload",
    "ended",
    "idle",
    "stand",
    "hold",
    "guard-here",
    "live-status",
    "people",
    "conversations",
    "messages",
    "mark-read",
])

type Plain = "desk" | "shell" | "content" | "frame" | "guard" | "live"

type Handler = (
    request: Promise<unknown>,
    sender: Sender,
    body: unknown,
    beside: readonly unknown[],
) => Promise<unknown>

const self: Self = { id: api.runtime.id, root: api.runtime.getURL("") }

const routes = {
    // The core decodes what it answers; an unknown type is its refusal.
    desk: (body: unknown) => guardChanged(typeOf(body), desk(body as RequestOf<"desk">)),
    shell: (body: unknown, sender: Sender, beside: readonly unknown[]) =>
        hand(shellHandlers, decode.shell, body, sender, beside),
    content: (body: unknown, sender: Sender, beside: readonly unknown[]) =>
        hand(contentHandlers, decode.content, body, sender, beside),
    frame: (body: unknown, sender: Sender) => hand(frameHandlers, decode.frame, body, sender),
    guard: (body: unknown, sender: Sender, beside: readonly unknown[]) =>
        hand(guardHandlers, decode.guard, body, sender, beside),
    // The module of the sessions decodes what it answers.
    live: (body: unknown) => answerLive(body),
} satisfies Record<
    Plain,
    (body: unknown, sender: Sender, beside: readonly unknown[]) => Promise<unknown>
>

/** Claims whose messages carry `File` handles and bytes beside them. */
const carriers = { files, engine } satisfies Record<
    Exclude<Asking, Plain>,
    (body: unknown, beside: unknown[], isPrivate: boolean) => Promise<Carried>
>

/** The answer to a message; it never rejects. */
export async function answer(
    { id, claim, body, beside = [] }: Envelope,
    sender: Sender,
): Promise<Answer> {
    if (!admitted(claim, sender, self)) return refuse(id, "not-admitted")
    try {
        const used = byItself.has(typeOf(body)) ? undefined : noteUse()
        // Not awaited one by one: the handler must be called in the task of the message.
        const given = Array.isArray(beside) ? beside : []
        const carrier = claim === "files" || claim === "engine" ? carriers[claim] : undefined
        if (carrier) return { id, ...(await carry(carrier, body, given, sender, used)) }
        const [ok] = await Promise.all([routes[claim as Plain](body, sender, given), used])
        return { id, ok, ...besideReply(claim, body) }
    } catch (error) {
        const failure = toFailure(error)
        return isRefusal(failure.code) ? refuse(id, failure.code) : { id, error: failure }
    }
}

/** Held files leave beside the answer to the sheet that asked for them. */
function besideReply(claim: Asking, body: unknown): { beside?: unknown[] } {
    return claim === "shell" && typeOf(body) === "held" ? { beside: heldFiles(body) } : {}
}

async function carry(
    carrier: (typeof carriers)[keyof typeof carriers],
    body: unknown,
    given: unknown[],
    sender: Sender,
    used: Promise<void> | undefined,
): Promise<{ ok: unknown; beside?: unknown[] }> {
    const [{ reply, beside: carried }] = await Promise.all([
        carrier(body, given, stampOf(sender).private),
        used,
    ])
    return carried === undefined ? { ok: reply } : { ok: reply, beside: carried }
}

/** Whether the other end of a port is a page of ours. */
export function isPagePort({ sender }: chrome.runtime.Port): boolean {
    return sender !== undefined && sender.id === self.id && isOwnPage(sender, self)
}

/** Counted, not echoed: the sender learns the code and nothing of what it sent. */
export async function refuse(id: number, code: ErrorCode): Promise<Answer> {
    await change("refused", (count = 0) => count + 1)
    return { id, error: { code } }
}

function isRefusal(code: ErrorCode): boolean {
    return code === "unknown-message" || code === "malformed-message" || code === "token-spent"
}

function hand<T extends object>(
    table: T,
    decoder: (body: unknown) => Promise<unknown>,
    body: unknown,
    sender: Sender,
    beside: readonly unknown[] = [],
): Promise<unknown> {
    const type = typeOf(body)
    if (!Object.hasOwn(table, type)) return Promise.reject(new CoreError("unknown-message"))
    const handler = table[type as keyof T] as Handler
    return handler(decoder(body), sender, body, beside)
}

function typeOf(body: unknown): string {
    const { type } = (body ?? {}) as { type?: unknown }
    return typeof type === "string" ? type : ""
}
