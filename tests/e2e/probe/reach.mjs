// The drivers themselves: whether they reach what a person reaches, with an extension of ten lines.

import { strict as assert } from "node:assert"
import { fileURLToPath } from "node:url"
import { skipped } from "../drivers/recorder.mjs"

const extension = fileURLToPath(new URL("./extension", import.meta.url))

export async function setUp(world, browser) {
    const profile = await world.launch(browser, { extension })
    const editors = await world.editors()
    const tab = await profile.page(`${editors.origin}/textarea`)
    return { profile, editors, tab }
}

/** Presses and types in a surface; its script says whether the browser vouches for the press. */
async function trusted(surface) {
    await surface.type("@field", "words")
    await surface.click("@go")
    assert.equal(await surface.text("@out"), "words true")
}

export const tests = [
    {
        name: "a click in a closed shadow root opens the compose surface",
        async run(_world, browser, { profile, tab }) {
            await tab.type("#text", "hello\nthere")
            assert.equal(await tab.value("#text"), "hello\nthere")
            const surface = await profile.surfaceOpenedBy(() => tab.click("probe-host >>> @open"))
            assert.equal(surface.kind, browser === "firefox" ? "window" : "panel")
            await trusted(surface)
            await surface.close()
        },
    },
    {
        name: "a frame in the page and the sandboxed frame in it are read",
        async run(_world, _browser, { tab }) {
            const frame = await tab.frameOf("frame.html")
            await frame.click("@inside")
            assert.equal(await frame.text("@out"), "pressed true")
            assert.match(await (await frame.frameIn("iframe")).text("body"), /inner words/)
        },
    },
    {
        name: "the toolbar popup is pressed and typed into",
        async run(_world, _browser, { profile, tab }) {
            const popup = await profile.popup(tab)
            await trusted(popup)
            await popup.close()
        },
    },
    {
        // The browser paints it no frame there, and a press waits for one: 120 s, without a word.
        name: "nothing is pressed in a tab behind another",
        browsers: ["chromium"],
        async run(_world, _browser, { profile, editors, tab }) {
            await tab.front()
            const other = await profile.page(`${editors.origin}/two`)
            await assert.rejects(tab.click("#text", { timeout: 500 }), /behind another/)
            await other.close()
            await tab.click("#text")
        },
    },
    {
        name: "every press and field is counted, and nothing else",
        async run(_world, _browser, { profile, editors }) {
            const tab = await profile.page(`${editors.origin}/two`)
            const mark = profile.recorder.mark()
            await tab.type("#first", "a")
            await tab.type("#second", "b")
            await tab.eval(() => document.querySelector("#first").click())
            const opened = await profile.surfaceOpenedBy(() => tab.click("probe-host >>> @open"))
            const count = profile.recorder.since(mark)
            assert.equal(count.clicks, 1)
            assert.equal(count.fields, 2)
            await opened.close()
            await tab.close()
        },
    },
    {
        name: "a job that the driver does past the person's surfaces is not counted as done",
        async run(_world, _browser, { profile, editors }) {
            const tab = await profile.page(`${editors.origin}/two`)
            const press = `${editors.origin} first`
            const { recorder } = profile
            const whole = recorder.mark()
            await tab.type("#first", "a")
            assert.deepEqual(skipped(recorder.since(whole), []), [])
            const untrusted = recorder.mark()
            await tab.eval(() => document.querySelector("#first").click())
            assert.equal(skipped(recorder.since(untrusted), [press]).length, 1)
            const hooked = recorder.mark()
            await profile.background((api) => api.runtime.id)
            assert.ok(skipped(recorder.since(hooked), []).length > 0)
            await tab.close()
        },
    },
    {
        name: "sites are taken back and granted, the worker dies and the extension reloads",
        async run(_world, _browser, { profile, editors }) {
            const origins = () =>
                profile.background((api) => api.permissions.getAll().then((all) => all.origins))
            await profile.killWorker()
            await profile.reloadExtension()
            await profile.revokeSites()
            assert.deepEqual(await origins(), [])
            await profile.grantSite(editors.origin)
            assert.equal((await origins()).length, 1)
        },
    },
    {
        name: "a private window is opened with the extension in it",
        async run(_world, _browser, { profile, editors }) {
            await profile.allowPrivate()
            await profile.grantAllSites()
            const page = await profile.privatePage(`${editors.origin}/textarea`)
            await page.waitFor("probe-host")
        },
    },
]
