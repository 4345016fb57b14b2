import type { ConversationBrief, TimestampMs } from "../generated/protocol.ts"

/** Conversations in which somebody else said something after `since` that was not seen. */
export function freshIn(
    changed: readonly ConversationBrief[],
    since: TimestampMs,
): ConversationBrief[] {
    return changed.filter(
        ({ unread, muted, last }) =>
            unread > 0 && !muted && last !== null && !last.author.own && last.at > since,
    )
}

/** When the newest of them came. */
export function newestOf(fresh: readonly ConversationBrief[], since: TimestampMs): TimestampMs {
    return fresh.reduce((at, { last }) => Math.max(at, last?.at ?? 0), since)
}

/** The one in which something was said last. */
export function newest(fresh: readonly ConversationBrief[]): ConversationBrief | undefined {
    const at = newestOf(fresh, 0)
    return fresh.find(({ last }) => last?.at === at)
}
