import { useEffect, useState } from "preact/hooks"
import type { LiveStatus } from "../generated/protocol.ts"
import { errandFor, openContacts, openSurface } from "../lib/surface.ts"
import { Button, IconButton } from "../ui/Button.tsx"
import { useLiveStatus } from "../ui/live.ts"
import { mount } from "../ui/mount.tsx"
import { FailureNotice } from "../ui/Notice.tsx"
import { PageBar } from "../ui/PageBar.tsx"
import { needsPass, reachWords } from "../ui/reach.ts"
import { EmptyState, Progress } from "../ui/State.tsx"
import { t } from "../ui/text.ts"
import { Unlocked } from "../ui/Unlock.tsx"
import { NewGroup, NewTalk } from "./jobs/chat/NewTalk.tsx"
import { ChooseRelay, LiveChoices } from "./jobs/chat/Relay.tsx"
import { Requests } from "./jobs/chat/Requests.tsx"
import { SearchTalk } from "./jobs/chat/SearchTalk.tsx"
import { TalkDetails } from "./jobs/chat/TalkDetails.tsx"
import { TalkList } from "./jobs/chat/TalkList.tsx"
import { TalkView } from "./jobs/chat/TalkView.tsx"
import { newsTitle } from "./jobs/chat/useNews.ts"
import { useTalks } from "./jobs/chat/useTalks.ts"

/** What the address says: `#talk=ID`, `#talk=ID&at=POSITION`, `#new`, …; see the README. */
interface Place {
    job: string
    id: string
    at: number | undefined
}

function placeOf(hash: string): Place {
    const [first = "", second = ""] = hash.slice(1).split("&")
    const [job = "", id = ""] = first.split("=")
    const at = second.startsWith("at=") ? Number.parseInt(second.slice(3), 10) : Number.NaN
    return { job, id, at: Number.isNaN(at) ? undefined : at }
}

function usePlace(): Place {
    const [place, setPlace] = useState(placeOf(location.hash))
    useEffect(() => {
        const follow = () => setPlace(placeOf(location.hash))
        addEventListener("hashchange", follow)
        return () => removeEventListener("hashchange", follow)
    }, [])
    return place
}

function go(hash: string): void {
    location.hash = hash
}

function Chat() {
    const { live, failure, take } = useLiveStatus()
    if (failure) return <FailureNotice failure={failure} />
    if (!live) return <Progress>{t("working")}</Progress>
    return <Started live={live} take={take} />
}

interface Standing {
    live: LiveStatus
    take: (live: LiveStatus) => void
}

function Started({ live, take }: Standing) {
    const place = usePlace()
    const talks = useTalks()
    useEffect(() => {
        document.title = newsTitle(live.unread)
    }, [live.unread])
    const { conversations, requests } = talks
    // Nothing was ever said, and there is no relay: the page begins with the words about it.
    if (live.relay === null && conversations?.length === 0 && requests.length === 0) {
        return <ChooseRelay status={live} take={take} />
    }
    return (
        <div class={`chat${place.job ? " detail" : ""}`}>
            <aside class="chat-side" aria-label={t("chatTalks")}>
                <div class="row chat-side-head">
                    <h1 class="grow">{t("navChat")}</h1>
                    <IconButton
                        small
                        test="search-all"
                        icon="search"
                        label={t("chatSearchAll")}
                        onPress={() => go("search")}
                    />
                    <IconButton
                        small
                        test="new-group"
                        icon="people"
                        label={t("chatNewGroup")}
                        onPress={() => go("group")}
                    />
                    <IconButton
                        small
                        test="new-talk"
                        icon="plus"
                        label={t("chatNew")}
                        onPress={() => go("new")}
                    />
                </div>
                <FailureNotice failure={talks.failure} />
                {conversations && (
                    <TalkList
                        conversations={conversations}
                        requests={requests}
                        typing={talks.typing}
                        current={place.job === "requests" ? "requests" : place.id}
                    />
                )}
                {conversations?.length === 0 && requests.length === 0 && (
                    <EmptyState
                        icon="chat"
                        title={t("chatEmpty")}
                        actions={
                            <Button kind="primary" test="empty-new" onPress={() => go("new")}>
                                {t("chatNew")}
                            </Button>
                        }
                    >
                        {t("chatEmptyText")}
                    </EmptyState>
                )}
                <a
                    class="reach-line"
                    href={live.relay === null || needsPass(live) ? "#relay" : "#settings"}
                    data-test="reach-line"
                    data-reach={live.reach}
                >
                    <span class="reach-dot" aria-hidden="true" />
                    <span class="grow small">
                        {live.relay === null ? t("relayNone") : reachWords(live)}
                    </span>
                </a>
            </aside>
            <div class="chat-main">
                <Side place={place} talks={talks} live={live} take={take} />
            </div>
        </div>
    )
}

interface SideProps extends Standing {
    place: Place
    talks: ReturnType<typeof useTalks>
}

function Side({ place, talks, live, take }: SideProps) {
    const { job, id, at } = place
    const back = () => go("")
    const letter = (contact: string) => void openSurface(errandFor("compose", { to: [contact] }))
    switch (job) {
        case "talk":
        case "with":
            return (
                <TalkView
                    key={`${job} ${id}`}
                    id={id}
                    with={job === "with"}
                    position={at}
                    onBack={back}
                    onDetails={(conversation) => go(`about=${conversation}`)}
                    onSearch={(conversation) => go(`find=${conversation}`)}
                    onLetter={letter}
                />
            )
        case "about":
            return (
                <Padded>
                    <TalkDetails
                        key={id}
                        id={id}
                        onBack={() => go(`talk=${id}`)}
                        onGone={() => {
                            talks.reload()
                            back()
                        }}
                    />
                </Padded>
            )
        case "find":
            return (
                <Padded>
                    <SearchTalk key={id} conversation={id} onBack={() => go(`talk=${id}`)} />
                </Padded>
            )
        default:
            return (
                <Padded>
                    <Other job={job} talks={talks} live={live} take={take} onLetter={letter} />
                </Padded>
            )
    }
}

function Padded({ children }: { children: preact.ComponentChildren }) {
    return <div class="chat-page">{children}</div>
}

function Other(
    props: Omit<SideProps, "place"> & { job: string; onLetter: (contact: string) => void },
) {
    const { talks, live, take } = props
    const back = () => go("")
    switch (props.job) {
        case "new":
            return (
                <NewTalk
                    onBack={back}
                    onLetter={props.onLetter}
                    onContact={(contact) => void openContacts(`id=${contact}`)}
                />
            )
        case "group":
            return <NewGroup onBack={back} onMade={(made) => go(`talk=${made}`)} />
        case "requests":
            return (
                <Requests
                    requests={talks.requests}
                    onBack={back}
                    onAccepted={(conversation) => go(`talk=${conversation}`)}
                    onDecided={talks.reload}
                />
            )
        case "search":
            return <SearchTalk conversation={null} onBack={back} />
        case "relay":
            return <ChooseRelay status={live} take={take} onBack={back} />
        case "settings":
            return <LiveChoices status={live} take={take} onBack={back} />
        default:
            return <EmptyState icon="chat" title={t("chatPick")} />
    }
}

mount(
    "navChat",
    <div class="page chat-frame">
        <PageBar current="chat.html" />
        <main class="chat-room">
            <Unlocked why={t("lockedUnreachable")}>
                <Chat />
            </Unlocked>
        </main>
    </div>,
)
