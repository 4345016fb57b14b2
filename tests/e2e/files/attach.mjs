// Attach sealed: the page's own field gets ciphertext; the recipient opens it from the page; stock
// age opens the same bytes.

import { strict as assert } from "node:assert"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { until } from "../drivers/until.mjs"
import { acquainted } from "../story/pair.mjs"
import { ROOT } from "../story/world.mjs"

const LONG_MS = 60_000
const FILE_BUTTON = "[data-sotto=file] >>> button"
const CONTENT = "The plans of the old bridge.\n".repeat(20_000)

export async function setUp(world, browser) {
    const people = await acquainted(world, browser)
    await people.alice.openMail()
    await people.bob.openMail()
    return people
}

/** The bytes that the webmail carries, opened by an age that is not ours with the exported keys. */
async function opensElsewhere(bob, surface) {
    const { ok } = await surface.eval(
        (passphrase) =>
            (globalThis.browser ?? chrome).runtime.sendMessage({
                v: 1,
                id: 5,
                claim: "desk",
                body: { type: "export-identity", passphrase },
            }),
        bob.passphrase,
    )
    const bytes = await bob.box.tab.eval(async () => {
        const link = document.querySelector("#attachment-list a[href*='_action=get']")
        const url = new URL(link.href)
        url.searchParams.delete("_frame")
        url.searchParams.set("_download", "1")
        const got = new Uint8Array(await (await fetch(url)).arrayBuffer())
        let text = ""
        for (let at = 0; at < got.length; at += 8192)
            text += String.fromCharCode(...got.subarray(at, at + 8192))
        return btoa(text)
    })
    const identity = ok.all.split("\n").find((line) => line.startsWith("AGE-SECRET-KEY-PQ-"))
    const request = JSON.stringify({ operation: "decrypt", identity, bytes })
    const typage = spawnSync("node", [join(ROOT, "tests/interop/typage.mjs")], {
        input: request,
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
    })
    assert.equal(typage.status, 0, typage.stderr)
    assert.ok(Buffer.from(typage.stdout, "base64").toString() === CONTENT, "age gives other bytes")
}

export const tests = [
    {
        name: "a file attached sealed arrives, and its recipient opens it from the page",
        async run(_world, _browser, { alice, bob }) {
            await alice.box.compose({ to: bob.address, subject: "Plans", text: "See below." })
            const panel = await alice.pressButton()
            await panel.waitFor("@attach")
            await panel.click("@attach")
            await panel.waitFor("@attach-pick")
            await panel.eval((content) => {
                const given = new DataTransfer()
                given.items.add(new File([content], "plans.txt", { type: "text/plain" }))
                const field = document.querySelector("[data-test=attach-input]")
                field.files = given.files
                field.dispatchEvent(new Event("change", { bubbles: true }))
            }, CONTENT)
            await panel.waitFor("@attach-sealed")
            await alice.shot(panel, "to-attach")
            await panel.click("@attach-sealed")
            await panel.waitFor("@attached", { timeout: LONG_MS })
            await alice.shot(panel, "attached")
            const word = await panel.attribute("@sealed-name", "data-word")
            await alice.box.tab.waitText(new RegExp(`sealed-${word}\\.age`), { timeout: LONG_MS })
            await alice.shot(alice.box.tab, "attachment-in-page")
            // Nothing of the file, not even its name, is in the page.
            const page = await alice.box.tab.eval(() => document.documentElement.outerHTML)
            assert.ok(!page.includes("plans.txt") && !page.includes("old bridge"))
            await alice.box.send()

            await bob.box.openNewest({ subject: "Plans" })
            const tab = bob.box.tab
            await tab.waitFor(FILE_BUTTON, { timeout: LONG_MS })
            await bob.shot(tab, "sealed-file-in-page")
            const files = await bob.profile.surfaceOpenedBy(() => tab.click(FILE_BUTTON), {
                path: "files.html",
            })
            await files.waitFor("@opened-name", { timeout: LONG_MS })
            await bob.shot(files, "opened-file")
            assert.equal(await files.text("@opened-name"), "plans.txt")
            assert.equal(await files.attribute("@opened-word", "data-word"), word)
            assert.equal(await files.attribute("@verdict", "data-trust"), "known")
            await files.eval(() => {
                window.showSaveFilePicker = undefined
                const make = URL.createObjectURL
                URL.createObjectURL = (file) => {
                    window.saved = file.text()
                    return make.call(URL, file)
                }
                HTMLAnchorElement.prototype.click = () => undefined
            })
            await files.click("@save-opened")
            await files.waitFor("@saved-opened", { timeout: LONG_MS })
            const saved = await until(() => files.eval(() => window.saved), {
                timeout: LONG_MS,
                what: () => "nothing was saved",
            })
            assert.ok(saved === CONTENT, "the saved bytes differ")
            await opensElsewhere(bob, files)
        },
    },
]
