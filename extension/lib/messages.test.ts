import assert from "node:assert/strict"
import { afterEach, beforeEach, describe, it, mock } from "node:test"
import type * as Messages from "./messages.ts"

type Listener = (message: unknown, sender: object, respond: (answer: unknown) => void) => boolean

/** What `runtime.sendMessage` does with the next message. */
let background: (message: Messages.Envelope) => Promise<unknown>
const listeners: Listener[] = []

const fake = {
    runtime: {
        id: "sotto",
        getURL: (path: string) => `chrome-extension://sotto/${path}`,
        sendMessage: (message: Messages.Envelope) => background(message),
        onMessage: { addListener: (listener: Listener) => listeners.push(listener) },
    },
}

// The module takes the browser's API when it is loaded.
Object.assign(globalThis, { chrome: fake })
const { ask, onOrder } = await import("./messages.ts")

describe("ask", () => {
    beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }))
    afterEach(() => mock.timers.reset())

    it("gives the reply of its own id", async () => {
        background = async ({ id, claim, body }) => ({ id, ok: { type: "own-card", claim, body } })
        const reply = await ask("desk", { type: "own-card" })
        assert.deepEqual(reply, {
            type: "own-card",
            claim: "desk",
            body: { type: "own-card" },
        })
    })

    it("ids never repeat", async () => {
        const ids: number[] = []
        background = async ({ id }) => {
            ids.push(id)
            return { id, ok: { type: "status" } }
        }
        await Promise.all([1, 2, 3].map(() => ask("desk", { type: "status" })))
        assert.equal(new Set(ids).size, 3)
    })

    it("rejects with the code and the detail of the failure", async () => {
        background = async ({ id }) => ({ id, error: { code: "malformed-armor", detail: 7 } })
        const asked = ask("desk", { type: "status" })
        await assert.rejects(asked, { name: "CoreError", code: "malformed-armor", detail: 7 })
    })

    it("an answer to another question is none", async () => {
        background = async ({ id }) => ({ id: id + 1, ok: { type: "status" } })
        await assert.rejects(ask("desk", { type: "status" }), { code: "worker-lost" })
    })

    it("a background that is gone is worker-lost, whether it rejects, throws or says nothing", async () => {
        background = () => Promise.reject(new Error("message channel closed"))
        await assert.rejects(ask("desk", { type: "status" }), { code: "worker-lost" })
        background = () => {
            throw new Error("Extension context invalidated.")
        }
        await assert.rejects(ask("desk", { type: "status" }), { code: "worker-lost" })
        background = async () => undefined
        await assert.rejects(ask("desk", { type: "status" }), { code: "worker-lost" })
    })

    it("silence ends at the deadline, later for what derives a key", async () => {
        background = () => new Promise(() => {})
        const quick = assert.rejects(ask("desk", { type: "status" }), { code: "deadline" })
        const slow = ask("desk", { type: "unlock", passphrase: "x" })
        let ended = false
        slow.catch(() => {
            ended = true
        })
        mock.timers.tick(20_000)
        await quick
        assert.equal(ended, false)
        mock.timers.tick(160_000)
        await assert.rejects(slow, { code: "deadline" })
    })
})

describe("orders", () => {
    onOrder({
        insert: async () => ({ type: "insert", inserted: "exact" }),
        attach: async () => ({ type: "attach", attached: "handed" }),
        "look-again": async () => ({ type: "look-again", context: null }),
        reset: async () => {
            throw new Error("a defect")
        },
        retire: async () => ({ type: "retire" }),
        leave: async () => ({ type: "leave" }),
        report: async () => ({ type: "report" }),
    })
    const [listener] = listeners
    assert.ok(listener)

    const give = (claim: string, type: string, sender: object) =>
        new Promise((resolve) => {
            const taken = listener({ v: 1, id: 3, claim, body: { type } }, sender, resolve)
            if (!taken) resolve("not taken")
        })

    it("are taken from the background", async () => {
        const answer = await give("order", "leave", { id: "sotto" })
        assert.deepEqual(answer, { id: 3, ok: { type: "leave" } })
    })

    it("are not taken from tabs or other extensions", async () => {
        assert.equal(await give("order", "leave", { id: "sotto", tab: { id: 1 } }), "not taken")
        assert.equal(await give("order", "leave", { id: "other" }), "not taken")
        assert.equal(await give("content", "leave", { id: "sotto" }), "not taken")
    })

    it("of an unknown type are not taken", async () => {
        assert.equal(await give("order", "constructor", { id: "sotto" }), "not taken")
    })

    it("that fail say so by a code", async () => {
        const answer = await give("order", "reset", { id: "sotto" })
        assert.deepEqual(answer, { id: 3, error: { code: "bug" } })
    })
})
