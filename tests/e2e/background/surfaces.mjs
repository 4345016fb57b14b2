// Surfaces opened from a page: in the shell of this browser, with what they were opened for.

import { strict as assert } from "node:assert"
import { until } from "../drivers/until.mjs"

const OPEN_BLOCK = "[data-sotto=block] >>> button.main"
const BUTTON = "[data-sotto=layer] >>> button"
/** Enough of a letter for a placeholder to stand in its place. */
const BLOCK = `-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBqRmFrZVN0YW56YQpmYWtl
Ci0tLSBmYWtlbWFjZmFrZW1hY2Zha2VtYWNmYWtlbWFjZmFrZW1hY2Zha2UK
-----END AGE ENCRYPTED FILE-----`

export async function setUp(world, browser) {
    const profile = await world.launch(browser)
    const editors = await world.editors()
    const page = await profile.page(profile.extensionPath("pages/settings.html"))
    const person = { name: "Alice Example", address: "alice@example.org" }
    await shell(page, "desk", {
        type: "create",
        ...person,
        passphrase: "six grey herons over slow water",
    })
    return { profile, page, editors }
}

async function shell(surface, claim, body) {
    const answer = await surface.eval(
        (claim, body) =>
            (globalThis.browser ?? chrome).runtime.sendMessage({ v: 1, id: 5, claim, body }),
        claim,
        body,
    )
    assert.equal(answer.ok?.type, body.type, `${body.type}: ${JSON.stringify(answer.error)}`)
    return answer.ok
}

const errandOf = async (surface) => (await shell(surface, "shell", { type: "errand" })).errand

async function openFrame(profile, editors) {
    editors.putText(BLOCK)
    const tab = await profile.page(`${editors.origin}/show`)
    await tab.waitFor("[data-sotto=block]")
    await tab.click(OPEN_BLOCK)
    return tab.frameOf("frame/frame.html")
}

export const tests = [
    {
        name: "the button at an editor opens a surface beside the page; text finds the way back",
        async run(_world, browser, { profile, editors }) {
            const tab = await profile.page(`${editors.origin}/textarea`)
            await tab.type("#text", "typed before")
            const surface = await profile.surfaceOpenedBy(() => tab.click(BUTTON), {
                path: "panel.html",
            })
            assert.equal(surface.kind, browser === "firefox" ? "window" : "panel")
            const errand = await errandOf(surface)
            assert.equal(errand.job, "compose")
            assert.equal(errand.compose.site, editors.origin)
            assert.equal(errand.compose.text, "typed before")
            const text = { text: BLOCK, oneLine: false, subject: null }
            const placed = await shell(surface, "shell", {
                type: "insert",
                tab: errand.tab,
                ...text,
            })
            assert.equal(placed.inserted, "exact")
            assert.match(await tab.value("#text"), /BEGIN AGE/)
            await surface.reload()
            assert.deepEqual(await errandOf(surface), errand)
            await surface.close()
        },
    },
    {
        name: "a letter finds the editor of the same site after its page was loaded anew",
        async run(_world, _browser, { profile, editors }) {
            const tab = await profile.page(`${editors.origin}/textarea`)
            await tab.type("#text", "typed before")
            const surface = await profile.surfaceOpenedBy(() => tab.click(BUTTON), {
                path: "panel.html",
            })
            const { tab: id } = await errandOf(surface)
            const text = { text: BLOCK, oneLine: false, subject: null }
            await tab.goto(`${editors.origin}/plain`)
            const gone = await shell(surface, "shell", { type: "insert", tab: id, ...text })
            assert.equal(gone.inserted, "gone")
            await tab.goto(`${editors.origin}/rich`)
            await until(
                async () =>
                    (await shell(surface, "shell", { type: "look-again", tab: id })).context,
                { timeout: 5000, what: () => "no editor" },
            )
            const placed = await shell(surface, "shell", { type: "insert", tab: id, ...text })
            assert.equal(placed.inserted, "exact")
            await surface.close()
        },
    },
    {
        name: "the frame leads to a surface with its block",
        async run(_world, _browser, { profile, editors }) {
            const frame = await openFrame(profile, editors)
            const opens = () => frame.click("text=Open in Sotto")
            const surface = await profile.surfaceOpenedBy(opens, { path: "panel.html" })
            const errand = await errandOf(surface)
            assert.equal(errand.job, "read")
            assert.match(errand.read.text, /BEGIN AGE/)
            await surface.close()
        },
    },
    {
        name: "on the way back nothing opened is shown, and the page is known again",
        async run(_world, _browser, { profile, page, editors }) {
            editors.putText(BLOCK)
            const tab = await profile.page(`${editors.origin}/show`)
            await tab.waitFor("[data-sotto=block]")
            await tab.click(OPEN_BLOCK)
            await tab.frameOf("frame/frame.html")
            await tab.goto(`${editors.origin}/plain`)
            await tab.back()
            await tab.waitFor(OPEN_BLOCK)
            assert.equal(await tab.framesOf("frame/frame.html"), 0)
            const lettersHere = () =>
                (globalThis.browser ?? chrome).storage.session
                    .get("sights")
                    .then(({ sights }) =>
                        Object.values(sights).map(({ frames }) => frames[0]?.letters),
                    )
            await until(async () => (await page.eval(lettersHere)).includes(1), {
                timeout: 5000,
                what: () => "the page is not known",
            })
        },
    },
    {
        name: "the frame of a locked vault leads to the toolbar popup",
        async run(_world, _browser, { profile, page, editors }) {
            await shell(page, "desk", { type: "lock" })
            const frame = await openFrame(profile, editors)
            await frame.click("text=Unlock")
            const popups = () =>
                (globalThis.browser ?? chrome).extension.getViews({ type: "popup" }).length
            await until(() => page.eval(popups), { timeout: 5000, what: () => "no popup" })
        },
    },
]
