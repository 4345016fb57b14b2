import { useState } from "preact/hooks"
import type { ContactBrief, MessageRequest } from "../../../generated/protocol.ts"
import { Button } from "../../../ui/Button.tsx"
import { Words } from "../../../ui/Compared.tsx"
import { useDoing } from "../../../ui/client.ts"
import { live } from "../../../ui/live.ts"
import { FailureNotice, Notice } from "../../../ui/Notice.tsx"
import { EmptyState } from "../../../ui/State.tsx"
import { toast } from "../../../ui/Toast.tsx"
import { Avatar, Person, TrustBadge } from "../../../ui/Trust.tsx"
import { t } from "../../../ui/text.ts"
import { dayAndTime } from "../../../ui/time.ts"
import { BackLine } from "../BackLine.tsx"
import { BlockQuestion } from "../Blocking.tsx"

interface Props {
    requests: readonly MessageRequest[]
    onBack: () => void
    onAccepted: (conversation: string) => void
    onDecided: () => void
}

/** Who wants to talk. Nothing is answered, and nothing rings, before the person decides. */
export function Requests(props: Props) {
    const { requests, onBack } = props
    return (
        <div class="stack stack-loose" data-test="request-page">
            <BackLine onBack={onBack} />
            <div class="stack stack-tight">
                <h1>{t("chatRequests")}</h1>
                <p class="soft">{t("chatRequestsText")}</p>
            </div>
            {requests.length === 0 && <EmptyState icon="check" title={t("chatNoRequests")} />}
            {requests.map((request) => (
                <Request key={request.conversation} request={request} {...props} />
            ))}
        </div>
    )
}

function Request({ request, onAccepted, onDecided }: { request: MessageRequest } & Props) {
    const { card, contact, conversation, text, group, relay } = request
    const { failure, run } = useDoing()
    const accept = () =>
        run(async () => {
            const verdict = card?.verdict ?? null
            const taken = await live({ type: "accept-request", conversation, verdict })
            onDecided()
            if (taken.conversation) onAccepted(conversation)
            else toast(t("chatRequestJoining"))
        })
    const refuse = (block: boolean) => () =>
        run(async () => {
            await live({ type: "refuse-request", conversation, block })
            onDecided()
        })
    // Another key for a known address is for the contact's page: nothing is accepted here.
    const isAcceptable = !card || ["new", "same", "newer"].includes(card.verdict)
    return (
        <section
            class="card stack"
            data-test="request"
            data-id={conversation}
            data-verdict={card?.verdict ?? "contact"}
        >
            <Who request={request} />
            {text && (
                <blockquote class="request-text" dir="auto" data-test="request-text">
                    {text}
                </blockquote>
            )}
            {card && (
                <div class="stack stack-snug">
                    <h3>{t("cardWords")}</h3>
                    <Words words={card.comparing.words} />
                    <p class="small soft">{t("chatRequestWords")}</p>
                </div>
            )}
            {!isAcceptable && (
                <Notice tone="danger" test="request-other-key">
                    {t("chatRequestOtherKey")}
                </Notice>
            )}
            {group && <p data-test="request-group">{t("chatRequestGroup")}</p>}
            {relay && isAcceptable && (
                <Notice test="request-relay">
                    {t("chatRequestRelay", relay.replace(/^wss?:\/\//u, ""))}
                </Notice>
            )}
            <FailureNotice failure={failure} />
            <div class="row row-wrap">
                {isAcceptable && (
                    <Button kind="primary" test="request-accept" onPress={accept}>
                        {card ? t("chatAcceptAdd") : t("chatAccept")}
                    </Button>
                )}
                <Button test="request-refuse" onPress={refuse(false)}>
                    {t("chatRefuse")}
                </Button>
                <RefuseAndBlock contact={contact} onBlock={refuse(true)} />
            </div>
        </section>
    )
}

/** Asks first about a contact: of somebody who is none there is nothing to lose. */
function RefuseAndBlock(props: { contact: ContactBrief | null; onBlock: () => Promise<void> }) {
    const { contact, onBlock } = props
    const [asking, setAsking] = useState(false)
    return (
        <>
            <Button
                kind="danger"
                icon="block"
                test="request-block"
                onPress={contact ? () => setAsking(true) : onBlock}
            >
                {t("chatRefuseBlock")}
            </Button>
            {asking && contact && (
                <BlockQuestion
                    contact={contact}
                    confirm={t("chatRefuseBlock")}
                    onConfirm={async () => {
                        await onBlock()
                        setAsking(false)
                    }}
                    onCancel={() => setAsking(false)}
                />
            )}
        </>
    )
}

function Who({ request }: { request: MessageRequest }) {
    const { card, contact, at } = request
    if (contact) {
        return (
            <div class="row">
                <Person contact={contact} />
                <TrustBadge trust={contact.trust} />
            </div>
        )
    }
    return (
        <div class="person row-top">
            <Avatar id="" name="" />
            <div class="grow stack stack-tight">
                <h2 dir="auto" data-test="request-name">
                    {t("chatCallsItself", card?.name || t("nameless"))}
                </h2>
                <p class="small soft">{card?.addresses.join(", ")}</p>
                <p class="tiny faint">{dayAndTime(at)}</p>
            </div>
            <TrustBadge trust="unknown" />
        </div>
    )
}
