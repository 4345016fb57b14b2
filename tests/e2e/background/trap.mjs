// The core traps while it computes: its instance is thrown away, and nothing else is lost.
//
// No input is known that makes it trap. So its memory is taken away while it works, and the next
// large request finds none: Rust aborts, as it does after any panic.

import { strict as assert } from "node:assert"
import { ask } from "../story/guard.mjs"

const PASSPHRASE = "six grey herons over slow water"
const WORDS = "Still here."
const LARGE = 8_000_000

export async function setUp(world, browser) {
    const profile = await world.launch(browser)
    const page = await profile.page(profile.extensionPath("pages/settings.html"))
    const person = { name: "Alice Example", address: "alice@example.org" }
    await ask(page, { type: "create", ...person, passphrase: PASSPHRASE })
    return { profile, page }
}

/** Instances that the background makes from now on are kept in sight. */
function watchInstances(profile) {
    return profile.background(async (api) => {
        const isWorker = typeof ServiceWorkerGlobalScope === "function"
        const scope = isWorker ? globalThis : await api.runtime.getBackgroundPage()
        const { Instance } = scope.WebAssembly
        scope.instancesSeen = []
        scope.WebAssembly.Instance = function seen(...given) {
            const made = new Instance(...given)
            scope.instancesSeen.push(made)
            return made
        }
    })
}

function instances(profile) {
    return profile.background(async (api) => {
        const isWorker = typeof ServiceWorkerGlobalScope === "function"
        const scope = isWorker ? globalThis : await api.runtime.getBackgroundPage()
        return scope.instancesSeen.length
    })
}

/** The newest instance has all the memory that there is already, and gets no more. */
function starve(profile) {
    return profile.background(async (api) => {
        const isWorker = typeof ServiceWorkerGlobalScope === "function"
        const scope = isWorker ? globalThis : await api.runtime.getBackgroundPage()
        const { memory } = scope.instancesSeen.at(-1).exports
        for (let pages = 16_384; pages >= 1; ) {
            try {
                memory.grow(pages)
            } catch {
                pages = Math.floor(pages / 2)
            }
        }
    })
}

/** Asks as a page of ours; gives the code of the failure. */
function refusal(page, body) {
    return page.eval(async (asked) => {
        const { runtime } = globalThis.browser ?? chrome
        const answer = await runtime.sendMessage({ v: 1, id: 5, claim: "desk", body: asked })
        return answer.error?.code ?? null
    }, body)
}

const source = { tab: null, private: false, messageFrom: [], messageDate: null }

export const tests = [
    {
        name: "after a trap the next request is answered by a new instance, unlocked, with the draft",
        async run(_world, _browser, { profile, page }) {
            const empty = { context: null, to: [], replyTo: null, private: false }
            const { draft } = await ask(page, { type: "compose", ...empty })
            const saved = { to: [], addresses: [], subject: "", text: WORDS, form: "armor" }
            await ask(page, { type: "save-draft", id: draft.id, ...saved })
            await watchInstances(profile)
            await ask(page, { type: "lock" })
            await ask(page, { type: "unlock", passphrase: PASSPHRASE })
            const before = await instances(profile)
            await starve(profile)
            const text = "x".repeat(LARGE)
            const large = { type: "open", text, source, reveal: false }
            assert.equal(await refusal(page, large), "bug")
            const { status } = await ask(page, { type: "status" })
            assert.equal(status.vault, "unlocked")
            assert.equal(await instances(profile), before + 1, "the instance was not thrown away")
            const { draft: kept } = await ask(page, { type: "open-draft", id: draft.id })
            assert.equal(kept.text, WORDS)
            // The same request is no trap any more: it was the memory.
            assert.equal(await refusal(page, large), "too-large")
        },
    },
]
