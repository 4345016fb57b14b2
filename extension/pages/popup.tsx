import type { Site, Status } from "../generated/protocol.ts"
import { errandFor, openSurface } from "../lib/surface.ts"
import { Button, IconButton } from "../ui/Button.tsx"
import { shell, useLoaded, useStatus } from "../ui/client.ts"
import { Mark } from "../ui/Icon.tsx"
import { mount } from "../ui/mount.tsx"
import { lockNow } from "../ui/PageBar.tsx"
import { Progress } from "../ui/State.tsx"
import { t } from "../ui/text.ts"
import { Unlocked } from "../ui/Unlock.tsx"
import { PopupLive } from "./jobs/chat/PopupLive.tsx"
import { Dues, ReadyDrafts } from "./jobs/Dues.tsx"
import { SiteGuard } from "./jobs/guard/SiteGuard.tsx"
import { OpenedList } from "./jobs/OpenedList.tsx"
import { SiteLine } from "./jobs/SiteLine.tsx"
import { useClosingAfterUnlock } from "./jobs/useClosingAfterUnlock.ts"

/** The toolbar's popup: the state of things here, and the ways on. */
function Popup() {
    const status = useStatus()
    const site = useLoaded("site", async () => {
        const reply = await shell({ type: "site", tab: null })
        return reply.site
    })
    useClosingAfterUnlock(status)
    const tab = site.value?.tab ?? null
    return (
        <main class="popup-main" data-test="popup">
            <header class="panel-head">
                <h1 class="brand grow">
                    <Mark size={18} />
                    <span>Sotto</span>
                </h1>
                {status?.vault === "unlocked" && (
                    <IconButton
                        small
                        test="lock"
                        icon="lock"
                        label={t("lockNow")}
                        onPress={lockNow}
                    />
                )}
                <PageLink page="settings" icon="gear" label={t("navSettings")} />
            </header>
            {site.value !== undefined && <SiteLine site={site.value} onChanged={site.reload} />}
            <Unlocked why={t("lockedUnreachable")}>
                {status ? (
                    <Open status={status} tab={tab} site={site.value ?? null} />
                ) : (
                    <Progress>{t("working")}</Progress>
                )}
            </Unlocked>
        </main>
    )
}

function Open(props: { status: Status; tab: number | null; site: Site | null }) {
    const { status, tab, site } = props
    const openDraft = async (draft: string) => {
        await openSurface(errandFor("compose", { tab, draft }))
        window.close()
    }
    const write = async () => {
        await openSurface(errandFor("compose", { tab }))
        window.close()
    }
    return (
        <>
            <section class="popup-section">
                <ReadyDrafts drafts={status.readyDrafts} onOpen={openDraft} />
                <Dues due={status.due} />
                {tab !== null && <OpenedList tab={tab} />}
                <Button wide kind="primary" icon="pen" test="write" onPress={write}>
                    {t("panelWrite")}
                </Button>
            </section>
            {site?.origin && status.vault === "unlocked" && <SiteGuard site={site} />}
            {status.vault === "unlocked" && <PopupLive />}
            <nav class="popup-nav">
                <Button kind="quiet" icon="chat" test="nav-chat" onPress={toPage("chat")}>
                    {t("navChat")}
                </Button>
                <Button kind="quiet" icon="people" test="nav-contacts" onPress={toPage("contacts")}>
                    {t("navContacts")}
                </Button>
                <Button kind="quiet" icon="letter" test="nav-letters" onPress={toPage("letters")}>
                    {t("navLetters")}
                </Button>
                <Button kind="quiet" icon="paperclip" test="nav-files" onPress={toPage("files")}>
                    {t("navFiles")}
                </Button>
            </nav>
        </>
    )
}

type OwnPage = "chat" | "contacts" | "files" | "letters" | "settings"

function toPage(page: OwnPage): () => Promise<void> {
    return async () => {
        await chrome.tabs.create({ url: chrome.runtime.getURL(`pages/${page}.html`) })
        window.close()
    }
}

function PageLink(props: { page: OwnPage; icon: "gear"; label: string }) {
    return (
        <IconButton
            small
            test={`nav-${props.page}`}
            icon={props.icon}
            label={props.label}
            onPress={toPage(props.page)}
        />
    )
}

mount("extensionName", <Popup />)
