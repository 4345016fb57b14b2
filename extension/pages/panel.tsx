import { useState } from "preact/hooks"
import type { Errand } from "../generated/protocol.ts"
import { isPrivateTab } from "../lib/browser.ts"
import { popOut } from "../lib/surface.ts"
import { IconButton } from "../ui/Button.tsx"
import { desk, shell, useLoaded, useStatus } from "../ui/client.ts"
import { Mark } from "../ui/Icon.tsx"
import { mount } from "../ui/mount.tsx"
import { FailureNotice } from "../ui/Notice.tsx"
import { lockNow } from "../ui/PageBar.tsx"
import { Progress } from "../ui/State.tsx"
import { t } from "../ui/text.ts"
import { Unlocked } from "../ui/Unlock.tsx"
import { Cards } from "./jobs/Cards.tsx"
import { Composer } from "./jobs/Composer.tsx"
import { Sheet } from "./jobs/guard/Sheet.tsx"
import { PanelHome } from "./jobs/PanelHome.tsx"
import { Reader } from "./jobs/Reader.tsx"
import { type View, viewOf } from "./jobs/view.ts"

/** Remembered in the address, so that a reload goes on with the same draft. */
const DRAFT_MARK = "#draft="

const TITLES = {
    home: "panelHome",
    write: "composeTitle",
    draft: "composeTitle",
    read: "readTitle",
    cards: "cardTitle",
    guard: "guardTitle",
} as const satisfies Record<View["at"], string>

const REASONS = {
    home: undefined,
    write: "unlockToWrite",
    draft: "unlockToWrite",
    read: "unlockToRead",
    cards: "unlockToAdd",
    guard: "unlockToSeal",
} as const satisfies Record<View["at"], string | undefined>

/** One surface beside the page: what it was opened for comes as an errand. */
function Panel() {
    const errand = useLoaded("errand", async () => {
        const reply = await shell({ type: "errand" })
        return reply.errand
    })
    if (errand.failure) {
        return (
            <div class="panel-body">
                <FailureNotice failure={errand.failure} />
            </div>
        )
    }
    if (errand.value === undefined) return <Progress>{t("working")}</Progress>
    return <Surface errand={errand.value} />
}

function firstView(errand: Errand | null): View {
    const draft = location.hash.startsWith(DRAFT_MARK)
    if (draft) return { at: "draft", id: location.hash.slice(DRAFT_MARK.length) }
    return viewOf(errand)
}

function Surface({ errand }: { errand: Errand | null }) {
    const [view, setView] = useState<View>(() => firstView(errand))
    const open = useStatus()?.vault === "unlocked"
    const [tab, setTab] = useState(errand?.tab ?? null)
    const show = (next: View) => {
        const mark = next.at === "draft" ? `${DRAFT_MARK}${next.id}` : location.pathname
        history.replaceState(null, "", mark + (next.at === "draft" ? "" : location.search))
        setView(next)
    }
    /** Writing from home is for the page in front. */
    const writeFor = (front: number | null) => {
        setTab(front)
        show({ at: "write", context: null, to: [], replyTo: null })
    }
    const home = () => show({ at: "home" })
    const reason = REASONS[view.at]
    return (
        <main class="panel" data-test="panel" data-view={view.at}>
            <header class="panel-head no-print">
                {view.at === "home" ? (
                    <Mark size={20} />
                ) : (
                    <IconButton
                        small
                        test="panel-home"
                        icon="back"
                        label={t("back")}
                        onPress={home}
                    />
                )}
                <h1 class="grow ellipsis">{t(TITLES[view.at])}</h1>
                <IconButton
                    small
                    test="pop-out"
                    icon="popOut"
                    label={t("popOut")}
                    onPress={popOut}
                />
                {open && (
                    <IconButton
                        small
                        test="lock"
                        icon="lock"
                        label={t("lockNow")}
                        onPress={lockNow}
                    />
                )}
            </header>
            <Unlocked {...(reason === undefined ? {} : { why: t(reason) })}>
                <Job view={view} tab={tab} show={show} home={home} writeFor={writeFor} />
            </Unlocked>
        </main>
    )
}

interface JobProps {
    view: View
    tab: number | null
    show: (view: View) => void
    home: () => void
    writeFor: (tab: number | null) => void
}

function Job({ view, tab, show, home, writeFor }: JobProps) {
    const toDraft = (id: string) => show({ at: "draft", id })
    const answer = (to: string, replyTo: string | null = null) =>
        show({ at: "write", context: null, to: [to], replyTo })
    switch (view.at) {
        case "home":
            return <PanelHome tab={tab} show={show} writeFor={writeFor} />
        case "write":
        case "draft":
            return (
                <Composer
                    // A begun draft keeps its composer: only its name in the address changes.
                    key={view.at === "write" ? "new" : "draft"}
                    draftKey={view.at === "write" ? "new" : view.id}
                    begin={() => beginDraft(view, tab)}
                    tab={tab}
                    onBegun={rememberDraft}
                    onSent={forgetDraft}
                    onDone={home}
                    onDraft={toDraft}
                />
            )
        case "read":
            return (
                <div class="panel-body">
                    <Reader errand={view.read} onReply={answer} onDraft={toDraft} />
                </div>
            )
        case "guard":
            return <Sheet hold={view.hold} tab={view.tab} />
        case "cards":
            return (
                <div class="panel-body">
                    <Cards
                        text={view.text}
                        onWrite={(id) => answer(id)}
                        onDraft={toDraft}
                        invites
                    />
                </div>
            )
    }
}

function rememberDraft(id: string): void {
    history.replaceState(null, "", `${location.pathname}${location.search}${DRAFT_MARK}${id}`)
}

/** The letter has left; a reload must not look for its draft. */
function forgetDraft(): void {
    history.replaceState(null, "", location.pathname + location.search)
}

type Begun = Extract<View, { at: "write" | "draft" }>

/** The draft named in the address goes on, also after unlocking; otherwise a new one begins. */
async function beginDraft(view: Begun, tab: number | null) {
    const marked = location.hash.startsWith(DRAFT_MARK)
        ? location.hash.slice(DRAFT_MARK.length)
        : undefined
    const id = view.at === "draft" ? view.id : marked
    if (id !== undefined) {
        const reply = await desk({ type: "open-draft", id })
        return reply.draft
    }
    return beginNew(view, tab)
}

async function beginNew(view: Begun, tab: number | null) {
    const { context, to, replyTo } =
        view.at === "write" ? view : { context: null, to: [], replyTo: null }
    const forPage = context === null && to.length === 0 && tab !== null
    const shown = forPage ? await contextOf(tab) : context
    const isPrivate = tab !== null && (await isPrivateTab(tab))
    const reply = await desk({
        type: "compose",
        context: shown,
        to: [...to],
        replyTo,
        private: isPrivate,
    })
    return reply.draft
}

/** What the page shows now; without an editor there, the letter is written for no page. */
async function contextOf(tab: number) {
    const reply = await shell({ type: "look-again", tab }).catch(() => undefined)
    return reply?.context ?? null
}

mount("extensionName", <Panel />)
