// The same through the chat page: what a person presses, types and sees.

import { strict as assert } from "node:assert"
import { createServer } from "node:http"
import { pause, until } from "../drivers/until.mjs"
import { startCrowd } from "../services/crowd.mjs"
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

/** What does not come in this time does not come. */
const QUIET_MS = 1_500

/** How far a message with these words came, as the page shows it. */
const deliveryOf = (tab, text) =>
    tab.eval(
        (text) =>
            [...document.querySelectorAll("[data-test=message]")].find((it) =>
                it.querySelector("[data-test=message-text]")?.textContent.includes(text),
            )?.dataset.delivery,
        text,
    )

async function comesTo(side, text, wanted) {
    let seen
    await until(
        async () => {
            seen = await deliveryOf(side.chat, text)
            return seen === wanted
        },
        { timeout: 20_000, every: 100, what: () => `${side.name}: ${seen}, not ${wanted}` },
    )
}

/** Presses a switch of the page's settings, and comes back to where the page was. */
async function switchOver({ chat }, name) {
    const place = await chat.eval(() => location.hash)
    await go(chat, "settings")
    const before = await stateOf(chat, name)
    await chat.click(`@${name}`)
    await until(async () => (await stateOf(chat, name)) !== before, {
        timeout: 10_000,
        what: () => `${name} does not change`,
    })
    await go(chat, place)
    await chat.waitFor("@say-text")
}

async function stateOf(chat, name) {
    await chat.waitFor(`@${name}`, { state: ["ready", "hidden"] })
    return chat.eval((name) => document.querySelector(`[data-test=${name}]`).checked, name)
}

async function says(side, wanted, where = "[data-test=talk]") {
    let seen
    await until(
        async () => {
            seen = await side.chat.eval(
                (where) => document.querySelector(where)?.textContent ?? "",
                where,
            )
            return seen.includes(wanted)
        },
        { timeout: 20_000, every: 100, what: () => `${side.name} reads ${seen}` },
    )
}

/** Begins a request to Bob with a first message. */
async function asks(alice, text) {
    await go(alice.chat, `with=${alice.contact}`)
    await alice.chat.waitFor("@say-text")
    await write(alice.chat, text)
    await shows(alice, text)
}

async function forgetsTalk({ chat }) {
    await chat.click("@talk-details")
    await chat.click("@forget-talk")
    await chat.click("@forget-sure-confirm")
    await chat.waitGone("@details")
}

/** Somebody without a browser comes to the relay and has the cards of both; Alice talks with them. */
async function startCarol(world, { relay, alice, bob }) {
    const crowd = await startCrowd(relay, 1)
    world.onEnd(() => crowd.close())
    const carol = {
        live: (body) => crowd.live(0, body),
        desk: (body) => crowd.desk(0, body),
        close: () => crowd.close(),
    }
    const { card } = await until(
        async () => {
            const { live } = await carol.live({ type: "live-status" })
            return live.reach === "reachable" && carol.desk({ type: "own-card" })
        },
        { timeout: 30_000, what: () => "the third is not reachable" },
    )
    carol.contacts = []
    for (const one of [alice, bob]) {
        const { card } = await one.desk({ type: "own-card" })
        const { contact } = await carol.desk({ type: "accept-card", card, verdict: "new" })
        carol.contacts.push(contact.brief.id)
    }
    const { contact } = await alice.desk({ type: "accept-card", card, verdict: "new" })
    const begun = await alice.live({ type: "begin", contact: contact.brief.id })
    await alice.say(begun.conversation.brief.id, "hello there")
    return carol
}

/** What stands in the list of somebody without a browser. */
const talksOf = async (one) => (await one.live({ type: "conversations" })).conversations

/** The words that somebody without a browser has of a conversation. */
async function wordsOf(one, conversation) {
    const asked = { type: "messages", conversation, from: 0, count: 60 }
    return (await one.live(asked)).messages.map(({ body }) => body.text ?? body.type)
}

/** So many are on both rosters, which are open. */
async function areOnRosters(sides, many) {
    const counts = () => Promise.all(sides.map((it) => it.chat.count("[data-test=member]")))
    let seen
    await until(
        async () => {
            seen = await counts()
            return seen.every((it) => it === many)
        },
        { timeout: 20_000, every: 100, what: () => `on the rosters are ${seen}, not ${many}` },
    )
}

