import { useEffect, useState } from "preact/hooks"
import type {
    ConversationBrief,
    Failure,
    LiveEvent,
    MessageRequest,
} from "../../../generated/protocol.ts"
import { toFailure } from "../../../lib/failure.ts"
import { live, useLive } from "../../../ui/live.ts"

interface Talks {
    conversations: readonly ConversationBrief[] | undefined
    requests: readonly MessageRequest[]
    /** Names of those who are writing, by conversation. */
    typing: ReadonlyMap<string, readonly string[]>
    failure: Failure | undefined
    reload: () => void
}

type Lists = Pick<Talks, "conversations" | "requests" | "typing">

/** The list of conversations, kept true by events. */
export function useTalks(): Talks {
    const [lists, setLists] = useState<Lists>({
        conversations: undefined,
        requests: [],
        typing: new Map(),
    })
    const [failure, setFailure] = useState<Failure>()
    const load = () => {
        live({ type: "conversations" }).then(
            ({ conversations, requests }) => {
                setLists({ conversations, requests, typing: new Map() })
                setFailure(undefined)
            },
            (error: unknown) => setFailure(toFailure(error)),
        )
    }
    // Once; afterwards events tell.
    useEffect(load, [])
    useLive((event) => setLists((now) => after(now, event)), load)
    return { ...lists, failure, reload: load }
}

function after(lists: Lists, event: LiveEvent): Lists {
    switch (event.type) {
        case "conversations":
            return {
                ...lists,
                conversations: merged(lists.conversations ?? [], event.changed, event.gone),
                requests: event.requests ?? lists.requests,
            }
        case "typing":
            return {
                ...lists,
                typing: new Map(lists.typing).set(event.conversation, event.names),
            }
        case "presence":
            return {
                ...lists,
                conversations: lists.conversations?.map((one) =>
                    one.id === event.conversation ? { ...one, presence: event.presence } : one,
                ),
            }
        default:
            return lists
    }
}

/** The newest first, as the whole list comes. */
function merged(
    list: readonly ConversationBrief[],
    changed: readonly ConversationBrief[],
    gone: readonly string[],
): ConversationBrief[] {
    const out = new Set([...gone, ...changed.map(({ id }) => id)])
    const rest = list.filter(({ id }) => !out.has(id))
    return [...rest, ...changed].sort((a, b) => b.at - a.at)
}
