/** What is being written in one conversation: kept sealed as it grows, and sent line after line. */

import type { ChatDraft, ChatMessage, Failure, Quoted } from "../../../generated/protocol.ts"
import { toFailure } from "../../../lib/failure.ts"
import { inOrder } from "../../../lib/order.ts"
import { live } from "../../../ui/live.ts"
import { Saving } from "../../../ui/unsaved.ts"

/** Said again this often while somebody writes. */
const TYPING_EVERY_MS = 3_000
/** Who has not typed for so long has stopped. */
const TYPING_ENDS_MS = 5_000

/** Words in the field, or on their way out. */
export interface Written extends ChatDraft {
    /** The message of the person's own that is being changed; the draft waits meanwhile. */
    editing: ChatMessage | undefined
}

/** Gives it to the background; done when that has it. */
type Give = (written: Written) => Promise<void>

export interface Drafting extends Written {
    /** Why the draft is not kept. */
    failure: Failure | undefined
    /** Why what was given last stands in the field again. */
    refused: Failure | undefined
}

/** Pens of which something is on its way out: whoever comes back finds it in the same hands. */
const busy = new Map<string, Pen>()

/** The pen of a conversation whose draft was `draft` when it was opened. */
export function penOf(conversation: string, draft: ChatDraft): Pen {
    return busy.get(conversation) ?? new Pen(conversation, draft)
}

export class Pen {
    state: Drafting
    paint: (state: Drafting) => void = () => undefined
    /** Whether others are told that the person writes. */
    saysTyping: () => boolean = () => false
    private readonly saving = new Saving()
    private readonly inTurn = inOrder()
    private waiting: ChatDraft
    /** Taken out of the field and not given yet, first what was taken first. */
    private leaving: ChatDraft[] = []
    /** Given, and not answered yet. */
    private given: Written | undefined
    /** The message whose change is on its way out. */
    private changing: ChatMessage | undefined
    private saidTyping = 0
    private typingTimer: ReturnType<typeof setTimeout> | undefined

    private readonly conversation: string

    constructor(conversation: string, draft: ChatDraft) {
        this.conversation = conversation
        this.waiting = draft
        this.state = { ...draft, editing: undefined, failure: undefined, refused: undefined }
    }

    get isSending(): boolean {
        return Boolean(this.given ?? this.changing) || this.leaving.length > 0
    }

    write(text: string): void {
        this.show({ text })
        if (!this.state.editing || this.given) this.changed()
        this.typing(text !== "")
    }

    answer(message: ChatMessage | undefined): void {
        if (this.state.editing) this.stopEditing()
        this.show({ replyTo: message ? quote(message) : null })
        this.changed()
    }

    edit(message: ChatMessage): void {
        if (message.body.type !== "text") return
        this.waiting = this.draft
        this.show({ editing: message, text: message.body.text, replyTo: null })
    }

    /** The draft that was there before comes back, with what was typed on. */
    stopEditing(): void {
        this.show({ editing: undefined, ...this.draft })
    }

    /** Gives what is written. What comes of it is shown; this never rejects. */
    send(give: Give): Promise<void> {
        this.typing(false)
        this.show({ refused: undefined })
        return this.state.editing ? this.change(give) : this.sendNext(give)
    }

    /**
     * What waits to be given is kept too. What is given already is not: the background takes one
     * request after the other, and has it before it comes to this one. Only where it refuses it, and
     * the page is gone by then, is it lost; kept as well, it would be there twice each time.
     */
    save(): Promise<void> {
        // Read in its turn: what was given meanwhile is not kept behind it.
        return this.saving.now(() => this.keep(this.whole))
    }

    leave(): void {
        if (this.saving.isDue) void this.save()
        this.typing(false)
        this.paint = () => undefined
    }

    /**
     * It leaves the field at once, since the next words are written meanwhile, and goes after what
     * was sent before. If one cannot be sent, all that wait behind it come back with it.
     */
    private sendNext(give: Give): Promise<void> {
        const { text, replyTo } = this.state
        const written = { text, replyTo, editing: undefined }
        this.leaving.push(written)
        busy.set(this.conversation, this)
        this.show({ text: "", replyTo: null })
        return this.inTurn(async () => {
            if (!this.leaving.includes(written)) return
            this.leaving = this.leaving.filter((it) => it !== written)
            await this.giving(written, give, () => this.putBack(written))
            // Before the next is given, of which the draft then tells what is behind it.
            await this.save()
            this.rest()
        })
    }

    private putBack(written: ChatDraft): void {
        const whole = behind(this.whole, written)
        this.leaving = []
        if (this.state.editing) this.waiting = whole
        else this.show(whole)
    }

    /** A changed message stays in the field until it is: what cannot be changed is not lost. */
    private async change(give: Give): Promise<void> {
        const { text, replyTo, editing } = this.state
        if (this.changing === editing) return
        this.changing = editing
        const written = { text, replyTo, editing }
        busy.set(this.conversation, this)
        await this.inTurn(async () => {
            await this.giving(written, give, () => this.keepTyped(written))
            await this.save()
        })
        if (this.changing === editing) this.changing = undefined
        this.rest()
    }

    private async giving(written: Written, give: Give, refused: () => void): Promise<void> {
        this.given = written
        try {
            await give(written)
            if (written.editing) this.wasChanged(written)
        } catch (error) {
            refused()
            this.show({ refused: toFailure(error) })
        } finally {
            this.given = undefined
        }
    }

    private rest(): void {
        if (!this.isSending) busy.delete(this.conversation)
    }

    /** The message is changed; what was typed on meanwhile belongs to the draft. */
    private wasChanged(written: Written): void {
        if (this.keepTyped(written)) this.stopEditing()
    }

    /** Puts what was typed on behind a changed message into the draft; whether it still stands there. */
    private keepTyped({ editing, text }: Written): boolean {
        if (this.state.editing !== editing || !this.state.text.startsWith(text)) return false
        this.waiting = this.draft
        this.show({ text })
        return true
    }

    /** Beside what is being changed: the draft, and what was typed on since the change was given. */
    private get draft(): ChatDraft {
        const { editing, text, replyTo } = this.state
        if (!editing) return { text, replyTo }
        const isOn = this.given?.editing === editing && text.startsWith(this.given.text)
        const typed = isOn ? text.slice(this.given?.text.length) : ""
        return { ...this.waiting, text: this.waiting.text + typed }
    }

    private get whole(): ChatDraft {
        return this.leaving.reduceRight(behind, this.draft)
    }

    private changed(): void {
        this.saving.later(() => this.save())
    }

    private async keep({ text, replyTo }: ChatDraft): Promise<void> {
        const { conversation } = this
        try {
            const reply = replyTo?.message ?? null
            await live({ type: "keep-draft", conversation, text, replyTo: reply })
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

export function quote({ id, position, author, body }: ChatMessage): Quoted {
    const text = body.type === "text" ? body.text.slice(0, 200) : ""
    return { message: id, position, name: author.name, own: author.own, text }
}

/** A draft, and before it what was written earlier. */
function behind(draft: ChatDraft, { text, replyTo }: ChatDraft): ChatDraft {
    return {
        text: draft.text === "" ? text : `${text}\n${draft.text}`,
        replyTo: replyTo ?? draft.replyTo,
    }
}
