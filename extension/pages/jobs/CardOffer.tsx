import { useState } from "preact/hooks"
import type { MessageKey } from "../../generated/messages.ts"
import type { CardLook, CardVerdict, Contact, DraftBrief } from "../../generated/protocol.ts"
import { Button } from "../../ui/Button.tsx"
import { Words } from "../../ui/Compared.tsx"
import { desk, useDoing } from "../../ui/client.ts"
import { FailureNotice, Notice } from "../../ui/Notice.tsx"
import { Avatar } from "../../ui/Trust.tsx"
import { t } from "../../ui/text.ts"
import { ContactView } from "./ContactView.tsx"

interface Props {
    look: CardLook
    onWrite: (contactId: string) => void
    onDraft: (draftId: string) => void
    onAdded?: (contact: Contact) => void
    /** The card came as an invitation, which waits for an answer. */
    invites?: boolean
}

const TEXTS = {
    new: { title: "cardNew", text: "cardNewText" },
    own: { title: "cardOwn", text: "cardOwnText" },
    same: { title: "cardSame", text: "cardSameText" },
    newer: { title: "cardNewer", text: "cardNewerText" },
    older: { title: "cardOlder", text: "cardOlderText" },
    "other-key": { title: "cardOtherKey", text: "cardOtherKeyText" },
    blocked: { title: "cardBlocked", text: "cardBlockedText" },
} as const satisfies Record<CardVerdict, { title: MessageKey; text: MessageKey }>

/** A card that was found: what it claims, and the one thing to do with it. */
export function CardOffer(props: Props) {
    const [taken, setTaken] = useState<{ contact: Contact; drafts: DraftBrief[] }>()
    const [comparing, setComparing] = useState<string>()
    const { failure, run } = useDoing()
    const { look } = props
    const take = (answering: boolean) =>
        run(async () => {
            const reply = await desk({
                type: "accept-card",
                card: look.card,
                verdict: look.verdict,
            })
            // A letter that waited for this card comes first; it is shown beside *Write back*.
            if (answering && reply.drafts.length === 0) return props.onWrite(reply.contact.brief.id)
            setTaken(reply)
            props.onAdded?.(reply.contact)
        })
    // Nothing is accepted: the other card is laid before the person, with the decision.
    const compare = () =>
        run(async () => {
            const { card, verdict } = look
            const { contact } = await desk({ type: "accept-card", card, verdict })
            setComparing(contact.brief.id)
        })
    if (comparing) return <ContactView id={comparing} onBack={() => setComparing(undefined)} />
    if (taken) return <Added {...props} {...taken} />
    return (
        <section
            class={look.verdict === "other-key" ? "card stack card-alarm" : "card stack"}
            data-test="card"
            data-verdict={look.verdict}
        >
            <CardHead look={look} />
            {(look.verdict === "new" || look.verdict === "other-key") && <CardWords look={look} />}
            <FailureNotice failure={failure} />
            <CardAction
                {...props}
                onAccept={() => take(false)}
                onAcceptAndWrite={() => take(true)}
                onCompare={compare}
            />
        </section>
    )
}

function CardHead({ look }: { look: CardLook }) {
    const { title, text } = TEXTS[look.verdict]
    // The name a known person goes by here, not the one another key gives itself.
    const known = look.contact?.name || look.contact?.address
    const name = known ?? (look.name || look.addresses[0] || t("nameless"))
    return (
        <>
            <div class="person row-top">
                <Avatar id={look.contact?.id ?? ""} name={look.name} />
                <div class="grow stack stack-tight">
                    <h2 dir="auto">{headline(title, name)}</h2>
                    <p class="small soft">{headline(text, name)}</p>
                </div>
            </div>
            <dl class="facts small">
                <dt>{t("cardClaims")}</dt>
                <dd>
                    <span class="strong" dir="auto" data-test="card-name">
                        {look.name}
                    </span>
                    {look.addresses.map((address) => (
                        <span key={address} class="block" data-test="card-address">
                            {address}
                        </span>
                    ))}
                </dd>
            </dl>
        </>
    )
}

type Headline = (typeof TEXTS)[CardVerdict]["title" | "text"]

/** Some of these texts name the person. */
function headline(key: Headline, name: string): string {
    switch (key) {
        case "cardNew":
        case "cardSame":
        case "cardNewer":
        case "cardOlder":
        case "cardOtherKey":
        case "cardOtherKeyText":
            return t(key, name)
        default:
            return t(key)
    }
}

function CardWords({ look }: { look: CardLook }) {
    const other = look.verdict === "other-key"
    return (
        <div class="stack stack-snug">
            <h3>{other ? t("cardOtherKeyWords") : t("cardWords")}</h3>
            <Words words={look.comparing.words} />
            {!other && <p class="small soft">{t("cardFrom")}</p>}
        </div>
    )
}

function CardAction(
    props: Props & {
        onAccept: () => Promise<void>
        onAcceptAndWrite: () => Promise<void>
        onCompare: () => Promise<void>
    },
) {
    const { look } = props
    const { contact } = look
    switch (look.verdict) {
        case "new":
            return (
                <>
                    {props.invites && (
                        <Button
                            wide
                            kind="primary"
                            test="card-add-write"
                            icon="pen"
                            onPress={props.onAcceptAndWrite}
                        >
                            {t("addAndWrite")}
                        </Button>
                    )}
                    <Button
                        wide
                        kind={props.invites ? "plain" : "primary"}
                        test="card-add"
                        icon="plus"
                        onPress={props.onAccept}
                    >
                        {look.name ? t("addName", look.name) : t("addContact")}
                    </Button>
                </>
            )
        case "newer":
            return (
                <Button wide kind="primary" test="card-update" onPress={props.onAccept}>
                    {t("cardUpdate")}
                </Button>
            )
        case "other-key":
            return (
                <Button wide test="card-compare" onPress={props.onCompare}>
                    {t("cardCompare")}
                </Button>
            )
        case "same":
            return (
                contact && (
                    <Button wide test="write-back" onPress={() => props.onWrite(contact.id)}>
                        {t("writeBack")}
                    </Button>
                )
            )
        default:
            return null
    }
}

function Added(props: Props & { contact: Contact; drafts: readonly DraftBrief[] }) {
    const { brief } = props.contact
    const name = brief.name || brief.address
    return (
        <section class="stack" data-test="card-added">
            <Notice tone="good" title={t("cardAdded", name)}>
                {t("cardAddedText")}
            </Notice>
            {props.drafts.map((draft) => (
                <Notice
                    key={draft.id}
                    icon="letter"
                    test="draft-ready"
                    title={t("cardDraftReady", name)}
                    actions={
                        <Button
                            size="small"
                            kind="primary"
                            test="seal-waiting"
                            onPress={() => props.onDraft(draft.id)}
                        >
                            {t("cardDraftSeal")}
                        </Button>
                    }
                >
                    <span class="ellipsis block">{draft.title}</span>
                </Notice>
            ))}
            <Button
                wide
                kind={props.drafts.length === 0 ? "primary" : "plain"}
                test="write-back"
                icon="pen"
                onPress={() => props.onWrite(brief.id)}
            >
                {t("writeBack")}
            </Button>
        </section>
    )
}
