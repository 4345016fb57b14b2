import { useState } from "preact/hooks"
import type { ChatMessage, LiveEvent } from "../../../generated/protocol.ts"
import { useLive } from "../../../ui/live.ts"
import { count, t } from "../../../ui/text.ts"
import { lastLine } from "./said.ts"
import type { Talk } from "./useTalk.ts"

/** For those who do not see the log: what has just come in, in one sentence. */
export function useNews(talk: Talk): string {
    const [news, setNews] = useState("")
    useLive(
        (event) => {
            const words = newsOf(event, talk)
            if (words) setNews(words)
        },
        () => undefined,
    )
    return news
}

/** The newest is told before the log has taken it, or after: both know it by its position. */
function newsOf(event: LiveEvent, talk: Talk): string | undefined {
    if (event.type !== "messages" || event.conversation !== talk.id) return undefined
    const fresh = event.changed.filter((one) => isFresh(one, event.total, event.changed.length))
    const [first, second] = fresh
    if (!first) return undefined
    return second ? count("chatNews", fresh.length) : lastLine(first, true)
}

/** At the end of the log, and of somebody else. */
function isFresh({ author, position, body }: ChatMessage, total: number, changed: number): boolean {
    const edited = body.type === "text" && body.edited
    return !author.own && !edited && position >= total - changed
}

export function newsTitle(unread: number): string {
    return unread > 0 ? `(${unread}) ${t("navChat")} · Sotto` : `${t("navChat")} · Sotto`
}
