// Ten thousand messages while the other is away, with the relay killed in between. It takes minutes,
// so it runs by its name; `live/talk` does the same with a few hundred.

import { strict as assert } from "node:assert"
import { meet } from "./meet.mjs"
import { says } from "./side.mjs"

export const alone = true

const MANY = 10_000
/** In one call of the driver, which has 30 s. */
const BATCH = 200
const LONG_MS = 170_000

export const setUp = meet

/** Says `number from` to `number to - 1`, one after the other, from the page. */
function count(side, from, to) {
    return side.page.eval(
        async (conversation, from, to) => {
            const { runtime } = globalThis.browser ?? chrome
            for (let number = from; number < to; number += 1) {
                const text = `number ${number}`
                const body = { type: "send", conversation, text, replyTo: null }
                const answer = await runtime.sendMessage({ v: 1, id: 5, claim: "live", body })
                if (answer.error) throw new Error(JSON.stringify(answer.error))
            }
        },
        side.talk,
        from,
        to,
    )
}

/** Says a part of them; the relay dies in the middle of it, and comes back. */
function part(from, to) {
    return {
        name: `messages ${from} to ${to}, while the other is away; the relay dies in between`,
        async run(_world, _browser, { alice, bob, relay }) {
            if (from === 0) await bob.live({ type: "set-reachable", on: false })
            const middle = (from + to) / 2
            const began = Date.now()
            for (let at = from; at < to; at += BATCH) {
                await count(alice, at, at + BATCH)
                if (at === middle) await relay.kill()
                if (at === middle + BATCH) await relay.start()
            }
            const ms = (Date.now() - began) / (to - from)
            console.log(`    ${ms.toFixed(1)} ms a message`)
            const last = says(`number ${to - 1}`)
            await alice.sees(alice.talk, (it) => last(it) && it.delivery.state === "sent", LONG_MS)
        },
    }
}

export const tests = [
    part(0, 2_000),
    part(2_000, 4_000),
    part(4_000, 6_000),
    part(6_000, 8_000),
    part(8_000, MANY),
    {
        name: "back, the other has all 10,000, in order, once",
        async run(_world, _browser, { bob }) {
            const began = Date.now()
            await bob.reach()
            await bob.sees(bob.talk, says(`number ${MANY - 1}`), LONG_MS)
            console.log(`    read in ${((Date.now() - began) / 1000).toFixed(1)} s`)
            const words = await bob.words(bob.talk)
            const wanted = Array.from({ length: MANY }, (_, number) => `you: number ${number}`)
            assert.deepEqual(words.slice(-MANY), wanted)
            assert.equal(words.length, MANY + 1)
        },
    },
]
