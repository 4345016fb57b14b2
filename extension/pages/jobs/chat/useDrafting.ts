import { useEffect, useMemo, useRef, useState } from "preact/hooks"
import type { ChatDraft, ChatMessage, Failure, Quoted } from "../../../generated/protocol.ts"
import { toFailure } from "../../../lib/failure.ts"
import { inOrder } from "../../../lib/order.ts"
import { live } from "../../../ui/live.ts"
import { Saving, useSaved } from "../../../ui/unsaved.ts"

/** Said again this often while somebody writes. */
const TYPING_EVERY_MS = 3_000
/** Who has not typed for so long has stopped. */
const TYPING_ENDS_MS = 5_000

/** What is sent. */
export interface Written extends ChatDraft {
    /** The message of the person's own that is being changed; the draft waits meanwhile. */
    editing: ChatMessage | undefined
}

export interface Drafting extends Written {
    failure: Failure | undefined
}

/** What is being written in one conversation: kept sealed as it grows. */
class Pen {
    state: Drafting
    paint: (state: Drafting) => void = () => undefined
    private readonly saving = new Saving()
    private waiting: ChatDraft
    /** Taken out of the field and not sent yet, first what was taken first. */
    private leaving: Written[] = []
    private readonly inTurn = inOrder()
    private saidTyping = 0
    private typingTimer: ReturnType<typeof setTimeout> | undefined

    private readonly conversation: string
    private readonly saysTyping: () => boolean

    constructor(conversation: string, saysTyping: () => boolean, draft: ChatDraft) {
        this.conversation = conversation
        this.saysTyping = saysTyping
        this.waiting = draft
        this.state = { ...draft, editing: undefined, failure: undefined }
    }

    write(text: string): void {
        this.show({ text })
        if (!this.state.editing) this.changed()
        this.typing(text !== "")
    }

    answer(message: ChatMessage | undefined): void {
        if (this.state.editing) this.stopEditing()
        this.show({ replyTo: message ? quote(message) : null })
        this.changed()
    }

    edit(message: ChatMessage): void {
        if (message.body.type !== "text") return
        const { text, replyTo } = this.draft
        this.waiting = { text, replyTo }
        this.show({ editing: message, text: message.body.text, replyTo: null })
    }

    /** The draft that was there before comes back. */
    stopEditing(): void {
        this.show({ editing: undefined, ...this.waiting })
    }

    /**
     * Sends what is written, after what was sent before. It leaves the field at once, since the
     * next words are written meanwhile; what cannot be sent comes back before them.
     */
    async send<T>(give: (written: Written) => Promise<T>): Promise<T> {
        const written = this.take()
        try {
            return await this.inTurn(() => give(written))
        } catch (error) {
            this.putBack(written)
            throw error
        } finally {
            this.leaving = this.leaving.filter((it) => it !== written)
            if (!written.editing) void this.save()
        }
    }

    /** What is on its way out is kept too, for as long as it could come back. */
    save(): Promise<void> {
        const { text, replyTo } = this.leaving.reduceRight(behind, this.draft)
        return this.saving.now(() => this.keep(text, replyTo?.message ?? null))
    }

    private get draft(): ChatDraft {
        return this.state.editing ? this.waiting : this.state
    }

    private take(): Written {
        const { text, replyTo, editing } = this.state
        const written = { text, replyTo, editing }
        this.typing(false)
        if (editing) {
            this.stopEditing()
        } else {
            this.leaving.push(written)
            this.show({ text: "", replyTo: null })
        }
        return written
    }

    private putBack(written: Written): void {
        if (written.editing) {
            this.edit(written.editing)
            this.show({ text: written.text })
        } else if (this.state.editing) {
            this.waiting = behind(this.waiting, written)
        } else {
            this.show(behind(this.state, written))
        }
    }

    leave(): void {
        if (this.saving.isDue) void this.save()
        this.typing(false)
        this.paint = () => undefined
    }

    private changed(): void {
        this.saving.later(() => this.save())
    }

    private async keep(text: string, replyTo: string | null): Promise<void> {
        const { conversation } = this
        try {
            await live({ type: "keep-draft", conversation, text, replyTo })
            if (this.state.failure) this.show({ failure: undefined })
        } catch (error) {
            this.show({ failure: toFailure(error) })
        }
    }

    private typing(on: boolean): void {
        clearTimeout(this.typingTimer)
        const now = performance.now()
        const was = this.saidTyping > 0
        if (on && this.saysTyping()) {
            this.typingTimer = setTimeout(() => this.typing(false), TYPING_ENDS_MS)
            if (was && now - this.saidTyping < TYPING_EVERY_MS) return
            this.saidTyping = now
            this.say(true)
        } else if (was) {
            this.saidTyping = 0
            this.say(false)
        }
    }

    /** A courtesy: where it does not arrive, nothing is lost. */
    private say(on: boolean): void {
        live({ type: "typing", conversation: this.conversation, on }).catch(() => undefined)
    }

    private show(change: Partial<Drafting>): void {
        this.state = { ...this.state, ...change }
        this.paint(this.state)
    }
}

/** A draft, and before it what was written earlier. */
function behind(draft: ChatDraft, { text, replyTo }: ChatDraft): ChatDraft {
    return {
        text: draft.text === "" ? text : `${text}\n${draft.text}`,
        replyTo: replyTo ?? draft.replyTo,
    }
}

export type { Pen }

export function quote({ id, position, author, body }: ChatMessage): Quoted {
    const text = body.type === "text" ? body.text.slice(0, 200) : ""
    return { message: id, position, name: author.name, own: author.own, text }
}

export function useDrafting(
    conversation: string,
    draft: ChatDraft,
    saysTyping: () => boolean,
): { pen: Pen; drafting: Drafting } {
    // It may change while the conversation stays: somebody is unblocked, say.
    const latest = useRef(saysTyping)
    latest.current = saysTyping
    // The draft of the opened view alone: what comes later was written here.
    const pen = useMemo(() => new Pen(conversation, () => latest.current(), draft), [conversation])
    const [drafting, setDrafting] = useState(pen.state)
    useEffect(() => {
        pen.paint = setDrafting
        setDrafting(pen.state)
        return () => pen.leave()
    }, [pen])
    useSaved(pen)
    return { pen, drafting }
}
