// Site access: refused, granted, taken back, each in the browser's own interface.

import { strict as assert } from "node:assert"
import { acquainted, sealedBlock } from "../story/pair.mjs"
import { BLOCK, BUTTON } from "../story/person.mjs"

export async function setUp(world, browser) {
    const pair = await acquainted(world, browser)
    const block = await sealedBlock(pair.alice, pair.bob, "Access words.")
    await pair.bob.profile.revokeSites()
    return { ...pair, block }
}

export const tests = [
    {
        name: "without access nothing of ours stands on the page; the toolbar popup finds and offers",
        async run(world, _browser, { bob, editors, block }) {
            editors.putText(block)
            const page = await bob.profile.page(`${editors.origin}/show`)
            await page.waitFor("#message")
            assert.equal(await page.count("[data-sotto]"), 0)
            const popup = await bob.profile.popup(page)
            await popup.waitFor("@grant")
            await world.shot(popup, "popup-offers-site")
            assert.match(await popup.text("@found"), /1/)
            await popup.close()
            await page.close()
        },
    },
    {
        name: "refused in the browser's prompt, everything stays as it was",
        browsers: ["firefox"],
        async run(_world, _browser, { bob, editors }) {
            const page = await bob.profile.page(`${editors.origin}/textarea`)
            const popup = await bob.profile.popup(page)
            await popup.click("@grant")
            assert.ok(await bob.profile.answerPrompt("refuse"), "no prompt came")
            await popup.close()
            await page.goto(`${editors.origin}/textarea`)
            await page.waitFor("#text")
            assert.equal(await page.count("[data-sotto]"), 0)
            await page.close()
        },
    },
    {
        name: "granted, the open page is served without a reload; taken back, everything of ours leaves",
        async run(world, _browser, { bob, editors, block }) {
            editors.putText(block)
            const [letter, editor] = [
                await bob.profile.page(`${editors.origin}/show`),
                await bob.profile.page(`${editors.origin}/textarea`),
            ]
            assert.equal(await editor.count("[data-sotto]"), 0)
            if (bob.firefox) {
                const popup = await bob.profile.popup(editor)
                await popup.click("@grant")
                assert.ok(await bob.profile.answerPrompt("allow"), "no prompt came")
            } else await bob.profile.grantSite(editors.origin)
            await editor.front()
            await editor.waitFor(BUTTON)
            await letter.front()
            const read = await bob.read(letter)
            assert.equal(read.text, "Access words.")
            await world.shot(letter, "granted")
            await bob.profile.revokeSites()
            await letter.waitGone(BLOCK)
            await letter.waitText(/BEGIN AGE ENCRYPTED FILE/)
            await editor.front()
            await editor.waitGone(BUTTON)
            await world.shot(letter, "revoked")
            await letter.close()
            await editor.close()
        },
    },
    {
        name: "taken back while the browser keeps a page for the way back: it comes back without us",
        async run(world, _browser, { bob, editors, block }) {
            await bob.profile.grantSite(editors.origin)
            editors.putText(block)
            const page = await bob.profile.page(`${editors.origin}/show`)
            const read = await bob.read(page)
            assert.equal(read.text, "Access words.")
            await page.goto("about:blank")
            await bob.profile.revokeSites()
            await page.back()
            await page.waitText(/BEGIN AGE ENCRYPTED FILE/)
            await page.waitGone(BLOCK)
            await world.shot(page, "revoked-and-back")
            await page.close()
        },
    },
    {
        // Firefox takes the script away with its extension: nothing of ours can notice there.
        browsers: ["chromium"],
        name: "switched off, the page has its own text again when the person comes back to it",
        async run(world, _browser, { bob, editors, block }) {
            await bob.profile.grantSite(editors.origin)
            editors.putText(block)
            const page = await bob.profile.page(`${editors.origin}/show`)
            await bob.read(page)
            const elsewhere = await bob.profile.page(`${editors.origin}/plain`)
            await bob.profile.switchOff()
            await elsewhere.close()
            await page.front()
            await page.waitGone(BLOCK)
            await page.waitText(/BEGIN AGE ENCRYPTED FILE/)
            await world.shot(page, "switched-off")
        },
    },
]
