// A private relay: who has no pass is told so, and gets in with it.

import { startRelay } from "../services/relay.mjs"
import { REACHED, Side } from "./side.mjs"

const PASS = "0123456789abcdef".repeat(4)

export async function setUp(world, browser) {
    const relay = await startRelay({ pass: PASS })
    world.onEnd(() => relay.close())
    return { relay, alice: await Side.open(world, browser, "Alice") }
}

export const tests = [
    {
        name: "a relay with a pass lets in who has it",
        async run(world, _browser, { relay, alice }) {
            const chat = await alice.profile.page(alice.profile.extensionPath("pages/chat.html"))
            await chat.waitFor("@relay-origin")
            await chat.type("@relay-origin", relay.origin)
            await chat.click("@relay-choose")
            await chat.waitFor("[data-test=reach-line][data-reach=unreachable]")
            await world.shot(chat, "without")
            await chat.click("@reach-line")
            await chat.waitFor("@relay-pass")
            await world.shot(chat, "asked")
            await chat.type("@relay-pass", PASS)
            await chat.click("@relay-choose")
            await chat.waitFor(REACHED, { timeout: 30_000 })
            await world.shot(chat, "with")
            await chat.close()
        },
    },
]
