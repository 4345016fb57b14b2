import assert from "node:assert/strict"
import { beforeEach, describe, it } from "node:test"
import type { ConversationBrief, LiveEvent } from "../generated/protocol.ts"

type Page = chrome.runtime.Port

const CHAT = "chrome-extension://sotto/pages/chat.html"
let stands: string | undefined
let shown: string[] = []
let session: { toldOf?: string } = {}
let opened: string[] = []
let pressed: (id: string) => void = () => undefined
/** The tab of the chat page, as the browser describes it. */
let tab = { active: true, focused: true }

const fake = {
    runtime: { getURL: (path: string) => `chrome-extension://sotto/${path}` },
    i18n: { getMessage: (key: string, of: string[]) => [key, ...of].join(" ") },
    storage: {
        session: {
            get: async (key: keyof typeof session) => ({ [key]: session[key] }),
            set: async (rows: object) => void Object.assign(session, rows),
            remove: async (key: keyof typeof session) => void delete session[key],
        },
    },
    tabs: {
        get: async () => ({ active: tab.active, windowId: 1 }),
        create: async ({ url }: { url: string }) => void opened.push(url),
    },
    windows: { get: async () => ({ focused: tab.focused }) },
    notifications: {
        create: async (_id: string, { title }: { title: string }) => {
            stands = title
            shown.push(title)
        },
        clear: async () => {
            stands = undefined
        },
        onClicked: {
            hasListener: () => false,
            addListener: (listener: typeof pressed) => {
                pressed = listener
            },
        },
    },
}

// The module takes the browser's API when it is loaded.
Object.assign(globalThis, { chrome: fake })
const { announce, announceBare, followNotifications, hush } = await import("./notify.ts")

const from = (id: string, unread: number) => {
    const brief = { id, unread, title: id, at: 1, muted: false }
    const changed = [brief as ConversationBrief]
    return { type: "conversations", changed, removed: [] } as unknown as LiveEvent
}
const page = { sender: { url: `${CHAT}#new`, tab: { id: 7 } } } as Page
const passes = () => new Promise((done) => setTimeout(done, 5))

describe("notifications", () => {
    beforeEach(() => {
        stands = undefined
        shown = []
        session = {}
        opened = []
        tab = { active: true, focused: true }
    })

    it("one for a message, however often its conversation changes", async () => {
        await Promise.all([1, 1, 1].map((unread) => announce(from("ann", unread), "name", [])))
        assert.deepEqual(shown, ["notifyFrom ann"])
        await announce(from("ann", 2), "name", [])
        assert.equal(shown.length, 2)
    })

    it("none while the chat page is looked at, nor later for what was seen there", async () => {
        await announce(from("ann", 1), "bare", [page])
        await announce(from("ann", 1), "bare", [])
        assert.deepEqual(shown, [])
    })

    it("one while the chat page is behind, or its window is", async () => {
        tab = { active: false, focused: true }
        await announce(from("ann", 1), "bare", [page])
        tab = { active: true, focused: false }
        await announce(from("ann", 2), "bare", [page])
        assert.equal(shown.length, 2)
    })

    it("none for what came while they were off", async () => {
        await announce(from("ann", 1), "off", [])
        await announce(from("ann", 1), "bare", [])
        assert.deepEqual(shown, [])
    })

    it("what was about to be told when the vault was locked is not told, nor kept", async () => {
        for (let steps = 0; steps < 12; steps += 1) {
            const telling = announce(from("ann", steps + 1), "name", [])
            for (let step = 0; step < steps; step += 1) await Promise.resolve()
            hush()
            await telling
            assert.equal(stands, undefined, `locked after ${steps} steps`)
            assert.equal(session.toldOf, undefined, `locked after ${steps} steps`)
        }
    })

    it("nor what a veiled device was about to tell", async () => {
        for (let steps = 0; steps < 6; steps += 1) {
            const telling = announceBare("bare")
            for (let step = 0; step < steps; step += 1) await Promise.resolve()
            hush()
            await telling
            assert.equal(stands, undefined, `locked after ${steps} steps`)
        }
        await announceBare("bare")
        assert.equal(stands, "notifyNew")
    })

    it("one that the browser refuses is reported to who announced it", async () => {
        const { create } = fake.notifications
        fake.notifications.create = () => Promise.reject(new Error("refused"))
        await assert.rejects(announce(from("ann", 1), "bare", []), /refused/)
        await assert.rejects(announceBare("bare"), /refused/)
        fake.notifications.create = create
        await announce(from("ann", 2), "bare", [])
        assert.equal(stands, "notifyNew")
    })

    it("pressed, it is gone; what comes while the chat opens stands", async () => {
        followNotifications([])
        await announce(from("ann", 1), "name", [])
        const opens = fake.tabs.create
        fake.tabs.create = async (made) => {
            await announce(from("ben", 1), "name", [])
            return opens(made)
        }
        pressed("live")
        assert.equal(stands, undefined)
        await passes()
        fake.tabs.create = opens
        assert.deepEqual(opened, [`${CHAT}#talk=ann`])
        assert.equal(stands, "notifyFrom ben")
    })
})
