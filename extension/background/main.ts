/**
 * The background: a service worker in Chromium, an event page in Firefox. Every listener is added
 * in the first task, because the browser starts the worker for the event it has to hear.
 */

import { sweepOpened, sweepSoon } from "../engine/sink.ts"
import type { Status } from "../generated/protocol.ts"
import { api, keepPanelToItsTab, keepSessionFromPages } from "../lib/browser.ts"
import { isEnvelope, LIVE_PORT, order, STATUS_PORT } from "../lib/messages.ts"
import { inOrder } from "../lib/order.ts"
import { desk, status } from "./core.ts"
import { forgetEditor } from "./editors.ts"
import { followFiles, stopFiles } from "./files.ts"
import { followGuards, forgetHolds, registerGuards, standAgain } from "./guard.ts"
import { followLive, followVaultLive, livePages, onLiveAlarm, resumeLive } from "./live.ts"
import { onAlarm, onIdleState, watchIdleness } from "./lock.ts"
import { createMenus, onCommand, onMenu } from "./menus.ts"
import { followNotifications } from "./notify.ts"
import { answer, isPagePort, refuse } from "./router.ts"
import { keep, kept } from "./session.ts"
import { forgetTab, sightedTabs } from "./sights.ts"
import { onGranted, onRevoked, register, serveOpenPages } from "./sites.ts"
import { follow, onStatus } from "./status.ts"
import { openWelcome } from "./surfaces.ts"

api.runtime.onMessage.addListener((message: unknown, sender, sendResponse) => {
    if (!isEnvelope(message)) {
        done(refuse(0, "malformed-message"))
        return false
    }
    // From here to the engine room; in Chromium a document of its own listens for it.
    if (message.claim === "room") return false
    done(answer(message, sender).then(sendResponse))
    return true
})

api.runtime.onConnect.addListener((port) => {
    if (port.name === STATUS_PORT && isPagePort(port)) {
        if (isFilePage(port)) port.onDisconnect.addListener(() => done(sweepSoon()))
        return done(follow(port, status))
    }
    if (port.name === LIVE_PORT && isPagePort(port)) return followLive(port)
    port.disconnect()
    done(refuse(0, "not-admitted"))
})

api.runtime.onInstalled.addListener(({ reason }) => {
    done(createMenus())
    done(serveOpenPages())
    done(standAgain())
    if (reason === "install") done(welcome())
})
api.runtime.onStartup.addListener(() => {
    done(register())
    done(sweepOpened())
    done(registerGuards())
})

api.permissions.onAdded.addListener((granted) => {
    done(onGranted(granted))
    followNotifications(livePages)
    done(registerGuards())
})
api.permissions.onRemoved.addListener(() => {
    done(onRevoked())
    done(registerGuards())
})
api.tabs.onRemoved.addListener((tab) => done(forget(tab)))

api.idle.onStateChanged.addListener((state) => done(onIdleState(state)))
api.alarms.onAlarm.addListener((alarm) => done(onAlarm(alarm)))
api.alarms.onAlarm.addListener((alarm) => done(onLiveAlarm(alarm)))
api.contextMenus.onClicked.addListener((info, tab) => done(onMenu(info, tab)))
api.commands?.onCommand.addListener((command, tab) => done(onCommand(command, tab)))

followNotifications(livePages)
onStatus(watchIdleness)
onStatus((now) => done(followVault(now)))
onStatus((now) => done(followGuards(now)))
onStatus((now) => done(followFiles(now)))
onStatus((now) => done(followVaultLive(now)))

done(keepSessionFromPages())
done(keepPanelToItsTab())
done(resumeLive())

/** Nobody waits for these; a failure is for the extension's own console. */
function done(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
        // biome-ignore lint/suspicious/noConsole: the one place that logs, and it logs no content
        console.error("sotto:", error instanceof Error ? `${error.name} ${error.message}` : "?")
    })
}

function isFilePage({ sender }: chrome.runtime.Port): boolean {
    return sender?.url?.startsWith(api.runtime.getURL("pages/files.html")) ?? false
}

async function welcome(): Promise<void> {
    const { vault } = await status()
    if (vault === "missing") await openWelcome()
}

async function forget(tab: number): Promise<void> {
    await Promise.all([
        forgetTab(tab),
        forgetEditor(tab),
        forgetHolds(tab),
        desk({ type: "page-left", tab }),
    ])
}

/** A lock that comes right after an unlocking finds that noted. */
const inTurn = inOrder()

/** Locked: nothing opened stays in a page. Unlocked: what waits for it may be opened. */
async function followVault({ vault }: Status): Promise<void> {
    if (!(await inTurn(() => noteVault(vault)))) return
    const tabs = await sightedTabs()
    await Promise.allSettled(tabs.map(({ tab }) => order(tab, {}, { type: "reset" })))
}

let noted: Status["vault"] | undefined

/**
 * Whether it is another than before, or not known to be the same: storage that fails is no reason
 * to go on as before.
 */
async function noteVault(vault: Status["vault"]): Promise<boolean> {
    const was = noted ?? (await kept("vault").catch(() => undefined))
    noted = vault
    if (was === vault) return false
    if (vault !== "unlocked") done(stopFiles())
    await keep("vault", vault).catch(() => undefined)
    return true
}
