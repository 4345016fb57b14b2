// The same through the chat page: what a person presses, types and sees.

import { strict as assert } from "node:assert"
import { until } from "../drivers/until.mjs"
import { PASSPHRASE, REACHED } from "./side.mjs"
import { report, typedToShown, write } from "./typed.mjs"

export { setUp } from "./side.mjs"

/**
 * The bar is 100 ms on a machine that does nothing else: `cargo xtask bench chat` holds it there. Here
 * three browsers share two cores with whatever else is tested; what waits for a timer, a reconnect or
 * a poll, and not for the processor, takes a second and more.
 */
const SLOW_MS = 1_000

/** Chooses the relay on the page, which switches Reachable on. */
async function openChat(side, relay) {
    side.chat = await side.profile.page(side.profile.extensionPath("pages/chat.html"))
    await side.chat.waitFor("@relay-origin")
    await side.chat.type("@relay-origin", relay.origin)
    await side.chat.click("@relay-choose")
    await side.chat.waitFor(REACHED, { timeout: 30_000 })
}

const go = (tab, hash) =>
    tab.eval((hash) => {
        location.hash = hash
    }, hash)

/** What the open conversation shows. */
const shown = (tab) =>
    tab.eval(() =>
        [...document.querySelectorAll("[data-test=message-text]")].map((it) => it.textContent),
    )

async function shows(side, text) {
    let seen
    await until(
        async () => {
            seen = await shown(side.chat)
            return seen.some((it) => it.includes(text))
        },
        { timeout: 20_000, every: 100, what: () => `${side.name} sees ${JSON.stringify(seen)}` },
    )
}

/** The list of conversations and the way to the end say the same number of new messages. */
const isCountedAlike = (tab) =>
    tab.eval(() => {
        const of = (name) => document.querySelector(`[data-test=${name}]`)
        const { unread } = of("talk-item").dataset
        return unread === "0" || !of("to-end") || of("to-end").textContent.includes(`${unread} new`)
    })

export const tests = [
    {
        name: "a relay is chosen, a request accepted, and words go both ways",
        async run(world, browser, { relay, alice, bob }) {
            await openChat(alice, relay)
            await openChat(bob, relay)
            await until(
                async () => {
                    const { card } = await bob.desk({ type: "own-card" })
                    const look = await alice.desk({ type: "look-at-cards", text: card })
                    await alice.desk({ type: "accept-card", card, verdict: look.cards[0].verdict })
                    const { people } = await alice.live({ type: "people" })
                    alice.contact = people[0].contact.id
                    return people[0].reachability === "ready"
                },
                { timeout: 10_000, every: 300, what: () => "Bob's card names no mailbox" },
            )
            await go(alice.chat, `with=${alice.contact}`)
            await alice.chat.waitFor("@say-text")
            await write(alice.chat, "hello Bob")
            await shows(alice, "hello Bob")
            await bob.chat.waitFor("@requests", { timeout: 20_000 })
            await go(bob.chat, "requests")
            await bob.chat.waitFor("@request-text")
            await world.shot(bob.chat, `request-${browser}`)
            await bob.chat.click("@request-accept")
            await bob.chat.waitFor("@say-text")
            await shows(bob, "hello Bob")
            await write(bob.chat, "hello Alice")
            await shows(alice, "hello Alice")
            await world.shot(alice.chat, `alice-${browser}`)
            await world.shot(bob.chat, `bob-${browser}`)
        },
    },
    {
        name: "answered, changed, liked, taken back: the other sees it; a draft outlives the page",
        async run(world, browser, { alice, bob }) {
            const THEIRS = "[data-test=message].said:not(.said-own) [data-test=message-text]"
            await bob.chat.click(THEIRS)
            await bob.chat.click("@message-reply")
            await bob.chat.waitFor("@replying")
            await write(bob.chat, "an answer")
            await alice.chat.waitFor("@quoted", { timeout: 20_000 })
            await alice.chat.click(THEIRS)
            await alice.chat.click("@message-react")
            await alice.chat.click("[data-test=react-with][data-emoji=👍]")
            await bob.chat.waitFor("@reaction", { timeout: 20_000 })
            await write(alice.chat, "first words")
            await shows(bob, "first words")
            await alice.chat.press("ArrowUp")
            await alice.chat.waitFor("@editing")
            await alice.chat.type("@say-text", "better words", { clear: true })
            await alice.chat.press("Enter")
            await shows(bob, "better words")
            assert.ok(!(await shown(bob.chat)).includes("first words"))
            await world.shot(bob.chat, `edited-${browser}`)
            await alice.chat.press("ArrowUp")
            await alice.chat.waitFor("@editing")
            await alice.chat.press("Escape")
            await alice.chat.waitGone("@editing")
            await alice.chat.click(
                "[data-test=message].said-own:last-of-type [data-test=message-text]",
            )
            await alice.chat.click("@message-delete")
            await alice.chat.click("@delete-message-confirm")
            await until(async () => !(await shown(bob.chat)).includes("better words"), {
                timeout: 20_000,
                what: () => "what was taken back is still shown",
            })
            await alice.chat.type("@say-text", "not said yet")
            await until(
                () =>
                    alice.chat.eval(() =>
                        document
                            .querySelector("[data-test=talk-item]")
                            .textContent.includes("not said yet"),
                    ),
                { timeout: 10_000, every: 200, what: () => "the draft is not kept" },
            )
            await alice.chat.reload()
            await alice.chat.waitFor("@say-text")
            await until(async () => (await alice.chat.value("@say-text")) === "not said yet", {
                timeout: 10_000,
                what: () => "the draft is gone",
            })
            await alice.chat.type("@say-text", "", { clear: true })
        },
    },
    {
        name: "typed to shown",
        async run(world, browser, { alice, bob }) {
            const p50 = await report(await typedToShown(alice.chat, bob.chat), browser)
            assert.ok(p50 < SLOW_MS, `${p50} ms`)
            await world.shot(bob.chat, `timed-${browser}`)
        },
    },
    {
        name: "locked, the page shows nothing; unlocked, it is all there",
        async run(_world, _browser, { bob, relay }) {
            await bob.desk({ type: "lock" })
            await bob.chat.waitFor("@unlock-passphrase")
            assert.deepEqual(await shown(bob.chat), [])
            await until(async () => (await relay.connections()) === 1, {
                timeout: 10_000,
                what: () => "a socket outlives the lock",
            })
            await bob.chat.type("@unlock-passphrase", PASSPHRASE)
            await bob.chat.click("@unlock")
            // It opens where what is unread begins.
            await shows(bob, "timed ")
            await until(() => isCountedAlike(bob.chat), {
                timeout: 10_000,
                what: () => "what is new is counted differently beside and below",
            })
            if (await bob.chat.has("@to-end")) await bob.chat.click("@to-end")
            await shows(bob, "timed 29.")
            await bob.reached()
        },
    },
]
