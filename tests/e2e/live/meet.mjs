// Alice and Bob, a relay, and a conversation that both have.

import { until } from "../drivers/until.mjs"
import { setUp } from "./side.mjs"

export async function meet(world, browser) {
    const { relay, alice, bob } = await setUp(world, browser)
    await meetAt(relay, alice, bob)
    return { relay, alice, bob }
}

/** Both come to a relay, the first writes, the other accepts. */
export async function meetAt({ origin }, alice, bob) {
    await alice.reach(origin)
    await bob.reach(origin)
    const contact = await alice.accept(bob)
    alice.talk = (await alice.live({ type: "begin", contact })).conversation.brief.id
    await alice.say(alice.talk, "hello Bob")
    await accept(bob)
    await alice.sees(alice.talk, (it) => it.body.type === "began")
}

async function accept(side) {
    const request = await until(
        async () => (await side.live({ type: "conversations" })).requests[0],
        { timeout: 20_000, what: () => "no request" },
    )
    side.talk = request.conversation
    const { verdict } = request.card
    await side.live({ type: "accept-request", conversation: side.talk, verdict })
}
