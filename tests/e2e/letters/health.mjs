// Where Sotto cannot do its work: each says why, keeps what was written, and has a way out.

import { strict as assert } from "node:assert"
import { confirmKit } from "../story/guard.mjs"
import { acquainted, openPasted, sealedBlock } from "../story/pair.mjs"
import { BLOCK, BUTTON } from "../story/person.mjs"

const BEFORE = "typed before"
const WORDS = "Here or elsewhere."
const HEALTH = "[data-test=page-health]"

export async function setUp(world, browser) {
    const pair = await acquainted(world, browser)
    await confirmKit(pair.alice)
    return { ...pair, block: await sealedBlock(pair.alice, pair.bob, WORDS) }
}

/** Alice writes for an editor of a page; what she had typed there is taken over. */
async function writes({ alice, bob, editors }, path, text = "") {
    const page = await alice.profile.page(`${editors.origin}${path}`)
    if (text) await page.type("#text", text)
    await alice.pressButton(page)
    await alice.addRecipient(bob.address)
    return page
}

async function heldBy(page) {
    return page.eval(() => {
        const editor = document.querySelector("#text")
        return (editor.value ?? editor.textContent).trim()
    })
}

/** The letter stays in the surface, with the reason, and opens from there. */
async function staysHere({ alice, bob }, code) {
    assert.equal(await alice.placed(), "here")
    const why = await alice.compose.eval(() => document.querySelector("[data-code]")?.dataset.code)
    assert.equal(why, code)
    assert.ok(await alice.compose.has("@copy-sealed"))
    const block = await alice.compose.eval(() =>
        document.querySelector("[data-test=sealed-text]").textContent.trim(),
    )
    const opened = await openPasted(bob, block)
    assert.match(opened.text, /Here or elsewhere/)
    await opened.tab.close()
}

const refusing = (name, path, code) => ({
    name,
    async run(world, _browser, shared) {
        const { alice } = shared
        const page = await writes(shared, path, BEFORE)
        await alice.seal({ text: WORDS })
        await world.shot(alice.compose, `editor${path.replace("/", "-")}`)
        assert.equal(await heldBy(page), BEFORE)
        await staysHere(shared, code)
        await alice.compose.close()
        await page.close()
    },
})

const withoutFrames = (name, path) => ({
    name,
    async run(world, _browser, { bob, editors, block }) {
        editors.putText(block)
        const page = await bob.profile.page(`${editors.origin}${path}`)
        await page.waitFor(BLOCK)
        const popup = await bob.profile.popup(page)
        await popup.waitFor("[data-test=site][data-health=no-frames]")
        await world.shot(popup, `popup${path.replace("/", "-")}`)
        await popup.close()
        const panel = await bob.profile.surfaceOpenedBy(
            () => page.click(`${BLOCK} >>> button.main`),
            { path: "panel.html" },
        )
        await panel.waitText(WORDS)
        assert.equal(await page.framesOf("frame/frame.html"), 0)
        await panel.close()
        await page.close()
    },
})

export const tests = [
    refusing("an editor with less room than the letter", "/limited", "editor-too-small"),
    refusing("an editor that cuts the letter off", "/cuts", "editor-too-small"),
    refusing("an editor that reworks the letter", "/reworks", "editor-altered"),
    withoutFrames("a sandboxed page: the letter opens beside it", "/show-sandboxed"),
    withoutFrames("an isolated page: the letter opens beside it", "/show-isolated"),
    {
        // Firefox's driver waits for the page, and sees it only when it answers again.
        browsers: ["chromium"],
        name: "a page that does not answer: the popup says so and loads it anew",
        async run(world, _browser, { alice, editors }) {
            const page = await alice.profile.page(`${editors.origin}/busy`)
            await page.waitFor(BUTTON)
            await page.front()
            await page.eval(() => postMessage("", "*"))
            const popup = await alice.profile.popup()
            await popup.waitFor("[data-test=site][data-health=stale]", { timeout: 10_000 })
            await popup.waitFor("@reload")
            await world.shot(popup, "popup-silent")
            await popup.close()
            editors.release()
            await page.close()
        },
    },
    {
        name: "access taken back while writing: said in the panel, given again there, and the letter goes in",
        async run(world, _browser, shared) {
            const { alice, editors } = shared
            const page = await writes(shared, "/textarea")
            await alice.profile.revokeSites()
            await page.front()
            await page.waitGone(BUTTON)
            await alice.compose.eval(() => dispatchEvent(new Event("focus")))
            await alice.compose.waitFor(`${HEALTH}[data-health=no-access]`)
            await world.shot(alice.compose, "writing-without-access")
            await alice.seal({ text: WORDS })
            assert.equal(await alice.placed(), "parked")
            await alice.compose.waitFor(`${HEALTH}[data-health=no-access]`)
            await world.shot(alice.compose, "sealed-without-access")
            if (alice.firefox) {
                await alice.compose.click("@grant")
                assert.ok(await alice.profile.answerPrompt("allow"), "no prompt came")
            } else await alice.profile.grantSite(editors.origin)
            await page.front()
            await page.waitFor(BUTTON)
            await alice.compose.eval(() => dispatchEvent(new Event("focus")))
            await alice.compose.waitGone(HEALTH)
            await alice.compose.click("@insert")
            await alice.compose.waitFor("[data-test=sealed][data-placed=editor]")
            assert.match(await page.value("#text"), /BEGIN AGE ENCRYPTED FILE/)
            await alice.compose.close()
            await page.close()
        },
    },
]
