import type { Contact } from "../../generated/protocol.ts"
import { Button, IconButton } from "../../ui/Button.tsx"
import { desk, useDoing, useLoaded } from "../../ui/client.ts"
import { copy } from "../../ui/clipboard.ts"
import { FailureNotice, Notice } from "../../ui/Notice.tsx"
import { Progress } from "../../ui/State.tsx"
import { toast } from "../../ui/Toast.tsx"
import { Avatar, ContactBadge, TRUST_MEANING } from "../../ui/Trust.tsx"
import { names, t } from "../../ui/text.ts"
import { day } from "../../ui/time.ts"
import { BlockButton } from "./Blocking.tsx"
import { ChangeDecision } from "./ChangeDecision.tsx"
import { Compare } from "./Compare.tsx"

interface Props {
    id: string
    onBack?: () => void
    onWrite?: (id: string) => void
    /** The list beside this view has to be painted anew. */
    onChanged?: () => void
    onForgotten?: () => void
}

/** A contact in full: who, how sure, and everything that can be done about it. */
export function ContactView(props: Props) {
    const loaded = useLoaded(props.id, async () => {
        const reply = await desk({ type: "contact", id: props.id })
        return reply.contact
    })
    if (loaded.failure) return <FailureNotice failure={loaded.failure} />
    if (!loaded.value) return <Progress>{t("working")}</Progress>
    const changed = () => {
        loaded.reload()
        props.onChanged?.()
    }
    return <Detail {...props} contact={loaded.value} onChanged={changed} />
}

function Detail(props: Props & { contact: Contact; onChanged: () => void }) {
    const { contact, onChanged, onBack } = props
    const { brief } = contact
    const name = brief.name || brief.address
    return (
        <div class="stack stack-loose" data-test="contact" data-trust={brief.trust}>
            {onBack && (
                <div class="contact-back">
                    <IconButton small test="back" icon="back" label={t("back")} onPress={onBack} />
                </div>
            )}
            <header class="row row-top contact-head">
                <Avatar large id={brief.id} name={name} />
                <div class="grow stack stack-tight">
                    <p class="row row-wrap">
                        <span class="contact-name" dir="auto" data-test="contact-name">
                            {name}
                        </span>
                        <ContactBadge contact={brief} />
                    </p>
                    {contact.addresses.map((address) => (
                        <p key={address} class="soft">
                            {address}
                        </p>
                    ))}
                </div>
            </header>
            <p class="small soft" data-test="trust-meaning">
                {t(contact.key === null ? TRUST_MEANING[brief.trust] : "keyMeaning")}
            </p>
            {contact.challenger && (
                <ChangeDecision
                    id={brief.id}
                    name={name}
                    challenger={contact.challenger}
                    onDecided={onChanged}
                />
            )}
            {contact.pending && <Pending contact={contact} onAccepted={onChanged} />}
            {contact.classical && <Notice tone="caution">{t("contactClassical")}</Notice>}
            <Actions {...props} name={name} />
            {contact.comparing && brief.trust !== "blocked" && brief.trust !== "changed" && (
                <Compare
                    contact={contact}
                    comparing={contact.comparing}
                    name={name}
                    onCompared={onChanged}
                />
            )}
            {contact.key !== null && <PlainKey text={contact.key} />}
            <Facts contact={contact} />
        </div>
    )
}

function PlainKey({ text }: { text: string }) {
    return (
        <section class="card stack stack-snug" data-test="plain-key">
            <h2>{t("keyText")}</h2>
            <code class="plain-key">{text}</code>
            <div>
                <Button size="small" icon="copy" test="key-copy" onPress={() => copy(text)}>
                    {t("copy")}
                </Button>
            </div>
        </section>
    )
}

function Facts({ contact }: { contact: Contact }) {
    return (
        <dl class="facts small">
            <dt>{contact.key === null ? t("contactSince") : t("contactKeySince")}</dt>
            <dd>{day(contact.since)}</dd>
            {contact.key === null && (
                <>
                    <dt>{t("contactLetters")}</dt>
                    <dd class="num" data-test="contact-letters">
                        {contact.letters}
                    </dd>
                </>
            )}
            {contact.verifiedAt !== null && (
                <>
                    <dt>{t("contactVerifiedAt")}</dt>
                    <dd>{day(contact.verifiedAt)}</dd>
                </>
            )}
        </dl>
    )
}

function Pending({ contact, onAccepted }: { contact: Contact; onAccepted: () => void }) {
    const { failure, run } = useDoing()
    const { pending, brief } = contact
    if (!pending) return null
    const accept = () =>
        run(async () => {
            await desk({ type: "accept-change", id: brief.id })
            onAccepted()
        })
    return (
        <Notice
            test="pending"
            title={t("pendingTitle")}
            actions={
                <Button size="small" test="accept-change" onPress={accept}>
                    {t("pendingAccept")}
                </Button>
            }
        >
            <p>{t("pendingName", pending.name)}</p>
            <p>{t("pendingAddresses", names(pending.addresses))}</p>
            <FailureNotice failure={failure} />
        </Notice>
    )
}

function Actions(props: Props & { contact: Contact; name: string; onChanged: () => void }) {
    const { failure, run } = useDoing()
    const { brief } = props.contact
    const { id, trust } = brief
    const { onWrite } = props
    const block = (blocked: boolean) =>
        run(async () => {
            await desk({ type: "block", id, blocked })
            props.onChanged()
        })
    const forget = () =>
        run(async () => {
            await desk({ type: "forget-contact", id })
            props.onForgotten?.()
            toast(t("contactForgotten", props.name), async () => {
                await desk({ type: "undo-forget" })
                props.onChanged()
            })
        })
    return (
        <div class="stack stack-snug">
            <div class="row row-wrap">
                {onWrite && (trust === "known" || trust === "verified") && (
                    <Button
                        kind="primary"
                        icon="pen"
                        test="contact-write"
                        onPress={() => onWrite(id)}
                    >
                        {t("contactWrite")}
                    </Button>
                )}
                {props.contact.key === null && <BlockButton contact={brief} onBlock={block} />}
                {props.onForgotten && (
                    <Button test="forget" icon="trash" onPress={forget}>
                        {t("contactForget")}
                    </Button>
                )}
            </div>
            <FailureNotice failure={failure} />
        </div>
    )
}
