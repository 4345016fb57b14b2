// What a person gets when a message comes and no chat page is open: a notification of the desktop,
// which says no more than they want, and leads to the conversation.

import { strict as assert } from "node:assert"
import { startDisplay } from "../drivers/display.mjs"
import { pause, until } from "../drivers/until.mjs"
import { startNotifications } from "../services/notifications.mjs"
import { startRelay } from "../services/relay.mjs"
import { PASSPHRASE, Side, says } from "./side.mjs"

/** Six times it waits for what does not come: 45 s in each browser, too long for every run. */
export const alone = true

/** What does not come in this time does not come. */
const QUIET_MS = 2_500

export async function setUp(world, browser) {
    const relay = await startRelay()
    world.onEnd(() => relay.close())
    const alice = await Side.open(world, "chromium", "Alice")
    const display = await startDisplay()
    const notes = await startNotifications()
    world.onEnd(async () => {
        await notes.close()
        await display.close()
    })
    const bob = await Side.open(world, browser, "Bob", { headless: false })
    await alice.reach(relay.origin)
    await bob.reach(relay.origin)
    return { alice, bob, display, notes, relay }
}

/** The next notification, and what it says. */
async function next(notes, before) {
    let told
    await until(
        async () => {
            told = await notes.told()
            return told.length > before
        },
        { timeout: 20_000, every: 100, what: () => "no notification" },
    )
    assert.equal(told.length, before + 1, JSON.stringify(told))
    return told.at(-1)
}

async function silent(notes, before) {
    await pause(QUIET_MS)
    assert.deepEqual((await notes.told()).slice(before), [])
}

/** Alice says something, Bob's background has it. */
async function comes({ alice, bob }, text) {
    await alice.say(alice.talk, text)
    await bob.sees(bob.talk, says(text))
}

/** Nothing of what was said, nor who said it. */
function isBare({ title, text }, words) {
    for (const part of [title, text]) {
        assert.ok(!part.includes(words), part)
        assert.ok(!part.includes("Alice"), part)
    }
    assert.ok(title.length > 0)
}