/** The page says that the other is here. */
const HERE = "[data-test=talk-details] .face[data-presence=here]"

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
            await asks(alice, "let me in: https://bank.example")
            await bob.chat.waitFor("@requests", { timeout: 20_000 })
            // Nothing rings: nothing is unread, and whoever asks is no conversation yet.
            assert.equal(await bob.chat.count("[data-test=talk-item]"), 0)
            assert.equal((await bob.status()).unread, 0)
            assert.ok(!/\d/.test(await bob.chat.title()), await bob.chat.title())
            await bob.chat.click("@requests")
            await bob.chat.waitFor("@request-text")
            await world.shot(bob.chat, `request-${browser}`)
            const trust = await bob.chat.attribute(
                "[data-test=request] [data-test=trust]",
                "data-trust",
            )
            assert.equal(trust, "unknown")
            assert.equal(await bob.chat.count("[data-test=request] a"), 0)
            await bob.chat.click("@request-refuse")
            await bob.chat.waitGone("@request")
            await world.shot(bob.chat, `refused-${browser}`)
            await forgetsTalk(alice)
            await asks(alice, "hello Bob")
            await bob.chat.waitFor("@request-text", { timeout: 20_000 })
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
        name: "typed on while it is sent: every line goes, in order, and the rest stays",
        async run(_world, _browser, { alice, bob }) {
            await alice.chat.type("@say-text", "one line\nanother\na third\nnot yet")
            await shows(bob, "a third")
            await shows(alice, "a third")
            const lines = ["one line", "another", "a third"]
            const seen = (await shown(bob.chat)).filter((text) => lines.includes(text))
            assert.deepEqual(seen, lines)
            assert.equal(await alice.chat.value("@say-text"), "not yet")
            await alice.chat.type("@say-text", "", { clear: true })
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
            await shows(alice, "first words")
            // Not before the answer, which may come after the words are shown.
            await until(
                async () => {
                    await alice.chat.press("ArrowUp")
                    return alice.chat.has("@editing")
                },
                { timeout: 10_000, every: 300, what: () => "the last message is not changed" },
            )
            await alice.chat.type("@say-text", "better words", { clear: true })
            await alice.chat.press("Enter")
            await shows(bob, "better words")
            assert.ok(!(await shown(bob.chat)).includes("first words"))
            await world.shot(bob.chat, `edited-${browser}`)
            await alice.chat.waitGone("@editing")
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
        name: "verified and blocked from the conversation; what was said meanwhile never shows",
        async run(world, browser, { alice, bob }) {
            await bob.chat.click("@talk-details")
            await bob.chat.waitFor("[data-test=safety-trust][data-trust=known]")
            await bob.chat.click("@agree")
            await bob.chat.waitFor("[data-test=safety-trust][data-trust=verified]")
            await world.shot(bob.chat, `details-${browser}`)
            await bob.chat.click("@block")
            await bob.chat.waitFor("@block-verified")
            await world.shot(bob.chat, `block-${browser}`)
            await bob.chat.click("@block-sure-confirm")
            await bob.chat.waitFor("[data-test=safety-trust][data-trust=blocked]")
            await bob.chat.click("@details-back")
            await bob.chat.waitFor("[data-test=closed][data-code=contact-blocked]")
            await world.shot(bob.chat, `blocked-${browser}`)
            assert.match(await bob.chat.text("@closed"), /^You blocked Alice\. Unblock to write/)
            assert.equal((await bob.chat.text("[data-test=typing]")).trim(), "")
            await write(alice.chat, "words to nobody")
            await comesTo(alice, "words to nobody", "sent")
            await pause(QUIET_MS)
            assert.ok(!(await shown(bob.chat)).includes("words to nobody"))
            assert.equal((await bob.status()).unread, 0)
            assert.equal(await deliveryOf(alice.chat, "words to nobody"), "sent")
            await bob.chat.click("@unblock")
            await bob.chat.waitFor("@say-text")
            // Blocking took the comparison away: it is not sure any more that it is they.
            await bob.chat.waitFor("[data-test=talk-details] [data-test=trust][data-trust=known]")
            await write(alice.chat, "here again")
            await shows(bob, "here again")
            assert.ok(!(await shown(bob.chat)).includes("words to nobody"))
        },
    },
    {
        name: "receipts and typing are shown; switched off they are neither sent nor shown",
        async run(_world, _browser, { alice, bob }) {
            await comesTo(alice, "here again", "read")
            await bob.chat.type("@say-text", "a")
            await says(alice, "Bob", "[data-test=typing]")
            await switchOver(bob, "receipts")
            await switchOver(bob, "typing-switch")
            await bob.chat.type("@say-text", "b", { clear: true })
            await write(alice.chat, "is it read?")
            await shows(bob, "is it read?")
            await bob.chat.type("@say-text", "out loud", { clear: true })
            await bob.chat.press("Enter")
            await shows(alice, "out loud")
            await alice.chat.type("@say-text", "c")
            await comesTo(alice, "is it read?", "sent")
            await comesTo(bob, "out loud", "sent")
            await pause(QUIET_MS)
            assert.equal(await deliveryOf(alice.chat, "is it read?"), "sent")
            assert.equal(await deliveryOf(bob.chat, "out loud"), "sent")
            for (const side of [alice, bob])
                assert.equal((await side.chat.text("[data-test=typing]")).trim(), "", side.name)
            await switchOver(bob, "receipts")
            await switchOver(bob, "typing-switch")
            await alice.chat.type("@say-text", "now?", { clear: true })
            await alice.chat.press("Enter")
            await comesTo(alice, "now?", "read")
        },
    },
    {
        name: "a link leads where it says, nothing else is one, nothing is fetched; search finds it",
        async run(world, browser, { alice, bob }) {
            let asked = 0
            const server = createServer((_, response) => {
                asked += 1
                response.end("")
            })
            await new Promise((done) => server.listen(0, "127.0.0.1", done))
            world.onEnd(() => server.close())
            const href = `http://127.0.0.1:${server.address().port}/plan.png`
            await write(
                alice.chat,
                `see ${href}, javascript:alert(1) data:text/html,x https://bank.example@other.example/`,
            )
            await shows(bob, href)
            const links = await bob.chat.eval(() =>
                [...document.querySelectorAll("[data-test=message-text] a")].map((it) => [
                    it.href,
                    it.textContent,
                    it.rel,
                ]),
            )
            assert.deepEqual(links, [[href, href, "noopener noreferrer nofollow"]])
            await bob.chat.click("@talk-search")
            await bob.chat.type("@search-words", "plan.png")
            await bob.chat.waitFor("@hit")
            await world.shot(bob.chat, `found-${browser}`)
            await bob.chat.click("@hit")
            await bob.chat.waitFor(".said-marked", { state: ["ready", "hidden"] })
            assert.ok((await bob.chat.text(".said-marked")).includes(href))
            assert.equal(asked, 0)
        },
    },
    {
        name: "a group is made, renamed, its roles are changed",
        async run(world, browser, { alice, bob }) {
            alice.pair = await alice.chat.eval(() => location.hash.slice(1))
            bob.pair = await bob.chat.eval(() => location.hash.slice(1).split("&")[0])
            await alice.chat.click("@new-group")
            await alice.chat.type("@group-name", "Choir")
            await alice.chat.click("@person-choice")
            await alice.chat.click("@people-confirm")
            await alice.chat.waitFor("[data-test=talk][data-kind=group]")
            await write(alice.chat, "welcome all")
            const group = await alice.chat.attribute("[data-test=talk]", "data-id")
            await bob.chat.waitFor(`[data-test=talk-item][data-id="${group}"]`, { timeout: 20_000 })
            await bob.chat.click(`[data-test=talk-item][data-id="${group}"]`)
            await shows(bob, "welcome all")
            await bob.chat.click("@talk-details")
            await bob.chat.waitFor("[data-test=rights][data-remove=admins]")
            for (const deed of ["group-name", "set-admin", "remove-person", "may-remove-everybody"])
                assert.equal(await bob.chat.count(`[data-test=${deed}]`), 0, deed)
            await alice.chat.click("@talk-details")
            await alice.chat.type("@group-name", "Quire", { clear: true })
            await alice.chat.click("@rename")
            await says(bob, "Quire", "[data-test=details] h1")
            await alice.chat.click("@may-remove-everybody")
            await bob.chat.waitFor("@remove-person", { timeout: 20_000 })
            await alice.chat.click("@may-remove-admins")
            await bob.chat.waitGone("@remove-person", { timeout: 20_000 })
            const makesAdmin = () => alice.chat.attribute("@set-admin", "aria-label")
            assert.equal(await makesAdmin(), "Make admin: Bob")
            await alice.chat.click("@set-admin")
            await bob.chat.waitFor("@group-name", { timeout: 20_000 })
            await world.shot(bob.chat, `admin-${browser}`)
            // The same button takes it back, once this page knows as well.
            const admins = () => alice.chat.count("[data-test=member][data-admin=true]")
            await until(async () => (await admins()) === 2, {
                timeout: 20_000,
                what: () => "Alice's page does not know of the admin",
            })
            await alice.chat.click("@set-admin")
            await bob.chat.waitGone("@group-name", { timeout: 20_000 })
        },
    },
    {
        name: "a third is added to a group that goes on, talks with both, and is removed",
        async run(world, browser, shared) {
            const { alice, bob } = shared
            shared.carol = await startCarol(world, shared)
            const { carol } = shared
            await alice.chat.click("@add-people")
            // The session with the third is still beginning.
            await until(
                async () => {
                    await alice.chat.click("[data-test=adding] [data-test=people-cancel]")
                    await alice.chat.click("@add-people")
                    await alice.chat.waitFor("[data-test=adding] [data-test=person-choice]")
                    return alice.chat.has("[data-test=adding] input[type=checkbox]:enabled")
                },
                { timeout: 20_000, every: 300, what: () => "the third cannot be added" },
            )
            assert.equal(await alice.chat.count("[data-test=adding] [data-test=person-choice]"), 1)
            await alice.chat.click("[data-test=adding] [data-test=person-choice]")
            await alice.chat.click("[data-test=adding] [data-test=people-confirm]")
            await alice.chat.waitGone("@adding")
            await areOnRosters([alice, bob], 3)
            await world.shot(alice.chat, `added-${browser}`)
            await world.shot(bob.chat, `third-${browser}`)
            const group = await until(
                async () => (await talksOf(carol)).find(({ title }) => title === "Quire")?.id,
                { timeout: 20_000, what: () => "the third is in no group" },
            )
            await bob.chat.click("@details-back")
            await says(bob, "Alice added")
            await carol.live({
                type: "send",
                conversation: group,
                text: "hello both",
                replyTo: null,
            })
            await shows(bob, "hello both")
            await write(bob.chat, "hello third")
            let heard
            await until(
                async () => {
                    heard = await wordsOf(carol, group)
                    return heard.includes("hello third")
                },
                { timeout: 20_000, what: () => `the third hears ${heard}` },
            )
            assert.ok(!heard.includes("welcome all"), "what was said before is not for the third")
            await bob.chat.click("@talk-details")
            const third = await alice.chat.eval(
                () =>
                    [...document.querySelectorAll("[data-test=member]")].find((it) =>
                        it.textContent.includes("Member 0"),
                    )?.dataset.id,
            )
            await alice.chat.click(`[data-id="${third}"] [data-test=remove-person]`)
            await alice.chat.click("@remove-sure-confirm")
            await areOnRosters([alice, bob], 2)
            await until(
                async () =>
                    (await talksOf(carol)).some((it) => it.id === group && it.standing === "ended"),
                { timeout: 20_000, what: () => "the third was told nothing" },
            )
        },
    },
    {
        name: "who is removed from a group is told, and the last one leaves",
        async run(world, browser, { alice, bob }) {
            await alice.chat.click("@leave")
            await alice.chat.waitFor("@only-admin")
            await alice.chat.click("@leave-sure-cancel")
            await alice.chat.click("@remove-person")
            await alice.chat.click("@remove-sure-confirm")
            await bob.chat.waitGone("@leave", { timeout: 20_000 })
            await bob.chat.click("@details-back")
            await bob.chat.waitFor("[data-test=closed]")
            await world.shot(bob.chat, `removed-${browser}`)
            await shows(bob, "welcome all")
            await areOnRosters([alice], 1)
            await alice.chat.waitFor("@add-people")
            await world.shot(alice.chat, `alone-${browser}`)
            await alice.chat.click("@leave")
            await alice.chat.click("@leave-sure-confirm")
            await alice.chat.waitGone("@leave")
            await alice.chat.click("@details-back")
            await alice.chat.waitFor("[data-test=closed]")
            await world.shot(alice.chat, `left-${browser}`)
            await go(alice.chat, alice.pair)
            await go(bob.chat, bob.pair)
            await alice.chat.waitFor("@say-text")
            await bob.chat.waitFor("@say-text")
        },
    },
    {
        name: "a request is refused and its sender blocked: nothing comes from them any more",
        async run(world, browser, { bob, carol }) {
            const contact = carol.contacts[1]
            const { conversation } = await carol.live({ type: "begin", contact })
            const { id } = conversation.brief
            const send = (text) =>
                carol.live({ type: "send", conversation: id, text, replyTo: null })
            await send("are you there?")
            await bob.chat.waitFor("@requests", { timeout: 20_000 })
            await bob.chat.click("@requests")
            await bob.chat.waitFor("@request-text")
            await bob.chat.click("@request-block")
            await bob.chat.waitGone("@request")
            await world.shot(bob.chat, `refused-and-blocked-${browser}`)
            await bob.chat.waitGone("@requests")
            const { contacts } = await bob.desk({ type: "contacts", query: "Member" })
            assert.deepEqual(
                contacts.map(({ trust }) => trust),
                ["blocked"],
            )
            await carol.live({ type: "forget-conversation", conversation: id })
            await carol.live({ type: "begin", contact })
            await send("why not?")
            const asked = { type: "messages", conversation: id, from: 0, count: 60 }
            let last
            await until(
                async () => {
                    last = (await carol.live(asked)).messages.at(-1)
                    return last.delivery.state === "sent"
                },
                { timeout: 20_000, what: () => `the letter has not left: ${JSON.stringify(last)}` },
            )
            await pause(QUIET_MS)
            assert.equal(await bob.chat.count("[data-test=requests]"), 0)
            assert.equal((await bob.status()).requests, 0)
            await carol.close()
            await go(bob.chat, bob.pair)
            await bob.chat.waitFor("@say-text")
        },
    },
    {
        name: "who is here is shown where both show it; off, it is neither sent nor shown",
        async run(world, browser, { alice, bob, relay }) {
            assert.equal(await relay.metric("presence_total"), 0, "off at first, nothing is sent")
            await switchOver(bob, "presence-switch")
            await until(async () => (await relay.metric("presence_total")) > 0, {
                timeout: 10_000,
                what: () => "nothing is sent",
            })
            await pause(QUIET_MS)
            for (const { chat } of [alice, bob]) assert.equal(await chat.count(HERE), 0)
            await switchOver(alice, "presence-switch")
            for (const { chat } of [alice, bob]) await chat.waitFor(HERE, { timeout: 25_000 })
            assert.match(await alice.chat.text("@talk-details"), /Here now/)
            await world.shot(alice.chat, `here-${browser}`)
            const popup = await bob.profile.page(bob.profile.extensionPath("pages/popup.html"))
            await popup.waitFor("[data-test=popup-person][data-presence=here]")
            await world.shot(popup, `popup-here-${browser}`)
            await popup.close()
            await switchOver(bob, "presence-switch")
            for (const { chat } of [alice, bob]) await chat.waitGone(HERE, { timeout: 25_000 })
            assert.doesNotMatch(await alice.chat.text("@talk-details"), /Here now/)
            await switchOver(alice, "presence-switch")
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
    {
        name: "the browser is killed: what was written and not sent is there again",
        async run(world, browser, { alice, bob }) {
            const place = await bob.chat.eval(() => location.hash.split("&")[0])
            await bob.chat.type("@say-text", "half a thought")
            await says(bob, "half a thought", "[data-test=talks]")
            await bob.profile.kill()
            bob.page = await bob.profile.page(bob.profile.extensionPath("pages/settings.html"))
            bob.chat = await bob.profile.page(bob.profile.extensionPath(`pages/chat.html${place}`))
            await bob.chat.waitFor("@unlock-passphrase", { timeout: 30_000 })
            await bob.chat.type("@unlock-passphrase", PASSPHRASE)
            await bob.chat.click("@unlock")
            await bob.chat.waitFor("@say-text", { timeout: 30_000 })
            await until(async () => (await bob.chat.value("@say-text")) === "half a thought", {
                timeout: 10_000,
                what: () => "the draft is gone",
            })
            await world.shot(bob.chat, `draft-${browser}`)
            await bob.chat.press("Enter")
            await shows(alice, "half a thought")
        },
    },
]
