/**
 * Live sessions: carries between their module, the core as custodian, the database and sockets.
 *
 * The module is loaded when it is first needed. Every step commits its rows before anything leaves.
 * A lock ends everything at once: sockets, alarm, module; what was under way has nothing to say any
 * more. A veil ends the module too, and begins one without the history. While *Reachable* is on, an alarm starts the background again after the browser has ended it.
 */

import type {
    LiveEvent,
    LiveReply,
    LiveRequest,
    LiveStatus,
    Status,
} from "../generated/protocol.ts"
import initialise, {
    decode_live_request,
    LiveModule,
    type LiveOutput,
    type LiveStep,
    __wbg_reset_state as resetInstance,
} from "../generated/wasm/live.js"
import type { Wire } from "../generated/wasm/sotto.js"
import { api, reportsScreenLock } from "../lib/browser.ts"
import { CoreError, fromFailure, toFailure } from "../lib/failure.ts"
import { inOrder } from "../lib/order.ts"
import { compute, desk, look, status } from "./core.ts"
import { type Sockets, sockets } from "./live-sockets.ts"
import { showState } from "./live-state.ts"
import { wholly } from "./live-whole.ts"
import { announce, announceBare, hush } from "./notify.ts"
import { once } from "./once.ts"
import { forget, keep, kept } from "./session.ts"
import { clearLive, commitLive, readLiveRows } from "./store.ts"

const ALARM = "live"
/** Chromium rings every 30 s at most, and ends a silent worker after 30; Firefox too, unless it is rung before. */
const ALARM_MIN = reportsScreenLock ? 0.5 : 1 / 3

/** These say nothing about a letter: it is not to be lost for them. */
const NO_REFUSAL: ReadonlySet<string> = new Set([
    "bug",
    "storage-full",
    "storage-unavailable",
    "locked-meanwhile",
    "vault-locked",
])

interface Running {
    module: LiveModule
    links: Sockets
    timer: ReturnType<typeof setTimeout> | undefined
    /** Who is there is reachable, and shown nothing. */
    veiled: boolean
    /** Unread messages of which a veiled person was told. */
    told: number
}

const ports = new Set<chrome.runtime.Port>()
/** Pages that follow what happens. */
export const livePages: Iterable<chrome.runtime.Port> = ports
/** There is a WASM instance that can be thrown away. */
let isStarted = false
const started = once(async () => {
    await initialise({ module_or_path: fetch(api.runtime.getURL("sotto-live.wasm")) })
    isStarted = true
})
let running: Running | undefined
/** Rises with every end: what began before has nothing to say after it. */
let age = 0
/** One thing at a time, as the module takes it. A failure that is no refusal throws it away. */
const turn = inOrder()

/** Answers a page. */
export function answerLive(body: unknown): Promise<LiveReply> {
    return turn(async () => {
        await started()
        const request = decode_live_request(body)
        if (request.type === "live-status") return { type: "live-status", live: await liveStatus() }
        if (request.type === "set-relay") {
            return changed("set-relay", undefined, request.origin, request.pass)
        }
        if (request.type === "set-reachable") return changed("set-reachable", request.on, undefined)
        const live = await opened()
        await decideFirst(live, request)
        const answer = await guarded(() => asked(live, request))
        if (answer instanceof CoreError) throw answer
        return answer
    })
}

/** The answer, or a refusal, which is one too: what is thrown here has left a step by half. */
async function asked(live: Running, request: LiveRequest): Promise<LiveReply | CoreError> {
    const step = live.module.request(request)
    await perform(live, step)
    if (step.failure !== undefined) return fromFailure(step.failure)
    return step.reply ?? later(live, request)
}

/** What waited for the custodian may have come to nothing: a refusal like any other. */
function later(live: Running, request: LiveRequest): LiveReply | CoreError {
    try {
        return live.module.later(request)
    } catch (error) {
        const failure = toFailure(error)
        if (failure.code === "bug") throw error
        return fromFailure(failure)
    }
}

/** Of a vault that is unlocked; a locked one refuses. */
async function liveStatus(): Promise<LiveStatus> {
    return (await opened()).module.status()
}

/** What a request decides about contacts is the core's, before the sessions go on. */
async function decideFirst(live: Running, request: LiveRequest): Promise<void> {
    if (request.type !== "accept-request" && request.type !== "refuse-request") return
    const card = live.module.card_of(request.conversation)
    if (request.type === "refuse-request") {
        if (request.block) await block(card, live.module.asker_of(request.conversation))
    } else if (card !== undefined && request.verdict !== null) {
        await desk({ type: "accept-card", card, verdict: request.verdict })
    }
    await guarded(() => tellPeople(live))
}

