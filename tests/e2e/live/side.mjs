// One side of a conversation: a browser with an identity, and what its pages would ask.

import { strict as assert } from "node:assert"
import { until } from "../drivers/until.mjs"
import { startRelay } from "../services/relay.mjs"

export const PASSPHRASE = "six grey herons over slow water"

/** The chat page says that contacts reach the person. */
export const REACHED = "[data-test=reach-line][data-reach=reachable]"

/** One side: a browser, an open page of the extension, what it asks. */
export class Side {
    constructor(profile, page, name) {
        Object.assign(this, { profile, page, name })
    }

    /** @param {object} [options] of the profile */
    static async open(world, browser, name, options) {
        const profile = await world.launch(browser, options)
        const page = await profile.page(profile.extensionPath("pages/settings.html"))
        const side = new Side(profile, page, name)
        const address = `${name.toLowerCase()}@example.org`
        await side.desk({ type: "create", name, address, passphrase: PASSPHRASE })
        // It follows the status, and would wake a worker that was killed.
        await (await profile.openSurface("welcome.html")).close()
        return side
    }

    /** What the background answers a page. */
    async ask(claim, body) {
        return this.page.eval(
            (claim, body) =>
                (globalThis.browser ?? chrome).runtime.sendMessage({ v: 1, id: 5, claim, body }),
            claim,
            body,
        )
    }

    async refused(body) {
        const answer = await this.ask("live", body)
        assert.ok(answer.error, `${this.name} ${body.type}: ${JSON.stringify(answer)}`)
        return answer.error.code
    }

    async live(body) {
        const answer = await this.ask("live", body)
        assert.equal(
            answer.ok?.type,
            body.type,
            `${this.name} ${body.type}: ${JSON.stringify(answer.error ?? answer)}`,
        )
        return answer.ok
    }

    async desk(body) {
        const answer = await this.ask("desk", body)
        assert.equal(
            answer.ok?.type,
            body.type,
            `${this.name} ${body.type}: ${JSON.stringify(answer.error ?? answer)}`,
        )
        return answer.ok
    }

    async status() {
        return (await this.live({ type: "live-status" })).live
    }

    /** Changes some of the choices for everything live. */
    async choose(change) {
        const { settings } = await this.status()
        await this.live({ type: "set-live", settings: { ...settings, ...change } })
    }

    /**
     * Until the other of a conversation is shown to be here, or is not any more. A note stands for
     * half a minute at least when its writer goes: whoever is gone before took it back.
     */
    async seesPresence(conversation, presence) {
        let seen
        await until(
            async () => {
                const asked = { type: "open-conversation", conversation }
                seen = (await this.live(asked)).conversation.brief.presence
                return seen === presence
            },
            {
                timeout: 25_000,
                patience: 1,
                every: 100,
                what: () => `${this.name} sees ${seen}, not ${presence}`,
            },
        )
    }

    async reach(origin) {
        if (origin) await this.live({ type: "set-relay", origin, pass: "" })
        await this.live({ type: "set-reachable", on: true })
        await this.reached()
    }

    async reached(timeout = 30_000) {
        let seen
        await until(
            async () => {
                seen = await this.status().catch((error) => error.message)
                return seen.reach === "reachable"
            },
            { timeout, every: 200, what: () => `${this.name}: ${JSON.stringify(seen)}` },
        )
    }

    async accept(other) {
        const { card } = await other.desk({ type: "own-card" })
        const { contact } = await this.desk({ type: "accept-card", card, verdict: "new" })
        this.contact = contact.brief.id
        return contact.brief.id
    }

    async messages(conversation, from = 0) {
        const { messages, total } = await this.live({
            type: "messages",
            conversation,
            from,
            count: 60,
        })
        return { messages, total }
    }

    /** All words, in order. */
    async words(conversation) {
        const all = []
        for (;;) {
            const { messages, total } = await this.messages(conversation, all.length)
            all.push(...messages)
            if (all.length >= total || messages.length === 0) break
        }
        return all
            .filter(({ body }) => body.type === "text")
            .map(({ body, author }) => `${author.own ? "me" : "you"}: ${body.text}`)
    }

    async say(conversation, text, replyTo = null) {
        return (await this.live({ type: "send", conversation, text, replyTo })).message
    }

    /** Until a message looks like this. */
    async sees(conversation, wanted, timeout = 20_000) {
        let seen
        return until(
            async () => {
                const { total } = await this.messages(conversation, 0).catch(() => ({ total: 0 }))
                const from = Math.max(0, total - 60)
                seen = (await this.messages(conversation, from).catch(() => ({ messages: [] })))
                    .messages
                return seen.find(wanted)
            },
            {
                timeout,
                every: 100,
                what: () => `${this.name} sees ${JSON.stringify(seen?.slice(-4))}`,
            },
        )
    }
}

/** A relay, Alice in Chromium and Bob in `browser`. */
export async function setUp(world, browser) {
    const relay = await startRelay()
    world.onEnd(() => relay.close())
    const alice = await Side.open(world, "chromium", "Alice")
    const bob = await Side.open(world, browser, "Bob")
    return { relay, alice, bob }
}

/** A message with these words. */
export const says = (text) => (message) =>
    message.body.type === "text" && message.body.text === text