export const tests = [
    {
        name: "without the browser's permission there is none; the page asks for it",
        async run(world, browser, all) {
            const { alice, bob, display, notes } = all
            const contact = await alice.accept(bob)
            alice.talk = (await alice.live({ type: "begin", contact })).conversation.brief.id
            const page = await bob.profile.page(
                bob.profile.extensionPath("pages/chat.html#settings"),
            )
            await page.waitFor("@notify-allow")
            await world.shot(page, `asked-${browser}`)
            await page.click("@notify-allow")
            if (browser === "firefox") assert.ok(await bob.profile.answerPrompt("allow"))
            else await allowInChromium(page, display)
            await page.waitFor("[data-test=notifications][data-allowed=true]")
            await page.close()
            assert.deepEqual(await notes.told(), [])
        },
    },
    {
        name: "a stranger's request rings nothing",
        async run(_world, _browser, { alice, bob, notes }) {
            await alice.say(alice.talk, "buy this")
            await until(async () => (await bob.status()).requests === 1, {
                timeout: 20_000,
                what: () => "no request",
            })
            await silent(notes, 0)
            const [request] = (await bob.live({ type: "conversations" })).requests
            bob.talk = request.conversation
            const { verdict } = request.card
            await bob.live({ type: "accept-request", conversation: bob.talk, verdict })
            await alice.sees(alice.talk, (it) => it.body.type === "began")
            await bob.live({ type: "mark-read", conversation: bob.talk, position: 1 })
            // The first words of what was accepted are a message like any other.
            await pause(QUIET_MS)
            await notes.clear()
        },
    },
    {
        name: "a message: that one came, neither what nor from whom; pressed, it leads there",
        async run(world, browser, all) {
            const { bob, display, notes } = all
            const before = (await notes.told()).length
            await comes(all, "the lease is signed")
            isBare(await next(notes, before), "lease")
            assert.equal(await notes.standing(), 1)
            await world.shot(display, `bare-${browser}`)
            const chat = await bob.profile.surfaceOpenedBy(() => notes.press(), {
                path: `chat.html#talk=${bob.talk}`,
            })
            await chat.waitFor("@say-text", { timeout: 20_000 })
            assert.ok((await chat.text("body")).includes("the lease is signed"))
            await until(async () => (await notes.standing()) === 0, {
                timeout: 10_000,
                what: () => "it still stands",
            })
            await chat.close()
        },
    },
    {
        name: "pressed while a chat page stands, that page leads there, and no other opens",
        async run(_world, _browser, all) {
            const { bob, notes } = all
            const chat = await bob.profile.page(bob.profile.extensionPath("pages/chat.html#new"))
            await chat.waitFor("@people-search", { timeout: 20_000 })
            await bob.page.front()
            const before = (await notes.told()).length
            await comes(all, "from behind")
            await next(notes, before)
            await notes.press()
            await chat.waitFor("@say-text", { timeout: 20_000 })
            const urls = (await bob.profile.surfaceUrls()).filter((url) =>
                url.includes("chat.html"),
            )
            assert.equal(urls.length, 1, urls.join())
            await chat.close()
        },
    },
    {
        name: "nothing while the chat page is in front of a window with the focus; behind it, again",
        async run(_world, _browser, all) {
            const { alice, bob, notes } = all
            const chat = await bob.profile.page(
                bob.profile.extensionPath(`pages/chat.html#talk=${bob.talk}`),
            )
            await chat.waitFor("@say-text", { timeout: 20_000 })
            await chat.front()
            let before = (await notes.told()).length
            // To ask another page would bring it to the front in Firefox.
            await alice.say(alice.talk, "before your eyes")
            await until(async () => (await chat.text("body")).includes("before your eyes"), {
                timeout: 20_000,
                what: () => "the page does not show it",
            })
            await silent(notes, before)
            await bob.page.front()
            before = (await notes.told()).length
            await comes(all, "behind your back")
            await next(notes, before)
            await chat.close()
        },
    },
    {
        name: "with the name, if the person wants it, and never the words",
        async run(world, browser, all) {
            const { bob, display, notes } = all
            await bob.choose({ notify: "name" })
            const before = (await notes.told()).length
            await comes(all, "named words")
            const { title, text } = await next(notes, before)
            assert.ok(title.includes("Alice"), title)
            assert.ok(!`${title} ${text}`.includes("words"), text)
            await world.shot(display, `name-${browser}`)
        },
    },
    {
        name: "locked, what stood is gone and nothing comes",
        async run(_world, _browser, all) {
            const { alice, bob, notes } = all
            assert.equal(await notes.standing(), 1)
            const before = (await notes.told()).length
            await bob.desk({ type: "lock" })
            await until(async () => (await notes.standing()) === 0, {
                timeout: 10_000,
                what: () => "a name stands on the screen of a locked vault",
            })
            await alice.say(alice.talk, "while locked")
            await silent(notes, before)
            await bob.desk({ type: "unlock", passphrase: PASSPHRASE })
            await bob.reached()
            await bob.sees(bob.talk, says("while locked"))
            await next(notes, before)
        },
    },
    {
        name: "muted, or switched off, nothing comes",
        async run(_world, _browser, all) {
            const { bob, notes } = all
            await bob.live({ type: "mute", conversation: bob.talk, muted: true })
            let before = (await notes.told()).length
            await comes(all, "muted")
            await silent(notes, before)
            await bob.live({ type: "mute", conversation: bob.talk, muted: false })
            await bob.choose({ notify: "off" })
            before = (await notes.told()).length
            await comes(all, "off")
            await silent(notes, before)
        },
    },
    {
        name: "veiled: that something came, not from whom, whatever was chosen",
        async run(_world, _browser, all) {
            const { alice, bob, notes } = all
            await bob.choose({ notify: "name" })
            await bob.page.eval(async () => {
                const { storage, alarms } = globalThis.browser ?? chrome
                await storage.session.set({ used: 1 })
                await alarms.create("idle", { when: Date.now(), periodInMinutes: 1 })
            })
            await until(async () => (await bob.desk({ type: "status" })).status.veiled, {
                timeout: 90_000,
                every: 200,
                what: () => "not veiled",
            })
            await bob.reached()
            const before = (await notes.told()).length
            await alice.say(alice.talk, "while veiled")
            isBare(await next(notes, before), "veiled")
        },
    },
]

/** The browser's own question: its second button allows. */
async function allowInChromium(page, display) {
    await until(
        async () => {
            await display.press("Tab", "Return")
            return page.has("[data-test=notifications][data-allowed=true]")
        },
        { timeout: 20_000, every: 500, what: () => "the permission is not given" },
    )
}