/** Whoever comes with a card is no contact yet. */
async function block(card: string | undefined, contact: string | undefined): Promise<void> {
    if (card !== undefined) await compute((core) => core.live_refuse(card))
    else if (contact !== undefined) await desk({ type: "block", id: contact, blocked: true })
}

async function changed(
    type: "set-relay" | "set-reachable",
    on: boolean | undefined,
    relay: string | undefined,
    pass?: string,
): Promise<LiveReply> {
    const { reachable } = await compute((core) => core.live_reach(on, relay, pass))
    part()
    await noteReachable(reachable)
    return { type, live: await liveStatus() }
}

/** The background was started: whoever is reachable stays so. */
export async function resumeLive(): Promise<void> {
    if (await kept("reachable")) await turn(opened)
}

export async function onLiveAlarm(alarm: chrome.alarms.Alarm): Promise<void> {
    if (alarm.name !== ALARM) return
    if (await kept("reachable")) await turn(opened)
    else await api.alarms.clear(ALARM)
}

/** Locked: everything goes. Unlocked: the switch is as it was. */
export async function followVaultLive({ vault, veiled }: Status): Promise<void> {
    if (veiled) return followVeil()
    if (vault !== "unlocked") {
        part()
        hush()
        showState("locked", 0)
        await noteReachable(false)
        if (vault === "missing") await turn(clearLive)
        return
    }
    showState("unlocked", 0)
    const wasVeiled = await turn(unveil)
    if (running !== undefined) return turn(follow)
    if (!wasVeiled && (await kept("reachable")) !== undefined) return
    const { reachable } = await compute((core) => core.live_start())
    await noteReachable(reachable)
    if (reachable) await turn(opened)
}

/** The module with everything that it knows goes; one that can only receive takes its place. */
async function followVeil(): Promise<void> {
    if (running?.veiled) return
    part()
    hush()
    showState("veiled", 0)
    await turn(opened)
}

/** The person is back: the veiled module gives way. Whether there was one. */
async function unveil(): Promise<boolean> {
    if (!running?.veiled) return false
    end()
    hush()
    return true
}

/** The contacts may be others. */
async function follow(): Promise<void> {
    const live = running
    if (live !== undefined) await guarded(() => tellPeople(live))
}

/** For a worker that is started; and the alarm that starts it. */
async function noteReachable(reachable: boolean): Promise<void> {
    const { vault, veiled } = await status()
    if (vault === "unlocked" || veiled) await keep("reachable", reachable)
    else await forget("reachable")
    if (reachable) await api.alarms.create(ALARM, { periodInMinutes: ALARM_MIN })
    else await api.alarms.clear(ALARM)
}

/** A page of ours follows what happens. The gate has admitted it. */
export function followLive(port: chrome.runtime.Port): void {
    ports.add(port)
    port.onDisconnect.addListener(() => ports.delete(port))
    turn(liveStatus).then(
        (live) => ports.has(port) && port.postMessage({ type: "live-status", live }),
        () => undefined,
    )
}

function tell(event: LiveEvent): void {
    for (const port of ports) {
        try {
            port.postMessage(event)
        } catch {
            // Its page is gone, which it says soon.
            ports.delete(port)
        }
    }
    if (running === undefined) return
    if (running.veiled) tellVeiled(running, event)
    else if (event.type === "conversations") {
        const { notify } = running.module.status().settings
        announce(event, notify, ports).catch(report)
    }
}

/** Something came: that it did, and how much, is all that a veiled device knows. */
function tellVeiled(live: Running, event: LiveEvent): void {
    if (event.type !== "live-status") return
    const { unread, settings } = event.live
    showState("veiled", unread)
    if (unread > live.told) announceBare(settings.notify).catch(report)
    live.told = unread
}

/** The module, loaded from the rows, with its sockets where they are wanted. */
async function opened(): Promise<Running> {
    if (running) return running
    const asked = age
    const [start, keys, rows] = await Promise.all([
        compute((core) => core.live_start()),
        look((core) => core.live_keys()),
        readLiveRows(),
        started(),
    ])
    if (asked !== age) throw new CoreError("locked-meanwhile")
    const module = LiveModule.load(start, keys, rows)
    const live: Running = {
        module,
        links: heardBy(),
        timer: undefined,
        veiled: module.is_veiled(),
        told: module.status().unread,
    }
    running = live
    return guarded(async () => {
        await tellPeople(live)
        await perform(live, module.begin())
        return live
    })
}

