// Site access: refused, granted, taken back, each in the browser's own interface.

import { strict as assert } from "node:assert"
import { acquainted, sealedBlock } from "../story/pair.mjs"
import { BLOCK, BUTTON } from "../story/person.mjs"

const FRAME = "frame/frame.html"
/** More stops than these pages and the frame have. */
const MOST_STOPS = 20

/** Something of ours in the page has the focus: the page sees its host alone. */
const isAt = (page, kind) =>
    page.eval((kind) => document.activeElement?.dataset.sotto === kind, kind)

async function tabUntil(page, isThere) {
    for (let stops = 0; stops < MOST_STOPS; stops += 1) {
        await page.press("Tab")
        if (await isThere()) return
    }
    assert.fail("Tab does not come there")
}

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
        name: "by keyboard alone: Tab comes to button and block, Enter opens, the focus goes into the frame and out again",
        async run(world, _browser, { bob, editors, block }) {
            await bob.profile.grantSite(editors.origin)
            const editor = await bob.profile.page(`${editors.origin}/textarea`)
            await editor.waitFor(BUTTON)
            await tabUntil(editor, () => isAt(editor, "layer"))
            const panel = await bob.profile.surfaceOpenedBy(() => editor.press("Enter"), {
                path: "panel.html",
            })
            await panel.close()
            await editor.close()
            editors.putText(block)
            const page = await bob.profile.page(`${editors.origin}/show`)
            await page.waitFor(BLOCK)
            await tabUntil(page, () => isAt(page, "block"))
            await page.press("Enter")
            const frame = await page.frameOf(FRAME)
            await frame.waitText(/Same key since/)
            await world.shot(page, "opened-by-key")
            const isIn = () =>
                frame.eval(() => document.hasFocus() && document.activeElement !== document.body)
            await tabUntil(page, isIn)
            await tabUntil(page, async () => !(await isIn()))
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
