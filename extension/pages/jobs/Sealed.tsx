import { useEffect, useRef, useState } from "preact/hooks"
import type { Draft, SealedText } from "../../generated/protocol.ts"
import { Button } from "../../ui/Button.tsx"
import { desk, useDoing } from "../../ui/client.ts"
import { Icon, type IconName } from "../../ui/Icon.tsx"
import { FailureNotice, Notice } from "../../ui/Notice.tsx"
import { SealedBlock } from "../../ui/SealedBlock.tsx"
import { toast } from "../../ui/Toast.tsx"
import { names, t } from "../../ui/text.ts"
import { PageHealth } from "./PageHealth.tsx"
import { parkedArrived } from "./parkedDrafts.ts"
import { type Placed, place } from "./place.ts"

interface Props {
    draft: Draft
    sealed: SealedText
    placed: Placed
    tab: number | null
    onPlaced: (placed: Placed) => void
    onSent: () => void
    onEdit: () => void
    onDone: () => void
    onDraft: (draftId: string) => void
}

/** The letter is sealed: where it is now, and the one thing left to do. */
export function Sealed(props: Props) {
    const { placed, sealed } = props
    const who = names(sealed.names)
    return (
        <div class="panel-body" data-test="sealed" data-placed={placed.at}>
            {placed.at === "editor" ? (
                <Outcome
                    icon="check"
                    title={t("sealedInserted")}
                    text={t("sealedInsertedText", who)}
                />
            ) : (
                <Waiting {...props} who={who} />
            )}
            {placed.at === "editor" && (
                <Button wide test="sealed-done" onPress={props.onDone}>
                    {t("done")}
                </Button>
            )}
            {sealed.nextDraft !== null && (
                <NextDraft id={sealed.nextDraft} onOpen={props.onDraft} />
            )}
            <details class="more">
                <summary>{t("sealedShow")}</summary>
                <SealedBlock test="sealed-text" label={t("sealedShow")}>
                    {sealed.text}
                </SealedBlock>
            </details>
        </div>
    )
}

/** Takes the focus, so that a screen reader says it and Tab goes on from here. */
export function Outcome(props: { icon: IconName; title: string; text: string }) {
    const heading = useRef<HTMLHeadingElement>(null)
    useEffect(() => heading.current?.focus(), [])
    return (
        <section class="outcome" data-test="outcome">
            <span class="unlock-icon">
                <Icon name={props.icon} size={22} />
            </span>
            <h2 ref={heading} tabIndex={-1}>
                {props.title}
            </h2>
            <p class="soft small">{props.text}</p>
        </section>
    )
}

function Waiting(props: Props & { who: string }) {
    const { placed, sealed, draft, tab } = props
    const { failure, run } = useDoing()
    const [copied, setCopied] = useState(false)
    const done = async () => {
        const parked = placed.at === "parked" ? placed.parkedId : undefined
        if (parked === undefined) await desk({ type: "sent", id: draft.id })
        else await parkedArrived(parked)
        props.onSent()
    }
    const copySealed = () =>
        run(async () => {
            await navigator.clipboard.writeText(sealed.text)
            if (!copied) await done()
            setCopied(true)
            toast(t("sealedCopied"))
        })
    const insert = () =>
        run(async () => {
            const again = await place(draft, sealed, tab, false)
            if (again.at === "editor" && placed.at === "parked") await done()
            props.onPlaced(again)
        })
    const text = placed.at === "parked" ? t("sealedParkedText") : t("sealedCopyText")
    // What the page has refused once is not what to press first.
    const refused = tab === null || (placed.at === "here" && placed.why !== undefined)
    return (
        <>
            <Outcome icon="lock" title={t("sealedReady", props.who)} text={text} />
            <PageHealth tab={tab} origin={draft.site} />
            {placed.at === "here" && placed.why && <FailureNotice failure={{ code: placed.why }} />}
            <FailureNotice failure={failure} />
            <div class="stack stack-snug">
                {!refused && <Insert primary onPress={insert} />}
                <Button
                    wide
                    kind={refused ? "primary" : "plain"}
                    test="copy-sealed"
                    icon="copy"
                    onPress={copySealed}
                >
                    {t("sealedCopy")}
                </Button>
                {refused && tab !== null && <Insert onPress={insert} />}
                <GoOn left={copied} onEdit={props.onEdit} onDone={props.onDone} />
            </div>
        </>
    )
}

function Insert({ primary, onPress }: { primary?: boolean; onPress: () => Promise<void> }) {
    return (
        <Button
            wide
            kind={primary ? "primary" : "plain"}
            test="insert"
            icon="letter"
            onPress={onPress}
        >
            {t("sealedInsert")}
        </Button>
    )
}

/** Back to the words, until the letter has left; and away from it. */
export function GoOn(props: { left: boolean; onEdit: () => void; onDone: () => void }) {
    return (
        <div class="row row-wrap">
            {!props.left && (
                <Button kind="quiet" size="small" test="sealed-edit" onPress={props.onEdit}>
                    {t("sealedEdit")}
                </Button>
            )}
            <span class="push">
                <Button kind="quiet" size="small" test="sealed-done" onPress={props.onDone}>
                    {t("done")}
                </Button>
            </span>
        </div>
    )
}

function NextDraft({ id, onOpen }: { id: string; onOpen: (draftId: string) => void }) {
    return (
        <Notice
            icon="letter"
            test="next-draft"
            actions={
                <Button size="small" test="next-open" onPress={() => onOpen(id)}>
                    {t("sealedNextOpen")}
                </Button>
            }
        >
            {t("sealedNextDraft")}
        </Notice>
    )
}
