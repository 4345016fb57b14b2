// Two relays on one JetStream behind one address: who talks is connected to the one, who listens to
// the other. Each of them, and nats-server, is killed in the middle of what is said.

import { strict as assert } from "node:assert"
import { until } from "../drivers/until.mjs"
import { balance, startNats } from "../services/nats.mjs"
import { startRelay } from "../services/relay.mjs"
import { meetAt } from "./meet.mjs"
import { Side, says } from "./side.mjs"

/** The store of tests/services/nats has less room than a relay asks for by itself. */
const ROOM = "[limits]\nstore_bytes = 50000000\n"
/** What each says while something dies. */
const EACH = 30

export async function setUp(world, browser) {
    const nats = await startNats()
    world.onEnd(() => nats.close())
    const relays = []
    for (let count = 0; count < 2; count += 1) {
        const relay = await startRelay({ nats: nats.address, limits: ROOM })
        world.onEnd(() => relay.close())
        relays.push(relay)
    }
    const front = await balance(relays)
    world.onEnd(() => front.close())
    const alice = await Side.open(world, "chromium", "Alice")
    const bob = await Side.open(world, browser, "Bob")
    await meetAt(front, alice, bob)
    return { nats, relays, alice, bob }
}

/** One of them at each of the relays, so that what is said crosses JetStream. */
async function apart({ relays }) {
    let seen
    await until(
        async () => {
            seen = await Promise.all(relays.map((relay) => relay.connections()))
            return seen.every((count) => count === 1)
        },
        { timeout: 20_000, every: 200, what: () => `${seen} connections` },
    )
}

/** Both say numbers, one after the other, and in between something happens. */
async function talk({ alice, bob }, topic, happens) {
    for (let number = 0; number < EACH; number += 1) {
        await happens[number]?.()
        await alice.say(alice.talk, `${topic} ${number} of Alice`)
        await bob.say(bob.talk, `${topic} ${number} of Bob`)
    }
    const last = EACH - 1
    await bob.sees(bob.talk, says(`${topic} ${last} of Alice`), 60_000)
    await alice.sees(alice.talk, says(`${topic} ${last} of Bob`), 60_000)
}

/** Everything came once, in the order in which it was said, and is marked as sent. */
async function isWhole({ alice, bob }, topic) {
    for (const [side, other] of [
        [alice, bob],
        [bob, alice],
    ]) {
        const words = (await side.words(side.talk)).filter((word) => word.includes(topic))
        for (const [who, { name }] of [
            ["me", side],
            ["you", other],
        ]) {
            const wanted = Array.from(
                { length: EACH },
                (_, number) => `${who}: ${topic} ${number} of ${name}`,
            )
            const said = words.filter((word) => word.startsWith(who))
            assert.deepEqual(said, wanted, `${side.name} has of ${name}`)
        }
    }
}

/** The page of each, where the end of it stands, shows what came last. */
async function isShown({ alice, bob }) {
    for (const side of [alice, bob]) {
        const { total } = await side.messages(side.talk)
        const { messages } = await side.messages(side.talk, total - 1)
        const path = `pages/chat.html#talk=${side.talk}&at=${total - 1}`
        const page = await side.profile.page(side.profile.extensionPath(path))
        let seen
        await until(
            async () => {
                seen = await page.eval(() =>
                    [...document.querySelectorAll("[data-test=message-text]")].map((it) =>
                        it.textContent.trim(),
                    ),
                )
                return seen.includes(messages[0].body.text)
            },
            { timeout: 20_000, what: () => `${side.name} is shown ${JSON.stringify(seen)}` },
        )
        await page.close()
    }
}

export const tests = [
    {
        name: "two relays on one JetStream serve one conversation",
        async run(_world, _browser, all) {
            await apart(all)
            await talk(all, "quiet", {})
            await isWhole(all, "quiet")
            await isShown(all)
        },
    },
    {
        name: "one relay is killed and comes back, then the other: all arrives once, in order",
        async run(_world, _browser, all) {
            const [first, second] = all.relays
            await talk(all, "relay", {
                5: () => first.kill(),
                12: () => first.start(),
                18: () => second.kill(),
                25: () => second.start(),
            })
            await isWhole(all, "relay")
            await isShown(all)
        },
    },
    {
        name: "nats-server is killed and comes back: all arrives once, in order",
        async run(_world, _browser, all) {
            const { nats } = all
            await talk(all, "server", { 8: () => nats.kill(), 20: () => nats.start() })
            await isWhole(all, "server")
            await isShown(all)
        },
    },
    {
        name: "a relay and nats-server are killed at once: all arrives once, in order",
        async run(_world, _browser, all) {
            const { nats, relays } = all
            await talk(all, "both", {
                8: () => Promise.all([relays[0].kill(), nats.kill()]),
                15: () => nats.start(),
                20: () => relays[0].start(),
            })
            await isWhole(all, "both")
            await isShown(all)
        },
    },
]
