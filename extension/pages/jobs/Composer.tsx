import { useCallback, useState } from "preact/hooks"
import type { Draft, SealedText } from "../../generated/protocol.ts"
import { desk, shell, useDoing, useLoaded } from "../../ui/client.ts"
import { FailureNotice } from "../../ui/Notice.tsx"
import { Progress } from "../../ui/State.tsx"
import { toast } from "../../ui/Toast.tsx"
import { locale, t } from "../../ui/text.ts"
import { ContactView } from "./ContactView.tsx"
import { type Invitation, Invited } from "./Invited.tsx"
import { type Placed, place, WHY_NOT } from "./place.ts"
import type { RecipientChoice } from "./Recipients.tsx"
import { Sealed } from "./Sealed.tsx"
import { useDraft } from "./useDraft.ts"
import { WithPassword } from "./WithPassword.tsx"
import { Writing } from "./Writing.tsx"

interface Props {
    /** Begins or continues the draft; called once for each `draftKey`. */
    begin: () => Promise<Draft>
    draftKey: string
    /** The tab whose editor is written for, if any. */
    tab: number | null
    onBegun: (draftId: string) => void
    /** The letter has left: there is no draft to go on with. */
    onSent: () => void
    /** The letter is done, or thrown away. */
    onDone: () => void
    onDraft: (draftId: string) => void
}

/** Writes one letter: from the first word to "Now press Send". */
export function Composer(props: Props) {
    const begun = useLoaded(props.draftKey, async () => {
        const draft = await props.begin()
        props.onBegun(draft.id)
        return draft
    })
    if (begun.failure) {
        return (
            <div class="panel-body">
                <FailureNotice failure={begun.failure} />
            </div>
        )
    }
    if (!begun.value) return <Progress>{t("working")}</Progress>
    return <Letter key={begun.value.id} {...props} initial={begun.value} />
}

type Stage =
    | { at: "writing" }
    | { at: "deciding"; contact: string }
    | { at: "invited"; invitation: Invitation }
    | { at: "password" }
    | { at: "sealed"; sealed: SealedText; placed: Placed }

function Letter(props: Props & { initial: Draft }) {
    const { state, pen } = useDraft(props.initial)
    const [stage, setStage] = useState<Stage>({ at: "writing" })
    const [neutral, setNeutral] = useState(props.initial.pageSubject === "")
    const { failure, run } = useDoing()
    const { id } = props.initial
    const refresh = useCallback(async () => {
        const reply = await desk({ type: "open-draft", id })
        pen.take(reply.draft)
        setStage({ at: "writing" })
    }, [id, pen])

    const showPlaced = (sealed: SealedText, placed: Placed) => {
        if (placed.at === "editor") props.onSent()
        setStage({ at: "sealed", sealed, placed })
    }
    const seal = () =>
        run(async () => {
            const { sealFor } = pen.state.draft
            await pen.kept()
            const { sealed } = await desk({ type: "seal", id, sealFor })
            const placed = await place(pen.state.draft, sealed, props.tab, neutral)
            showPlaced(sealed, placed)
        })
    const discard = () =>
        run(async () => {
            await desk({ type: "discard-draft", id })
            toast(t("composeDiscarded"), async () => {
                const reply = await desk({ type: "undo-discard" })
                props.onDraft(reply.draft.id)
            })
            props.onDone()
        })
    const choice: RecipientChoice = {
        choose: (recipient, chosen) => void pen.choose(recipient, chosen),
        add: (added) =>
            void ("contact" in added ? pen.save([], [added.contact]) : pen.save([added.address])),
        invite: (address, name) =>
            run(async () => {
                await pen.kept(typedIn(pen.state.draft, address))
                // Webmail asks back when the subject is empty: one press and a fright more.
                const subject = pen.state.draft.pageSubject === "" ? t("inviteSubject") : null
                const invitation = await invite(address, name, { tab: props.tab, subject })
                // The draft waits for the card from now on; that must not be saved away.
                const waiting = await desk({ type: "open-draft", id })
                pen.take(waiting.draft)
                setStage({ at: "invited", invitation })
            }),
        decide: (contact) => setStage({ at: "deciding", contact }),
        decideClassical: (choice) =>
            void run(async () => {
                await pen.kept()
                const reply = await desk({ type: "decide-classical", id, choice })
                pen.take(reply.draft)
            }),
        decideBcc: (address, nextLetter) =>
            run(async () => {
                const reply = await desk({ type: "decide-bcc", id, address, nextLetter })
                pen.take(reply.draft)
            }),
    }
    switch (stage.at) {
        case "deciding":
            return (
                <div class="panel-body">
                    <ContactView id={stage.contact} onBack={() => void run(refresh)} />
                </div>
            )
        case "invited":
            return <Invited invitation={stage.invitation} onBack={() => void run(refresh)} />
        case "sealed":
            return (
                <Sealed
                    draft={state.draft}
                    sealed={stage.sealed}
                    placed={stage.placed}
                    tab={props.tab}
                    onPlaced={(placed) => showPlaced(stage.sealed, placed)}
                    onSent={props.onSent}
                    onEdit={() => void run(refresh)}
                    onDone={props.onDone}
                    onDraft={props.onDraft}
                />
            )
        case "password":
            return (
                <WithPassword
                    draft={state.draft}
                    tab={props.tab}
                    onSent={props.onSent}
                    onBack={() => void run(refresh)}
                    onDone={props.onDone}
                />
            )
        case "writing":
            return (
                <Writing
                    state={state}
                    choice={choice}
                    failure={failure ?? state.failure}
                    tab={props.tab}
                    neutral={neutral}
                    onNeutral={setNeutral}
                    onEdit={(change) => pen.edit(change)}
                    onAddresses={(addresses) => void pen.save(addresses)}
                    onSeal={seal}
                    onPassword={() =>
                        run(async () => {
                            await pen.kept()
                            setStage({ at: "password" })
                        })
                    }
                    onDiscard={discard}
                />
            )
    }
}

/** An address that the page did not suggest is the draft's own from now on. */
function typedIn(draft: Draft, address: string): string[] {
    const suggested = draft.recipients.some((one) => one.fromPage && one.address === address)
    return suggested ? [] : [address]
}

/** One press: the invitation is made and, where there is an editor, put into it. */
async function invite(
    address: string,
    name: string,
    { tab, subject }: { tab: number | null; subject: string | null },
): Promise<Invitation> {
    const { text } = await desk({ type: "invite", address, locale: locale() })
    if (tab === null) return { address, name, text, inserted: false, why: undefined }
    const { inserted } = await shell({ type: "insert", tab, text, oneLine: false, subject })
    // Without an editor what is to be done is the same as without a page.
    const why = inserted === "gone" ? undefined : WHY_NOT[inserted]
    return { address, name, text, inserted: inserted === "exact", why }
}
