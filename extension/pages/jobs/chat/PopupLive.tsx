import type { LivePerson, LiveStatus } from "../../../generated/protocol.ts"
import { api } from "../../../lib/browser.ts"
import { Button } from "../../../ui/Button.tsx"
import { useLive, useLiveStatus } from "../../../ui/live.ts"
import { FailureNotice } from "../../../ui/Notice.tsx"
import { Avatar } from "../../../ui/Trust.tsx"
import { count, t } from "../../../ui/text.ts"
import { usePeople } from "./People.tsx"
import { ReachableSwitch } from "./Relay.tsx"
import { Unread } from "./TalkList.tsx"

/** As many as fit beside the rest of the popup. */
const SHOWN = 6

/** Opens the chat page at a place of it, and puts the popup away. */
async function toChat(hash: string): Promise<void> {
    await api.tabs.create({ url: api.runtime.getURL(`pages/chat.html${hash}`) })
    window.close()
}

/** Live, in the popup: the switch, what came, and who is there. */
export function PopupLive() {
    const { live: status, failure, take } = useLiveStatus()
    if (failure) {
        return (
            <section class="popup-section">
                <FailureNotice failure={failure} />
            </section>
        )
    }
    if (!status) return null
    if (status.relay === null) {
        return (
            <section class="popup-section" data-test="popup-live" data-reach="none">
                <Button wide icon="chat" test="popup-relay" onPress={() => toChat("")}>
                    {t("popupNoRelay")}
                </Button>
            </section>
        )
    }
    return (
        <section class="popup-section" data-test="popup-live" data-reach={status.reach}>
            <ReachableSwitch status={status} take={take} />
            <Waiting status={status} />
            <People />
        </section>
    )
}

function Waiting({ status }: { status: LiveStatus }) {
    const { unread, requests } = status
    return (
        <>
            {unread > 0 && (
                <Button wide icon="chat" test="popup-unread" onPress={() => toChat("")}>
                    {count("popupUnread", unread)}
                </Button>
            )}
            {requests > 0 && (
                <Button
                    wide
                    kind="quiet"
                    icon="person"
                    test="popup-requests"
                    onPress={() => toChat("#requests")}
                >
                    {count("popupRequests", requests)}
                </Button>
            )}
        </>
    )
}

function People() {
    const loaded = usePeople()
    useLive((event) => {
        if (event.type === "conversations" || event.type === "presence") loaded.reload()
    }, loaded.reload)
    const shown = (loaded.value ?? []).filter(isOfNote).sort(byNote).slice(0, SHOWN)
    return (
        <>
            <FailureNotice failure={loaded.failure} />
            {shown.length > 0 && (
                <ul class="popup-people" aria-label={t("popupPeople")} data-test="popup-people">
                    {shown.map((person) => (
                        <li key={person.contact.id}>
                            <PersonItem person={person} />
                        </li>
                    ))}
                </ul>
            )}
        </>
    )
}

/** Whoever can be talked with; contacts for letters alone have their own page. */
function isOfNote({ reachability, conversation }: LivePerson): boolean {
    return reachability === "ready" || conversation !== null
}

/** What is unread first, then who is there; within both as it came, by name. */
function byNote(a: LivePerson, b: LivePerson): number {
    const isHere = ({ presence }: LivePerson) => Number(presence === "here")
    return Number(b.unread > 0) - Number(a.unread > 0) || isHere(b) - isHere(a)
}

function PersonItem({ person }: { person: LivePerson }) {
    const { contact, presence, unread, conversation } = person
    const name = contact.name || contact.address
    const open = () =>
        toChat(conversation === null ? `#with=${contact.id}` : `#talk=${conversation}`)
    return (
        <button
            type="button"
            class="item"
            data-test="popup-person"
            data-id={contact.id}
            data-presence={presence}
            onClick={() => void open()}
        >
            <span class="face" data-presence={presence}>
                <Avatar id={contact.id} name={name} />
            </span>
            <span class="grow ellipsis" dir="auto">
                {name}
            </span>
            {presence === "here" && <span class="small soft">{t("chatHere")}</span>}
            <Unread amount={unread} />
        </button>
    )
}
