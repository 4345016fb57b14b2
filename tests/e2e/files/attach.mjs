// Attach sealed: the page's own field gets ciphertext; the recipient opens it from the page; stock
// age opens the same bytes.

import { strict as assert } from "node:assert"
import { until } from "../drivers/until.mjs"
import { acquainted } from "../story/pair.mjs"

const LONG_MS = 60_000
const FILE_BUTTON = "[data-sotto=file] >>> button"
const CONTENT = "The plans of the old bridge.\n".repeat(20_000)

export async function setUp(world, browser) {
    const people = await acquainted(world, browser)
    await people.alice.openMail()
    await people.bob.openMail()
    return people
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
                HTMLAnchorElement.prototype.click = function () {
                    window.saved = fetch(this.href).then((answer) => answer.text())
                }
            })
            await files.click("@save-opened")
            await files.waitFor("@saved-opened", { timeout: LONG_MS })
            const saved = await until(() => files.eval(() => window.saved), {
                timeout: LONG_MS,
                what: () => "nothing was saved",
            })
            assert.ok(saved === CONTENT, "the saved bytes differ")
        },
    },
]
