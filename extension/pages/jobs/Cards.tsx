import { desk, useLoaded } from "../../ui/client.ts"
import { FailureNotice, Notice } from "../../ui/Notice.tsx"
import { Progress } from "../../ui/State.tsx"
import { t } from "../../ui/text.ts"
import { CardOffer } from "./CardOffer.tsx"

/** The cards found in a text: looking stores nothing. */
export function Cards(props: {
    text: string
    onWrite: (contactId: string) => void
    onDraft: (draftId: string) => void
    onAdded?: () => void
    invites?: boolean
}) {
    const looked = useLoaded(props.text, async () => {
        const reply = await desk({ type: "look-at-cards", text: props.text })
        return reply.cards
    })
    if (looked.failure) return <FailureNotice failure={looked.failure} />
    if (!looked.value) return <Progress>{t("opening")}</Progress>
    if (looked.value.length === 0) return <Notice tone="caution">{t("addNone")}</Notice>
    const { onAdded, invites = false } = props
    return (
        <div class="stack" data-test="cards">
            {looked.value.map((look) => (
                <CardOffer
                    key={look.card}
                    look={look}
                    onWrite={props.onWrite}
                    onDraft={props.onDraft}
                    invites={invites}
                    {...(onAdded ? { onAdded } : {})}
                />
            ))}
        </div>
    )
}
