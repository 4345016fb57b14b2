// Whoever has somebody's card can write letters to their mailbox, and spend what its public token takes
// in a day. Contacts have a token of their own.

import { strict as assert } from "node:assert"
import { until } from "../drivers/until.mjs"
import { meet } from "./meet.mjs"
import { says } from "./side.mjs"

/** What the public token takes in a day (docs/protocol.md, Mailbox). */
const PER_DAY = 16

export const setUp = meet

/** The mailbox that a card names, as anybody reads it who has the card. */
function mailbox(card, origin) {
    const bytes = Buffer.from(card.replace(/-----[^-]+-----/g, ""), "base64")
    const at = bytes.indexOf(origin) + origin.length
    assert.ok(at > origin.length && bytes[at] === 0x50 && bytes[at + 17] === 0x58, "no mailbox")
    return [...bytes.subarray(at + 1, at + 17), ...bytes.subarray(at + 19, at + 51)]
}

/** Gives the relay letters that are none until it takes no more; how many it took. */
const flood = (page, origin, way, most) =>
    page.eval(
        async (origin, way, most) => {
            const socket = new WebSocket(`${origin}/v1`, "sotto-relay.v1")
            socket.binaryType = "arraybuffer"
            await new Promise((open) => socket.addEventListener("open", open))
            const REFUSED = 132
            let taken = 0
            for (; taken < most; taken += 1) {
                const answer = new Promise((come) => {
                    socket.onmessage = ({ data }) => come(new Uint8Array(data))
                })
                const blob = [1, 3, ...crypto.getRandomValues(new Uint8Array(64))]
                const append = [4, 0, 0, 0, taken + 1, ...way, ...new Array(9).fill(0), ...blob]
                socket.send(new Uint8Array(append))
                if ((await answer)[0] === REFUSED) break
            }
            socket.close()
            return taken
        },
        origin,
        way,
        most,
    )

async function passes(from, to, words) {
    await from.say(from.talk, words)
    await to.sees(to.talk, says(words))
}

export const tests = [
    {
        name: "a contact begins anew although a stranger has spent the mailbox's public token",
        async run(_world, _browser, { relay, alice, bob }) {
            await bob.sees(bob.talk, says("hello Bob"))
            // The relay has granted Alice's token when Bob has her answer; he tells it before what
            // he says then.
            await passes(bob, alice, "welcome")
            await passes(alice, bob, "thank you")
            await passes(bob, alice, "not at all")
            await relay.lose()
            await until(
                async () => {
                    const asked = { type: "open-conversation", conversation: alice.talk }
                    const { conversation } = await alice.live(asked)
                    return conversation.brief.standing === "ended"
                },
                { timeout: 60_000, every: 200, what: () => "the conversation goes on" },
            )
            await alice.reached(60_000)
            await bob.reached(60_000)
            const { card } = await bob.desk({ type: "own-card" })
            const way = mailbox(card, relay.origin)
            const taken = await flood(alice.page, relay.origin, way, 2 * PER_DAY)
            assert.equal(taken, PER_DAY)
            await alice.live({ type: "renew", conversation: alice.talk })
            await alice.sees(alice.talk, (it) => it.body.type === "new-device", 30_000)
            await alice.say(alice.talk, "here again")
            await bob.sees(bob.talk, says("here again"))
        },
    },
]
