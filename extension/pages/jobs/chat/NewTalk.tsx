import { useState } from "preact/hooks"
import type { MessageKey } from "../../../generated/messages.ts"
import type { LivePerson, Reachability } from "../../../generated/protocol.ts"
import { Button } from "../../../ui/Button.tsx"
import { useDoing } from "../../../ui/client.ts"
import { Field } from "../../../ui/Field.tsx"
import { live } from "../../../ui/live.ts"
import { FailureNotice } from "../../../ui/Notice.tsx"
import { EmptyState, Progress } from "../../../ui/State.tsx"
import { ContactBadge, Person } from "../../../ui/Trust.tsx"
import { t } from "../../../ui/text.ts"
import { BackLine } from "../BackLine.tsx"
import { found, People, PeopleSearch, usePeople } from "./People.tsx"

const WHY = {
    ready: undefined,
    "no-mailbox": "chatNoMailbox",
    "relay-pending": "chatRelayPending",
    undecided: "chatUndecided",
    "no-card": "chatNoCard",
} as const satisfies Record<Reachability, MessageKey | undefined>

interface Props {
    onBack: () => void
    onLetter: (contact: string) => void
    onContact: (contact: string) => void
}

/** Whom to talk with. Whoever cannot be reached is shown too, with what would help. */
export function NewTalk({ onBack, onLetter, onContact }: Props) {
    const [query, setQuery] = useState("")
    const loaded = usePeople()
    return (
        <div class="stack" data-test="new-talk">
            <BackLine onBack={onBack} />
            <h1>{t("chatNew")}</h1>
            <FailureNotice failure={loaded.failure} />
            {!loaded.value && !loaded.failure && <Progress>{t("working")}</Progress>}
            {loaded.value && (
                <>
                    <PeopleSearch autofocus query={query} onInput={setQuery} />
                    {loaded.value.length === 0 && (
                        <EmptyState icon="people" title={t("contactsEmpty")}>
                            {t("chatNoContacts")}
                        </EmptyState>
                    )}
                    <ul class="list" data-test="people">
                        {found(loaded.value, query).map((person) => (
                            <li key={person.contact.id}>
                                <Way person={person} onLetter={onLetter} onContact={onContact} />
                            </li>
                        ))}
                    </ul>
                </>
            )}
        </div>
    )
}

function Way(props: {
    person: LivePerson
    onLetter: (contact: string) => void
    onContact: (contact: string) => void
}) {
    const { contact, reachability, conversation } = props.person
    const why = WHY[reachability]
    if (!why) {
        const href = conversation === null ? `#with=${contact.id}` : `#talk=${conversation}`
        return (
            <a class="item" href={href} data-test="person" data-id={contact.id}>
                <Person contact={contact} />
                <ContactBadge contact={contact} />
            </a>
        )
    }
    const isLetter = reachability === "no-mailbox" || reachability === "no-card"
    return (
        <div
            class="item row-wrap"
            data-test="person-unreachable"
            data-id={contact.id}
            data-why={reachability}
        >
            <Person contact={contact} />
            <ContactBadge contact={contact} />
            <p class="small soft whole">{t(why)}</p>
            <Button
                size="small"
                icon={isLetter ? "pen" : "person"}
                test={isLetter ? "letter-instead" : "to-contact"}
                onPress={() => (isLetter ? props.onLetter : props.onContact)(contact.id)}
            >
                {isLetter ? t("chatLetterInstead") : t("chatToContact")}
            </Button>
        </div>
    )
}

/** A group: a name and people with whom there are sessions. */
export function NewGroup(props: { onBack: () => void; onMade: (conversation: string) => void }) {
    const [name, setName] = useState("")
    const { failure, run } = useDoing()
    const make = (people: string[]) =>
        run(async () => {
            const { conversation } = await live({ type: "create-group", name, people })
            props.onMade(conversation.brief.id)
        })
    return (
        <div class="stack" data-test="new-group">
            <BackLine onBack={props.onBack} />
            <h1>{t("chatNewGroup")}</h1>
            <Field
                autofocus
                test="group-name"
                label={t("chatGroupName")}
                value={name}
                onInput={setName}
                hint={t("chatGroupNameHint")}
            />
            <FailureNotice failure={failure} />
            <People
                without={[]}
                confirm={t("chatMakeGroup")}
                disabled={name.trim() === ""}
                onConfirm={make}
                onCancel={props.onBack}
            />
            <p class="small soft">{t("chatGroupText")}</p>
        </div>
    )
}
