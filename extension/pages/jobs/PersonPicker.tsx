import type { TargetedKeyboardEvent } from "preact"
import { useEffect, useId, useRef, useState } from "preact/hooks"
import type { ContactBrief, Recipient } from "../../generated/protocol.ts"
import { desk } from "../../ui/client.ts"
import { Icon } from "../../ui/Icon.tsx"
import { ContactBadge, Person } from "../../ui/Trust.tsx"
import { t } from "../../ui/text.ts"

const SHOWN = 6

type Choice = { contact: string } | { address: string }

/** Finds a contact by name or address; a full address can be taken as it is. */
export function PersonPicker(props: {
    taken: readonly Recipient[]
    autofocus: boolean
    onPick: (choice: Choice) => void
}) {
    const input = useRef<HTMLInputElement>(null)
    const first = useRef(props.autofocus)
    useEffect(() => {
        if (first.current) input.current?.focus()
    }, [])
    const [query, setQuery] = useState("")
    const [at, setAt] = useState(0)
    const [here, setHere] = useState(false)
    const list = useId()
    const found = useFound(query, props.taken)
    const pick = (choice: Choice) => {
        props.onPick(choice)
        setQuery("")
        setAt(0)
    }
    const take = () => {
        const contact = found[at]
        if (contact) pick({ contact: contact.id })
        else if (query.includes("@")) pick({ address: query.trim() })
    }
    // Leaving the field takes what is an address already, never a mere suggestion.
    const takeAddress = () => {
        if (found.length === 0 && query.includes("@")) pick({ address: query.trim() })
    }
    const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
        const steps: Record<string, () => void> = {
            ArrowDown: () => setAt(Math.min(at + 1, found.length - 1)),
            ArrowUp: () => setAt(Math.max(at - 1, 0)),
            Enter: take,
            ",": take,
            Escape: () => setQuery(""),
        }
        const step = steps[event.key]
        if (!step || event.isComposing || !query) return
        event.preventDefault()
        step()
    }
    // It would lie over what Tab leads to.
    const open = here && query !== "" && found.length > 0
    return (
        <div class="picker">
            <Icon name="plus" />
            <input
                ref={input}
                type="text"
                role="combobox"
                value={query}
                placeholder={t("composeAddPerson")}
                aria-label={t("composeAddPerson")}
                aria-expanded={open}
                aria-controls={list}
                aria-autocomplete="list"
                aria-activedescendant={open ? `${list}-${at}` : undefined}
                autocomplete="off"
                spellcheck={false}
                data-test="add-person"
                onInput={(event) => setQuery(event.currentTarget.value)}
                onKeyDown={onKeyDown}
                onFocus={() => setHere(true)}
                onBlur={() => {
                    setHere(false)
                    takeAddress()
                }}
            />
            <div id={list} role="listbox" hidden={!open} class="picker-list">
                {found.map((contact, index) => (
                    <div
                        key={contact.id}
                        id={`${list}-${index}`}
                        role="option"
                        tabIndex={-1}
                        aria-selected={index === at}
                        data-test="person-option"
                        onMouseDown={(event) => {
                            event.preventDefault()
                            pick({ contact: contact.id })
                        }}
                        onMouseEnter={() => setAt(index)}
                    >
                        <Person contact={contact} />
                        <ContactBadge contact={contact} />
                    </div>
                ))}
            </div>
        </div>
    )
}

function useFound(query: string, taken: readonly Recipient[]): ContactBrief[] {
    const [contacts, setContacts] = useState<ContactBrief[]>([])
    useEffect(() => {
        let wanted = true
        if (!query.trim()) {
            setContacts([])
            return
        }
        desk({ type: "contacts", query: query.trim() }).then(
            (reply) => wanted && setContacts(reply.contacts),
            () => wanted && setContacts([]),
        )
        return () => {
            wanted = false
        }
    }, [query])
    const ids = new Set(taken.filter((one) => one.chosen).map((one) => one.contact?.id))
    return contacts.filter((contact) => !ids.has(contact.id)).slice(0, SHOWN)
}
