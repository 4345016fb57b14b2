import type { ConversationBrief } from "../generated/protocol.ts"

/** How many messages are unread, of conversations in which there are any. */
export type Unread = Readonly<Record<string, number>>

/**
 * Conversations in which more is unread than was known. Counted, not dated: a message has the time
 * of its relay, a note our own, and no two clocks agree.
 */
export function freshIn(changed: readonly ConversationBrief[], known: Unread): ConversationBrief[] {
    return changed.filter(({ id, unread, muted }) => !muted && unread > (known[id] ?? 0))
}

/** What is known once these have changed. */
export function unreadAfter(changed: readonly ConversationBrief[], known: Unread): Unread {
    const all = { ...known, ...Object.fromEntries(changed.map(({ id, unread }) => [id, unread])) }
    return Object.fromEntries(Object.entries(all).filter(([, unread]) => unread > 0))
}

/** The one in which something was said last. */
export function newest(fresh: readonly ConversationBrief[]): ConversationBrief | undefined {
    const at = Math.max(...fresh.map((it) => it.at))
    return fresh.find((it) => it.at === at)
}
