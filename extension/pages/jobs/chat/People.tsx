import { useState } from "preact/hooks"
import type { LivePerson } from "../../../generated/protocol.ts"
import { Button } from "../../../ui/Button.tsx"
import { useLoaded } from "../../../ui/client.ts"
import { Field } from "../../../ui/Field.tsx"
import { live } from "../../../ui/live.ts"
import { FailureNotice } from "../../../ui/Notice.tsx"
import { EmptyState, Progress } from "../../../ui/State.tsx"
import { Person, TrustBadge } from "../../../ui/Trust.tsx"
import { t } from "../../../ui/text.ts"

interface Props {
    /** Contact ids that are not offered. */
    without: readonly string[]
    confirm: string
    disabled?: boolean
    onConfirm: (people: string[]) => Promise<void>
    onCancel: () => void
}

/** Contacts to put into a group; those who cannot be are shown with the reason. */
export function People({ without, confirm, disabled, onConfirm, onCancel }: Props) {
    const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
    const [query, setQuery] = useState("")
    const loaded = usePeople()
    if (loaded.failure) return <FailureNotice failure={loaded.failure} />
    if (!loaded.value) return <Progress>{t("working")}</Progress>
    const offered = found(loaded.value, query).filter(
        ({ contact }) => !without.includes(contact.id),
    )
    const toggle = (id: string) => {
        const next = new Set(chosen)
        if (!next.delete(id)) next.add(id)
        setChosen(next)
    }
    return (
        <>
            <PeopleSearch query={query} onInput={setQuery} />
            {offered.length === 0 && <EmptyState icon="people" title={t("chatNobodyToAdd")} />}
            <ul class="list people" data-test="people">
                {offered.map((person) => (
                    <li key={person.contact.id}>
                        <Choice
                            person={person}
                            chosen={chosen.has(person.contact.id)}
                            onToggle={() => toggle(person.contact.id)}
                        />
                    </li>
                ))}
            </ul>
            <div class="row">
                <Button
                    kind="primary"
                    test="people-confirm"
                    disabled={chosen.size === 0 || (disabled ?? false)}
                    onPress={() => onConfirm([...chosen])}
                >
                    {confirm}
                </Button>
                <Button kind="quiet" test="people-cancel" onPress={onCancel}>
                    {t("cancel")}
                </Button>
            </div>
        </>
    )
}

function Choice(props: { person: LivePerson; chosen: boolean; onToggle: () => void }) {
    const { person, chosen } = props
    return (
        <label class="item" data-test="person-choice" data-id={person.contact.id}>
            <input
                type="checkbox"
                checked={chosen}
                disabled={!person.canAdd}
                onChange={props.onToggle}
            />
            <Person contact={person.contact} />
            {person.canAdd ? (
                <TrustBadge trust={person.contact.trust} />
            ) : (
                <span class="small soft">{t("chatWriteFirst")}</span>
            )}
        </label>
    )
}

/** Everybody who could be talked with, as contacts and sessions stand now. */
export function usePeople() {
    return useLoaded("people", async () => (await live({ type: "people" })).people)
}

interface Search {
    query: string
    onInput: (query: string) => void
    autofocus?: boolean
}

/** The field that `found` takes its words from. */
export function PeopleSearch({ query, onInput, autofocus }: Search) {
    return (
        <Field
            hideLabel
            autofocus={autofocus ?? false}
            icon="search"
            test="people-search"
            label={t("contactsSearch")}
            placeholder={t("contactsSearch")}
            value={query}
            onInput={onInput}
        />
    )
}

/** Those whose name or address has the words. */
export function found(people: readonly LivePerson[], query: string): LivePerson[] {
    const words = query.trim().toLocaleLowerCase()
    return people.filter(({ contact }) =>
        `${contact.name} ${contact.address}`.toLocaleLowerCase().includes(words),
    )
}