function heardBy(): Sockets {
    const soon = (take: (live: Running) => LiveStep) => {
        const asked = age
        turn(async () => {
            if (asked !== age || running === undefined) return
            const live = running
            await guarded(() => perform(live, take(live)))
        }).catch(report)
    }
    return sockets({
        opened: (relay) => soon((live) => live.module.connected(relay)),
        closed: (relay) => soon((live) => live.module.disconnected(relay)),
        waiting: () => soon((live) => live.module.received(live.links.take())),
    })
}

/** Commits what is to be kept, then does what is to be done. */
async function perform(live: Running, step: LiveStep): Promise<void> {
    try {
        await commitLive(step.writes, step.durable ? "strict" : "relaxed")
    } catch (error) {
        // What is not kept has not happened.
        end()
        throw error
    }
    check(live)
    wakeAt(live, step.wake)
    for (const output of step.outputs) await put(live, output)
}

function check(live: Running): void {
    if (running !== live) throw new CoreError("locked-meanwhile")
}

async function put(live: Running, output: LiveOutput): Promise<void> {
    check(live)
    switch (output.type) {
        case "connect":
            return live.links.connect(output.relay)
        case "send":
            return live.links.send(output.relay, output.message)
        case "close":
            return live.links.close(output.relay)
        case "event":
            return tell(output.event)
        case "sign": {
            const signed = await look((core) => core.live_sign(output.leaf))
            check(live)
            return perform(live, live.module.signed(signed))
        }
        case "seal":
            return seal(live, output)
        case "open":
            return open(live, output)
        case "mailbox-made":
            await compute((core) => core.live_mailbox_made(output.stream))
    }
}

async function seal(live: Running, { to, content }: LiveOutput & { type: "seal" }): Promise<void> {
    const sealed = await settled(compute((core) => core.live_seal(to, content)))
    check(live)
    const { value, code } = sealed
    await perform(live, live.module.sealed(to, value, code))
}

async function open(live: Running, { seq, letter }: LiveOutput & { type: "open" }): Promise<void> {
    const { value } = await settled(compute((core) => core.live_open(letter)))
    check(live)
    await perform(live, live.module.opened(seq, value))
    await tellPeople(live)
}

async function settled(work: Promise<Wire>): Promise<{ value?: Wire; code?: CoreError["code"] }> {
    try {
        return { value: await work }
    } catch (error) {
        const { code } = toFailure(error)
        // What the lock or a defect interrupted says nothing about the letter.
        if (NO_REFUSAL.has(code)) throw error
        return { code }
    }
}

async function tellPeople(live: Running): Promise<void> {
    // A veiled device knows nobody.
    if (live.veiled) return
    const people = await look((core) => core.live_people(live.module.cards()))
    check(live)
    await perform(live, live.module.set_people(people))
}

function wakeAt(live: Running, wake: number | null): void {
    clearTimeout(live.timer)
    if (wake === null) return
    const asked = age
    const rouse = () => {
        turn(async () => {
            if (asked === age) await guarded(() => perform(live, live.module.tick()))
        }).catch(report)
    }
    live.timer = setTimeout(rouse, Math.max(0, wake - Date.now()))
}

/**
 * After any failure, the core's too, a step is done by half and the module is not what the rows
 * say: it is loaded anew, by the alarm if somebody is to be reached. A refusal is no failure.
 */
function guarded<T>(work: () => Promise<T>): Promise<T> {
    return wholly(work, end)
}

/** Ends on purpose. That the person is here is taken back before; the end does not wait for it. */
function part(): void {
    const parting = running
    try {
        for (const output of parting?.module.farewell() ?? []) {
            if (output.type === "send") parting?.links.send(output.relay, output.message)
        }
    } catch (error) {
        report(error)
    } finally {
        end()
    }
}

function end(): void {
    age += 1
    const ended = running
    running = undefined
    if (ended === undefined) return
    clearTimeout(ended.timer)
    ended.links.end()
    // Its memory goes with it, keys and words.
    if (isStarted) resetInstance()
}

function report(error: unknown): void {
    const { code } = toFailure(error)
    if (code === "locked-meanwhile" || code === "vault-locked") return
    // biome-ignore lint/suspicious/noConsole: for the extension's own console, without content
    console.error("sotto live:", code)
}
