import { useEffect, useState } from "preact/hooks"
import type { ContactBrief, Invited } from "../generated/protocol.ts"
import { errandFor, openSurface } from "../lib/surface.ts"
import { Button } from "../ui/Button.tsx"
import { desk, useLoaded } from "../ui/client.ts"
import { Field } from "../ui/Field.tsx"
import { Icon } from "../ui/Icon.tsx"
import { mount } from "../ui/mount.tsx"
import { FailureNotice } from "../ui/Notice.tsx"
import { PageBar } from "../ui/PageBar.tsx"
import { EmptyState, Progress } from "../ui/State.tsx"
import { ContactBadge, Person } from "../ui/Trust.tsx"
import { t } from "../ui/text.ts"
import { day } from "../ui/time.ts"
import { Unlocked } from "../ui/Unlock.tsx"
import { AddCard } from "./jobs/AddCard.tsx"
import { AddKey } from "./jobs/AddKey.tsx"
import { ContactView } from "./jobs/ContactView.tsx"
import { Invite } from "./jobs/Invite.tsx"
import { OwnCard } from "./jobs/OwnCard.tsx"

/** What the right side shows, kept in the address: `#add`, `#add-key`, `#own`, `#invite` or `#id=…`. */
function useFragment(): [string, (next: string) => void] {
    const [fragment, setFragment] = useState(location.hash.slice(1))
    useEffect(() => {
        const follow = () => setFragment(location.hash.slice(1))
        addEventListener("hashchange", follow)
        return () => removeEventListener("hashchange", follow)
    }, [])
    const go = (next: string) => {
        location.hash = next
    }
    return [fragment, go]
}

function Contacts() {
    const [query, setQuery] = useState("")
    const [fragment, go] = useFragment()
    const found = useLoaded(query, () => desk({ type: "contacts", query }))
    if (found.failure) return <FailureNotice failure={found.failure} />
    if (!found.value) return <Progress>{t("working")}</Progress>
    const { contacts, invited } = found.value
    const nobody = contacts.length === 0 && invited.length === 0 && query === ""
    return (
        <div class={`split${fragment ? " detail" : ""}${nobody ? " nobody" : ""}`}>
            <div class="split-side stack">
                <div class="row">
                    <h1 class="grow">{t("contactsTitle")}</h1>
                    <Button size="small" icon="plus" test="add" onPress={() => go("add")}>
                        {t("contactsAdd")}
                    </Button>
                </div>
                {!nobody && (
                    <Field
                        hideLabel
                        icon="search"
                        inputMode="search"
                        test="search"
                        label={t("contactsSearch")}
                        placeholder={t("contactsSearch")}
                        value={query}
                        onInput={setQuery}
                    />
                )}
                <ContactList contacts={contacts} query={query} fragment={fragment} />
                <InvitedList invited={invited} />
                <div class="row row-wrap">
                    <Button size="small" icon="person" test="own" onPress={() => go("own")}>
                        {t("contactsOwnCard")}
                    </Button>
                    <Button size="small" icon="letter" test="invite" onPress={() => go("invite")}>
                        {t("contactsInvite")}
                    </Button>
                </div>
            </div>
            <div class="split-main">
                <Side fragment={fragment} go={go} reload={found.reload} nobody={nobody} />
            </div>
        </div>
    )
}

function ContactList(props: { contacts: ContactBrief[]; query: string; fragment: string }) {
    const { contacts, query } = props
    if (contacts.length === 0) {
        return query ? (
            <EmptyState icon="search" title={t("contactsNoMatch", query)}>
                {t("contactsNoMatchText")}
            </EmptyState>
        ) : null
    }
    return (
        <ul class="list" data-test="contacts">
            {contacts.map((contact) => (
                <li key={contact.id}>
                    <a
                        class="item"
                        href={`#id=${contact.id}`}
                        aria-current={props.fragment === `id=${contact.id}`}
                        data-test="contact-item"
                        data-address={contact.address}
                    >
                        <Person contact={contact} />
                        <ContactBadge contact={contact} />
                    </a>
                </li>
            ))}
        </ul>
    )
}

function InvitedList({ invited }: { invited: readonly Invited[] }) {
    if (invited.length === 0) return null
    return (
        <section class="stack stack-snug">
            <h2 class="label">{t("contactsInvited")}</h2>
            <ul class="list" data-test="invited-list">
                {invited.map(({ address, at }) => (
                    <li key={address}>
                        <a class="item" href={`#invite=${encodeURIComponent(address)}`}>
                            <Icon name="clock" size={18} />
                            <span class="grow">
                                <span class="block ellipsis">{address}</span>
                                <span class="block small soft">
                                    {t("contactsInvitedOn", day(at))}
                                </span>
                            </span>
                        </a>
                    </li>
                ))}
            </ul>
        </section>
    )
}

interface SideProps {
    fragment: string
    go: (next: string) => void
    reload: () => void
    nobody: boolean
}

function Side({ fragment, go, reload, nobody }: SideProps) {
    const back = () => go("")
    const write = (id: string) => void openSurface(errandFor("compose", { to: [id] }))
    const [job, argument = ""] = fragment.split("=")
    switch (job) {
        case "id":
            return (
                <ContactView
                    key={argument}
                    id={argument}
                    onBack={back}
                    onWrite={write}
                    onChanged={reload}
                    onForgotten={() => {
                        back()
                        reload()
                    }}
                />
            )
        case "add":
            return (
                <AddCard
                    onBack={back}
                    onWrite={write}
                    onChanged={reload}
                    onKey={() => go("add-key")}
                />
            )
        case "add-key":
            return <AddKey onBack={back} onWrite={write} onChanged={reload} />
        case "own":
            return <OwnCard onBack={back} />
        case "invite":
            return (
                <Invite
                    key={argument}
                    address={decodeURIComponent(argument)}
                    onBack={back}
                    onInvited={reload}
                />
            )
        default:
            return nobody ? (
                <EmptyState
                    icon="people"
                    title={t("contactsEmpty")}
                    actions={
                        <>
                            <Button kind="primary" test="empty-invite" onPress={() => go("invite")}>
                                {t("contactsInvite")}
                            </Button>
                            <Button test="empty-add" onPress={() => go("add")}>
                                {t("contactsAdd")}
                            </Button>
                        </>
                    }
                >
                    {t("contactsEmptyText")}
                </EmptyState>
            ) : (
                <EmptyState icon="people" title={t("contactsPick")} />
            )
    }
}

mount(
    "navContacts",
    <div class="page">
        <PageBar current="contacts.html" />
        <main class="page-main wide">
            <Unlocked>
                <Contacts />
            </Unlocked>
        </main>
    </div>,
)
