import { useEffect, useMemo, useState } from "preact/hooks"
import type {
    ChatMessage,
    Conversation,
    ConversationBrief,
    Failure,
    LiveEvent,
} from "../../../generated/protocol.ts"
import { toFailure } from "../../../lib/failure.ts"
import { live, useLive } from "../../../ui/live.ts"
import { PAGE, TalkPages } from "./pagesOfTalk.ts"

/** Asked for at once while scrolling; the rest waits until these are here. */
const AT_ONCE = 2
/** After a failure nothing is asked for by itself before this. */
const QUIET_MS = 3_000

/** What is painted: replaced as a whole whenever something changes. */
export interface TalkState {
    conversation: Conversation
    pages: TalkPages
    failure: Failure | undefined
    /** Grows with every change of a message. */
    version: number
}

/** An open conversation: its view, and the part of its messages that is looked at. */
export class Talk {
    state: TalkState
    paint: (state: TalkState) => void = () => undefined
    private readonly loading = new Set<number>()
    private quietUntil = 0
    private wanted: readonly [number, number] = [0, 0]
    private isLeft = false

    constructor(conversation: Conversation) {
        const pages = new TalkPages(conversation.total)
        this.state = { conversation, pages, failure: undefined, version: 0 }
    }

    get id(): string {
        return this.state.conversation.brief.id
    }

    /** These positions are looked at: what lacks is asked for, the latest wish first. */
    want(first: number, last: number): void {
        this.wanted = [first, last]
        if (performance.now() < this.quietUntil) return
        for (const page of this.state.pages.lacking(first, last)) {
            if (this.loading.size >= AT_ONCE) return
            if (!this.loading.has(page)) void this.load(page)
        }
    }

    private async load(page: number): Promise<void> {
        this.loading.add(page)
        try {
            const { messages, total } = await live({
                type: "messages",
                conversation: this.id,
                from: page * PAGE,
                count: PAGE,
            })
            this.state.pages.take(page, messages, total)
            // An answer that lacks what was asked for is not asked for again at once.
            if (this.state.pages.lacks(page)) this.quietUntil = performance.now() + QUIET_MS
            this.show({ failure: undefined })
        } catch (error) {
            this.quietUntil = performance.now() + QUIET_MS
            this.show({ failure: toFailure(error) })
        } finally {
            this.loading.delete(page)
        }
        if (!this.isLeft) this.want(...this.wanted)
    }

    /** Asks again for what failed. */
    retry(): void {
        this.quietUntil = 0
        this.want(...this.wanted)
    }

    onEvent(event: LiveEvent): void {
        if (event.type === "conversations") this.takeBrief(event.changed)
        if (!("conversation" in event) || event.conversation !== this.id) return
        if (event.type === "messages") {
            this.state.pages.change(event.total, event.changed, event.staleFrom)
            this.show({})
            this.want(...this.wanted)
        } else if (event.type === "typing") {
            this.show({ conversation: { ...this.state.conversation, typing: event.names } })
        } else if (event.type === "presence") {
            const { conversation } = this.state
            const brief = { ...conversation.brief, presence: event.presence }
            this.show({ conversation: { ...conversation, brief } })
        } else {
            void this.reopen()
        }
    }

    /** What the list of conversations shows of this one. */
    private takeBrief(changed: readonly ConversationBrief[]): void {
        const brief = changed.find(({ id }) => id === this.id)
        if (brief) this.show({ conversation: { ...this.state.conversation, brief } })
    }

    /** Events were missed. */
    doubt(): void {
        this.state.pages.doubt()
        void this.reopen()
        this.retry()
    }

    /** Asks for the view anew; the mark where unread began stays where the person saw it. */
    async reopen(): Promise<void> {
        try {
            const { conversation } = await live({
                type: "open-conversation",
                conversation: this.id,
            })
            this.take(conversation)
        } catch (error) {
            this.show({ failure: toFailure(error) })
        }
    }

    /** Takes the view that a request of this surface answered. */
    take(conversation: Conversation): void {
        const { firstUnread } = this.state.conversation
        this.state.pages.change(conversation.total, [], null)
        this.show({ conversation: { ...conversation, firstUnread } })
    }

    /** Takes a message that a request of this surface answered. */
    put(message: ChatMessage): void {
        const { pages } = this.state
        pages.change(Math.max(pages.total, message.position + 1), [message], null)
        this.show({})
    }

    leave(): void {
        this.isLeft = true
        this.paint = () => undefined
    }

    private show(change: Partial<TalkState>): void {
        this.state = { ...this.state, ...change, version: this.state.version + 1 }
        this.paint(this.state)
    }
}

export function useTalk(opened: Conversation): { talk: Talk; state: TalkState } {
    const talk = useMemo(() => new Talk(opened), [opened])
    const [state, setState] = useState(talk.state)
    useEffect(() => {
        talk.paint = setState
        setState(talk.state)
        return () => talk.leave()
    }, [talk])
    useLive(
        (event) => talk.onEvent(event),
        () => talk.doubt(),
    )
    return { talk, state: state.conversation.brief.id === talk.id ? state : talk.state }
}
