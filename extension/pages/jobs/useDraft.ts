import { useEffect, useMemo, useState } from "preact/hooks"
import type { Draft, Failure, Recipient } from "../../generated/protocol.ts"
import { fromFailure, toFailure } from "../../lib/failure.ts"
import { desk } from "../../ui/client.ts"
import { Saving, useSaved } from "../../ui/unsaved.ts"

type Paint = (state: DraftState) => void

export interface DraftState {
    draft: Draft
    saving: boolean
    failure: Failure | undefined
}

/**
 * A draft that is being written. Words belong to the person: an answer of the core never changes
 * subject or text here, it only brings recipients, label and obstacles up to date.
 */
class Desk {
    state: DraftState
    paint: Paint = () => undefined
    private readonly saving = new Saving()

    constructor(draft: Draft) {
        this.state = { draft, saving: false, failure: undefined }
    }

    edit(change: Partial<Pick<Draft, "subject" | "text" | "form">>): void {
        this.show({ draft: { ...this.state.draft, ...change }, saving: true })
        this.saving.later(() => this.save())
    }

    /** Saves at once; what is typed meanwhile is saved by the next call. */
    save(extra: readonly string[] = [], contacts: readonly string[] = []): Promise<void> {
        return this.saving.now(() => this.send(extra, contacts))
    }

    /**
     * The same before something is made of the draft: rejects when it could not be saved. The core
     * would seal what it has, and that is not what stands here.
     */
    async kept(extra: readonly string[] = []): Promise<void> {
        await this.save(extra)
        if (this.state.failure) throw fromFailure(this.state.failure)
    }

    private async send(extra: readonly string[], contacts: readonly string[]): Promise<void> {
        const { id, subject, text, form, recipients } = this.state.draft
        const chosen = chosenOf(recipients)
        try {
            const reply = await desk({
                type: "save-draft",
                id,
                to: [...new Set([...chosen.to, ...contacts])],
                addresses: [...new Set([...chosen.addresses, ...extra])],
                subject,
                text,
                form,
            })
            const now = this.state.draft
            const words = { subject: now.subject, text: now.text, form: now.form }
            // What was typed meanwhile is not saved by this answer.
            const isAll = now.subject === subject && now.text === text && now.form === form
            this.show({ draft: { ...reply.draft, ...words }, saving: !isAll, failure: undefined })
        } catch (error) {
            this.show({ saving: false, failure: toFailure(error) })
        }
    }

    choose(recipient: Recipient, chosen: boolean): Promise<void> {
        const recipients = this.state.draft.recipients.map((one) =>
            one === recipient ? { ...one, chosen } : one,
        )
        this.show({ draft: { ...this.state.draft, recipients } })
        return this.save()
    }

    /** Takes what the core answered to another request about this draft. */
    take(draft: Draft): void {
        const { subject, text, form } = this.state.draft
        this.show({ draft: { ...draft, subject, text, form } })
    }

    private show(change: Partial<DraftState>): void {
        this.state = { ...this.state, ...change }
        this.paint(this.state)
    }
}

function chosenOf(recipients: readonly Recipient[]) {
    const chosen = recipients.filter((one) => one.chosen)
    return {
        to: chosen.flatMap((one) => (one.contact ? [one.contact.id] : [])),
        addresses: chosen.flatMap((one) => (one.contact ? [] : [one.address])),
    }
}

export function useDraft(initial: Draft): { state: DraftState; pen: Desk } {
    const pen = useMemo(() => new Desk(initial), [initial])
    const [state, setState] = useState(pen.state)
    useEffect(() => {
        pen.paint = setState
    }, [pen])
    useSaved(pen)
    return { state, pen }
}
