import type { MessageKey } from "../../generated/messages.ts"
import type {
    ClassicalChoice,
    PageField,
    Recipient,
    RecipientState,
} from "../../generated/protocol.ts"
import { Button, IconButton } from "../../ui/Button.tsx"
import { Avatar, ContactBadge } from "../../ui/Trust.tsx"
import { t } from "../../ui/text.ts"
import { PersonPicker } from "./PersonPicker.tsx"

const FROM_PAGE = {
    to: "composeFromPageTo",
    cc: "composeFromPageCc",
    bcc: "composeFromPageBcc",
} satisfies Record<PageField, MessageKey>

const STATE = {
    ready: undefined,
    "no-card": "recipientNoCard",
    invited: "recipientInvited",
    changed: "recipientChanged",
    blocked: "recipientBlocked",
    classical: "recipientClassical",
    bcc: "recipientBcc",
} satisfies Record<RecipientState, MessageKey | undefined>

export interface RecipientChoice {
    choose: (recipient: Recipient, chosen: boolean) => void
    add: (choice: { contact: string } | { address: string }) => void
    invite: (address: string, name: string) => Promise<void>
    decide: (contactId: string) => void
    decideBcc: (address: string, nextLetter: boolean) => Promise<void>
    decideClassical: (choice: ClassicalChoice) => void
}

/** Who the letter is for. What the page suggests is shown as such; the person chooses. */
export function Recipients(props: { recipients: readonly Recipient[]; choice: RecipientChoice }) {
    return (
        <section class="recipients" aria-label={t("composeTo")} data-test="recipients">
            <ul>
                {props.recipients.map((recipient) => (
                    <Row
                        key={`${recipient.contact?.id ?? ""} ${recipient.address}`}
                        recipient={recipient}
                        choice={props.choice}
                    />
                ))}
            </ul>
            <PersonPicker
                autofocus={props.recipients.length === 0}
                taken={props.recipients}
                onPick={props.choice.add}
            />
        </section>
    )
}

function Row({ recipient, choice }: { recipient: Recipient; choice: RecipientChoice }) {
    const { contact, state, chosen } = recipient
    const name = contact?.name || recipient.address
    return (
        <li
            class={chosen ? "recipient" : "recipient off"}
            data-test="recipient"
            data-state={state}
            data-chosen={chosen}
            data-address={recipient.address}
        >
            <Avatar id={contact?.id ?? ""} name={name} />
            <div class="grow">
                <p class="row recipient-line">
                    <span class="person-name ellipsis" dir="auto">
                        {name}
                    </span>
                    {contact && <ContactBadge contact={contact} />}
                </p>
                <Notes recipient={recipient} />
                <RowAction recipient={recipient} name={name} choice={choice} />
            </div>
            {state !== "bcc" && (
                <IconButton
                    small
                    test={chosen ? "recipient-remove" : "recipient-add"}
                    icon={chosen ? "close" : "plus"}
                    label={chosen ? t("recipientRemove", name) : t("recipientAdd", name)}
                    onPress={() => choice.choose(recipient, !chosen)}
                />
            )}
        </li>
    )
}

function Notes({ recipient }: { recipient: Recipient }) {
    const { contact, state, fromPage } = recipient
    const note = STATE[state]
    return (
        <p class="recipient-notes tiny faint">
            {contact?.name && <span>{recipient.address}</span>}
            {note && <span class="strong">{t(note)}</span>}
            {fromPage && <span>{t(FROM_PAGE[fromPage])}</span>}
        </p>
    )
}

function RowAction(props: { recipient: Recipient; name: string; choice: RecipientChoice }) {
    const { recipient, name, choice } = props
    const { address, contact } = recipient
    switch (recipient.state) {
        case "no-card":
        case "invited": {
            const first = recipient.state === "no-card"
            return (
                <div class="recipient-action">
                    <Button
                        size="small"
                        kind={first ? "primary" : "plain"}
                        icon="letter"
                        test="invite"
                        onPress={() => choice.invite(address, name)}
                    >
                        {first ? t("recipientInvite", name) : t("recipientInviteAgain")}
                    </Button>
                </div>
            )
        }
        case "changed":
            return (
                contact && (
                    <div class="recipient-action">
                        <Button
                            size="small"
                            kind="danger"
                            test="recipient-decide"
                            onPress={() => choice.decide(contact.id)}
                        >
                            {t("recipientDecide")}
                        </Button>
                    </div>
                )
            )
        case "bcc":
            return (
                <div class="recipient-action stack stack-snug" data-test="bcc">
                    <p class="small soft">{t("bccText", name)}</p>
                    <div class="row row-wrap">
                        <Button
                            size="small"
                            test="bcc-next"
                            onPress={() => choice.decideBcc(address, true)}
                        >
                            {t("bccNext")}
                        </Button>
                        <Button
                            size="small"
                            test="bcc-leave"
                            onPress={() => choice.decideBcc(address, false)}
                        >
                            {t("bccLeave")}
                        </Button>
                    </div>
                </div>
            )
        default:
            return null
    }
}
