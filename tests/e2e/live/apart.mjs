// Each has a relay of their own. What somebody else names is not connected to before the person says
// so; then they talk there, whatever becomes of the others.

import { strict as assert } from "node:assert"
import { until } from "../drivers/until.mjs"
import { startRelay } from "../services/relay.mjs"
import { Side, says } from "./side.mjs"

export async function setUp(world, browser) {
    const relays = []
    for (let count = 0; count < 3; count += 1) {
        const relay = await startRelay()
        world.onEnd(() => relay.close())
        relays.push(relay)
    }
    const alice = await Side.open(world, "chromium", "Alice")
    const bob = await Side.open(world, browser, "Bob")
    return { relays, alice, bob }
}

async function connected(relay, count) {
    let seen
    await until(
        async () => {
            seen = await relay.connections()
            return seen === count
        },
        { timeout: 20_000, every: 100, what: () => `${seen} connections, not ${count}` },
    )
}

const host = ({ origin }) => new URL(origin).host

async function request(side) {
    return until(async () => (await side.live({ type: "conversations" })).requests[0], {
        timeout: 20_000,
        what: () => `no request for ${side.name}`,
    })
}

/** What the page of requests says of the relay, with a picture of it. */
async function relayShown(world, side, name) {
    const page = await side.profile.page(side.profile.extensionPath("pages/chat.html#requests"))
    await page.waitFor("@request-relay")
    await world.shot(page, name)
    return { page, words: await page.text("@request-relay") }
}

export const tests = [
    {
        name: "a stranger's request names their relay, and nothing connects there before it is accepted",
        async run(world, browser, { relays: [first, second], alice, bob }) {
            await alice.reach(first.origin)
            await bob.reach(second.origin)
            const contact = await alice.accept(bob)
            alice.talk = (await alice.live({ type: "begin", contact })).conversation.brief.id
            await alice.say(alice.talk, "hello Bob")
            const asked = await request(bob)
            assert.equal(asked.relay, first.origin)
            bob.talk = asked.conversation
            // The letter lies in his mailbox; nothing else keeps her at his relay.
            await connected(second, 1)
            await bob.profile.killWorker()
            await bob.reached(60_000)
            assert.equal(await first.connections(), 1, "Bob is at Alice's relay before he said so")
            const { page, words } = await relayShown(world, bob, `stranger-${browser}`)
            assert.ok(words.includes(host(first)), words)
            await page.click("@request-accept")
            await page.waitFor("@say-text", { timeout: 20_000 })
            await page.close()
            await connected(first, 2)
            await alice.sees(alice.talk, (it) => it.body.type === "began")
            await bob.say(bob.talk, "hello Alice")
            await alice.sees(alice.talk, says("hello Alice"))
        },
    },
    {
        name: "with the relay of the one or the other gone, what is said waits at most, and comes",
        async run(_world, _browser, { relays: [first, second], alice, bob }) {
            await second.kill()
            await bob.say(bob.talk, "without mine")
            await alice.sees(alice.talk, says("without mine"))
            await second.start()
            await first.kill()
            await bob.say(bob.talk, "without yours")
            await bob.sees(
                bob.talk,
                (it) => says("without yours")(it) && it.delivery.state !== "sent",
            )
            await first.start()
            await alice.sees(alice.talk, says("without yours"), 60_000)
            await alice.say(alice.talk, "and back")
            await bob.sees(bob.talk, says("and back"), 60_000)
            await bob.reached(60_000)
        },
    },
    {
        name: "a contact adds somebody to a group at a new relay: it is joined once that is accepted",
        async run(world, browser, { relays: [, , third], alice, bob }) {
            await alice.reach(third.origin)
            await until(
                async () => {
                    const { people } = await alice.live({ type: "people" })
                    return people[0].canAdd
                },
                { timeout: 20_000, every: 200, what: () => "Bob cannot be added" },
            )
            const made = { type: "create-group", name: "Choir", people: [alice.contact] }
            const group = (await alice.live(made)).conversation.brief.id
            const asked = await request(bob)
            assert.equal(asked.relay, third.origin)
            assert.equal(asked.group, true)
            assert.equal(asked.contact.name, "Alice")
            assert.equal(await third.connections(), 1, "Bob is at the new relay before he said so")
            const { page, words } = await relayShown(world, bob, `group-${browser}`)
            assert.ok(words.includes(host(third)), words)
            await page.click("@request-accept")
            await page.waitGone("@request")
            const joined = () =>
                bob
                    .live({ type: "conversations" })
                    .then(({ conversations }) => conversations.find(({ id }) => id === group))
            await until(joined, { timeout: 20_000, what: () => "Bob is in no group" })
            assert.equal((await joined()).title, "Choir")
            await bob.say(group, "la")
            await alice.sees(group, says("la"))
            await page.close()
        },
    },
    {
        name: "the new relay is taken now: another group there asks nothing",
        async run(_world, _browser, { alice, bob }) {
            await until(
                async () => {
                    const { people } = await alice.live({ type: "people" })
                    return people[0].canAdd
                },
                { timeout: 20_000, every: 200, what: () => "Bob cannot be added" },
            )
            const made = { type: "create-group", name: "Orchestra", people: [alice.contact] }
            const group = (await alice.live(made)).conversation.brief.id
            await until(
                async () => {
                    const { conversations } = await bob.live({ type: "conversations" })
                    return conversations.some(({ id }) => id === group)
                },
                { timeout: 20_000, what: () => "Bob is in no group" },
            )
        },
    },
]
