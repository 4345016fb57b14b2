// The background itself: what outlives it, what a lock ends, and who may ask for what.

import { strict as assert } from "node:assert"
import { until } from "../drivers/until.mjs"

const OPEN_BLOCK = "[data-sotto=block] >>> button.main"

const PASSPHRASE = "six grey herons over slow water"

/** Enough of a letter for a placeholder to stand in its place. */
const BLOCK = `-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBqRmFrZVN0YW56YQpmYWtl
Ci0tLSBmYWtlbWFjZmFrZW1hY2Zha2VtYWNmYWtlbWFjZmFrZW1hY2Zha2UK
-----END AGE ENCRYPTED FILE-----`

export async function setUp(world, browser) {
    const profile = await world.launch(browser)
    const page = await profile.page(profile.extensionPath("pages/settings.html"))
    return { profile, page, editors: await world.editors() }
}

/** Asks as the document `surface` would, whatever it claims to be. */
function ask(surface, claim, body) {
    return surface.eval(
        (claim, body) =>
            (globalThis.browser ?? chrome).runtime.sendMessage({ v: 1, id: 5, claim, body }),
        claim,
        body,
    )
}

/** Asks as a page of the extension and expects a reply of the same type. */
async function desk(surface, body) {
    const answer = await ask(surface, "desk", body)
    assert.equal(answer.ok?.type, body.type, `${body.type}: ${JSON.stringify(answer.error)}`)
    return answer.ok
}

async function vaultOf(surface) {
    return (await desk(surface, { type: "status" })).status.vault
}

export const tests = [
    {
        name: "an identity and a draft outlive the worker",
        async run(_world, _browser, { profile, page }) {
            const person = { name: "Alice Example", address: "alice@example.org" }
            const made = await desk(page, { type: "create", ...person, passphrase: PASSPHRASE })
            assert.equal(made.status.vault, "unlocked")
            const { draft } = await desk(page, {
                type: "compose",
                context: null,
                to: [],
                replyTo: null,
                private: false,
            })
            const words = {
                id: draft.id,
                to: [],
                addresses: [],
                subject: "",
                text: "words",
                form: "armor",
            }
            await desk(page, { type: "save-draft", ...words })
            await profile.killWorker()
            const { status } = await desk(page, { type: "status" })
            assert.equal(status.vault, "unlocked")
            assert.equal(status.me.name, "Alice Example")
            const { draft: kept } = await desk(page, { type: "open-draft", id: draft.id })
            assert.equal(kept.text, "words")
        },
    },
    {
        name: "only the right passphrase unlocks",
        async run(_world, _browser, { page }) {
            await desk(page, { type: "lock" })
            assert.equal(await vaultOf(page), "locked")
            const wrong = await ask(page, "desk", { type: "unlock", passphrase: `${PASSPHRASE}.` })
            assert.deepEqual(wrong.error, { code: "wrong-passphrase" })
            assert.equal(await vaultOf(page), "locked")
            await desk(page, { type: "unlock", passphrase: PASSPHRASE })
            assert.equal(await vaultOf(page), "unlocked")
        },
    },
    {
        name: "a lock wins over an unlock that runs",
        async run(_world, _browser, { profile, page }) {
            await desk(page, { type: "lock" })
            const answers = await page.eval((passphrase) => {
                const bodies = [{ type: "unlock", passphrase }, { type: "lock" }]
                const { runtime } = globalThis.browser ?? chrome
                return Promise.all(
                    bodies.map((body) => runtime.sendMessage({ v: 1, id: 6, claim: "desk", body })),
                )
            }, PASSPHRASE)
            assert.equal(answers[0].error?.code, "locked-meanwhile", JSON.stringify(answers[0]))
            assert.equal(await vaultOf(page), "locked")
            await profile.killWorker()
            assert.equal(await vaultOf(page), "locked")
            await desk(page, { type: "unlock", passphrase: PASSPHRASE })
        },
    },
    {
        name: "a page of ours proves no other claim; unknown requests are refused",
        async run(_world, _browser, { page }) {
            for (const claim of ["content", "frame", "order", "constructor"]) {
                const answer = await ask(page, claim, { type: "hello" })
                assert.deepEqual(answer.error, { code: "not-admitted" }, claim)
            }
            const refused = { "no-such": "unknown-message", constructor: "unknown-message" }
            for (const [type, code] of Object.entries(refused)) {
                assert.deepEqual((await ask(page, "shell", { type })).error, { code })
            }
            const more = await ask(page, "desk", { type: "status", more: 1 })
            assert.deepEqual(more.error, { code: "malformed-message" })
        },
    },
    {
        name: "the reader frame in a page may ask for its block and nothing else",
        async run(_world, _browser, { profile, editors }) {
            editors.putText(BLOCK)
            const tab = await profile.page(`${editors.origin}/show`)
            await tab.waitFor("[data-sotto=block]")
            await tab.click(OPEN_BLOCK)
            const frame = await tab.frameOf("frame/frame.html")
            for (const claim of ["desk", "shell", "content"]) {
                const answer = await ask(frame, claim, { type: "status" })
                assert.deepEqual(answer.error, { code: "not-admitted" }, claim)
            }
        },
    },
    {
        name: "a restart of the browser locks",
        async run(_world, _browser, { profile }) {
            await profile.restart()
            // Chromium loads the unpacked package anew after the start and closes its pages once.
            const page = await until(
                async () => {
                    const opened = await profile.page(profile.extensionPath("pages/settings.html"))
                    return (await vaultOf(opened).catch(() => undefined)) && opened
                },
                { timeout: 20_000, what: () => "no page of ours stays" },
            )
            assert.equal(await vaultOf(page), "locked")
            await desk(page, { type: "unlock", passphrase: PASSPHRASE })
        },
    },
]
