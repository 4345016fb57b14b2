// A letter that is being written, when the browser dies or the disk is full.

import { strict as assert } from "node:assert"
import { until } from "../drivers/until.mjs"
import { acquainted } from "../story/pair.mjs"

const WORDS = "Written before the lights went out."

export async function setUp(world, browser) {
    return acquainted(world, browser)
}

async function begins({ alice, bob }, text) {
    const panel = await alice.profile.extensionPage("pages/panel.html")
    await panel.click("@write")
    alice.compose = panel
    await alice.addRecipient(bob.address)
    await panel.type("@text", text)
    await saved(panel)
    return panel
}

function saved(panel) {
    return until(async () => !(await panel.text("@saved")).match(/…|ing/), {
        timeout: 15_000,
        what: () => "the draft is not saved",
    })
}

/**
 * The next `count` transactions of the background that write are aborted, as by a disk that fails.
 * In Firefox the panel itself reaches for it: hidden by a tab of its own, the panel saves, and that
 * may come first or last.
 */
function refuseWrites({ profile, compose }, count) {
    const refuse = async (api, left) => {
        const isWorker = typeof ServiceWorkerGlobalScope === "function"
        const scope = isWorker ? globalThis : await api.runtime.getBackgroundPage()
        const { prototype } = scope.IDBDatabase
        scope.realTransaction ??= prototype.transaction
        let refused = 0
        prototype.transaction = function transaction(names, mode, options) {
            const made = scope.realTransaction.call(this, names, mode, options)
            if (mode === "readwrite" && refused < left) {
                refused += 1
                // After what is asked of it in this task: it fails as a whole.
                scope.queueMicrotask(() => made.abort())
            }
            return made
        }
    }
    if (profile.name === "chromium") return profile.background(refuse, count)
    return compose.eval(new Function("left", `return (${refuse})(browser, left)`), count)
}

async function asking({ profile }) {
    const panel = await profile.extensionPage("pages/panel.html")
    await panel.waitFor("@unlock-passphrase")
    return panel
}

export const tests = [
    {
        name: "the browser killed while a letter is written: it is there again, sealed until unlocked",
        async run(world, _browser, shared) {
            const { alice, bob } = shared
            await begins(shared, WORDS)
            await alice.profile.kill()
            // Chromium loads an unpacked package anew after the start and closes its pages once.
            const panel = await until(() => asking(alice).catch(() => undefined), {
                timeout: 60_000,
                what: () => "no page of ours stays",
            })
            assert.ok(!(await panel.text()).includes(WORDS), "words are shown while locked")
            await alice.unlockIn(panel)
            await world.shot(panel, "after-kill")
            await panel.click("@draft")
            alice.compose = panel
            let text
            await until(
                async () => {
                    text = await panel.value("@text")
                    return text === WORDS
                },
                { timeout: 10_000, what: () => `the draft says "${text}"` },
            )
            assert.deepEqual(await alice.recipient(bob.address), { state: "ready", chosen: true })
            await panel.close()
        },
    },
    {
        name: "a disk that refuses is said; what stands on the screen stays, and nothing older is sealed",
        async run(world, _browser, shared) {
            const { alice } = shared
            const panel = await begins(shared, WORDS)
            await refuseWrites(alice, 1000)
            await panel.type("@text", " And after.")
            await panel.waitFor("[data-code=storage-unavailable]")
            await panel.waitText(/Not saved/, { within: "@saved" })
            await world.shot(panel, "disk-refuses")
            // What Seal would seal now is what was saved before.
            await refuseWrites(alice, 1)
            await panel.click("@seal")
            // Until then nothing is pressed a second time; the failure from before is still shown.
            await panel.waitFor("[data-test=seal][aria-busy=false], [data-test=sealed]")
            await panel.waitFor("[data-code=storage-unavailable]")
            assert.ok(!(await panel.has("@sealed")), "a letter was sealed")
            assert.equal(await panel.value("@text"), `${WORDS} And after.`)
            await refuseWrites(alice, 0)
            await alice.seal()
            await panel.close()
        },
    },
]
