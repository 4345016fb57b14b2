// Every way on which a file comes to a page, on a page that asks in all of them: held, given sealed,
// and nothing of a file readable before.

import { strict as assert } from "node:assert"
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { startDisplay } from "../drivers/display.mjs"
import { until } from "../drivers/until.mjs"
import { startUploads } from "../services/uploads.mjs"
import {
    assertAllSealed,
    beginDrag,
    choose,
    chooseFolder,
    confirmKit,
    dropFiles,
    pasteFile,
    pick,
    received,
    seal,
    sheetFor,
    turnOn,
} from "../story/guard.mjs"
import { Person } from "../story/person.mjs"

function isGuardRegistered(profile) {
    return profile.background(async (api) => {
        const scripts = await api.scripting.getRegisteredContentScripts()
        return scripts.some(({ id }) => id === "sotto-guard")
    })
}

const WORDS = "the quiet words of a plain file\n"

async function rule(person, tab, to) {
    const popup = await person.profile.popup(tab)
    await popup.click(`@guard-rule-${to}`)
    await popup.waitFor(`[data-test=guard][data-rule=${to}]`)
    await popup.close()
}

/** The names of what was sealed last, as Sotto lists them. */
async function lastJob(person) {
    const page = await person.profile.extensionPage("pages/files.html")
    await page.waitFor("@job")
    const names = await page.eval(async () => {
        const { runtime } = globalThis.browser ?? chrome
        const body = { type: "jobs" }
        const { ok } = await runtime.sendMessage({ v: 1, id: 5, claim: "files", body })
        return ok.jobs[0].files.map(({ name }) => name)
    })
    await page.close()
    return names
}

export async function setUp(world, browser) {
    // A clipboard that keeps pictures is that of a display; the other browser has one of its own.
    if (browser === "firefox") {
        const display = await startDisplay()
        world.onEnd(() => display.close())
    }
    const options = { headless: browser !== "firefox" }
    const alice = await Person.install(world, browser, "Alice", options)
    await alice.createIdentity()
    await confirmKit(alice)
    await mkdir(world.folder, { recursive: true })
    const folder = join(world.folder, "folder")
    await mkdir(folder, { recursive: true })
    const [plain, other] = [join(world.folder, "plain.txt"), join(folder, "other.txt")]
    await writeFile(plain, WORDS)
    await writeFile(other, WORDS)
    const web = await startUploads()
    world.onEnd(() => web.close())
    const tab = await alice.profile.page(`${web.origin}/`)
    // Picked while nothing is guarded: the browser puts it back when the page is loaded again.
    await tab.waitFor("#single")
    await tab.choose("#single", plain)
    await tab.reload()
    await tab.waitFor("#attached-click")
    const putsBack = (await tab.eval(() => document.getElementById("single").files.length)) > 0
    if (!putsBack) await tab.choose("#single", plain)
    await turnOn(alice, tab)
    await tab.waitFor("#attached-click")
    return { alice, web, tab, plain, folder, putsBack }
}

/** A press on `target` is held; what is picked in the sheet arrives sealed, as `route`. */
const held = (name, target, route, browsers) => ({
    name,
    ...(browsers ? { browsers } : {}),
    async run(world, _browser, { alice, web, tab, plain }) {
        await tab.front()
        // Some routes were gone before: what comes now is one more.
        const arrived = () => web.bodies.filter((one) => one.route === route)
        const [read, sent] = [(await received(tab, route, 0)).length, arrived().length]
        const sheet = await sheetFor(alice, () => tab.click(target))
        await world.shot(sheet, `sheet-${route}`)
        await assertAllSealed(tab)
        await pick(sheet, alice.address, plain)
        const seen = await received(tab, route, read + 1)
        const last = seen.at(-1)
        assert.equal(last.head, "age-encryption.org/v1")
        assert.match(last.name, /\.age$/)
        assert.ok(last.size > WORDS.length)
        const body = await until(() => arrived()[sent], {
            timeout: 20_000,
            what: () => `nothing of ${route} arrived`,
        })
        assert.ok(body.bytes.subarray(0, 22).equals(Buffer.from("age-encryption.org/v1\n")))
        assert.ok(!body.bytes.includes("quiet words"))
        await assertAllSealed(tab)
    },
})

export const tests = [
    {
        name: "what the browser puts back into a field is taken out before the page can read it",
        async run(_world, browser, { tab, putsBack }) {
            console.log(`      ${browser} puts files back after a reload: ${putsBack}`)
            if (putsBack)
                await tab.waitFor("[data-sotto=notice][data-word=restored]", {
                    state: ["hidden", "ready"],
                })
            assert.equal(await tab.eval(() => document.getElementById("single").files.length), 0)
            assert.deepEqual(await received(tab, "single", 0), [])
        },
    },
    held("a press on a field", "#single", "single"),
    held("a field of several", "#many", "many"),
    {
        name: "a field for a whole folder gets one sealed archive",
        async run(world, browser, { alice, tab, folder }) {
            await tab.front()
            const sheet = await sheetFor(alice, () => tab.click("#directory"))
            await choose(sheet, alice.address)
            await sheet.waitFor("@guard-pick")
            await world.shot(sheet, "sheet-folder")
            if (browser === "chromium") await sheet.choose("@guard-folder-input", folder)
            else await chooseFolder(sheet, "@guard-folder-input", [["folder/other.txt", WORDS]])
            await sheet.waitFor("[data-test=guard-over][data-outcome=sealed]", { timeout: 60_000 })
            const seen = await received(tab, "directory")
            assert.equal(seen.length, 1, "one archive")
            assert.deepEqual(await lastJob(alice), ["folder.tar"])
            await assertAllSealed(tab)
        },
    },
    held("a label with a field in it", "#wrap", "wrapped"),
    held("a field that the page clicks", "#attached-click", "single"),
    held("a detached field, clicked", "#detached-click", "detached-click"),
    held(
        "a detached field, an event that cannot be cancelled",
        "#detached-dispatch",
        "detached-dispatch",
    ),
    held("a detached label", "#detached-label", "detached-label"),
    held("a detached field, by the prototype's click", "#detached-prototype", "detached-prototype"),
    held("a detached field, by another realm's click", "#detached-realm", "detached-realm"),
    held(
        "a detached field, by a removed realm's click",
        "#detached-removed-realm",
        "detached-removed-realm",
    ),
    held("a detached field, showPicker", "#detached-picker", "detached-picker"),
    held(
        "a detached field in a fragment, which stays whole",
        "#detached-fragment",
        "detached-fragment",
    ),
    held("a detached field in a closed shadow tree", "#detached-shadow", "detached-shadow"),
    held("a field in an open shadow tree", "#shadow-open-click", "shadow-open"),
    held("a field in a closed shadow tree", "#shadow-closed-click", "shadow-closed"),
    held("showOpenFilePicker", "#open-picker", "open-picker", ["chromium"]),
    {
        name: "what the field says it takes is said before; no type is claimed",
        async run(world, _browser, { alice, tab, plain }) {
            await tab.front()
            const sheet = await sheetFor(alice, () => tab.click("#picture"))
            await sheet.waitFor("@guard-accept")
            await world.shot(sheet, "accept")
            await pick(sheet, alice.address, plain)
            const [picture] = await received(tab, "picture")
            assert.ok(!/image|pdf/.test(picture.type), picture.type)
        },
    },
    {
        name: "picked past the hold: out of the field before the page can look, then given sealed",
        async run(_world, _browser, { alice, tab, plain }) {
            await tab.front()
            const count = (await received(tab, "single", 0)).length
            const sheet = await sheetFor(alice, () => tab.choose("#single", plain), "net")
            assert.equal((await received(tab, "single", 0)).length, count)
            await seal(sheet, alice.address)
            await received(tab, "single", count + 1)
            await assertAllSealed(tab)
        },
    },
    {
        name: "files dropped on the page",
        async run(world, _browser, { alice, tab, plain }) {
            await tab.front()
            const sheet = await sheetFor(alice, () => dropFiles(tab, "#zone", [plain]), "drop")
            await world.shot(sheet, "dropped")
            assert.deepEqual(await received(tab, "drop", 0), [])
            await seal(sheet, alice.address)
            await received(tab, "drop")
            await assertAllSealed(tab)
        },
    },
    {
        name: "files dropped after a drag that the page kept from beginning",
        browsers: ["chromium"],
        async run(_world, _browser, { alice, tab, plain }) {
            await tab.front()
            const count = (await received(tab, "drop", 0)).length
            await tab.eval(() => {
                const zone = document.querySelector("#zone")
                zone.draggable = true
                zone.addEventListener("dragstart", (event) => {
                    event.preventDefault()
                    window.draggedOnce = true
                })
            })
            await beginDrag(tab, "#zone")
            assert.ok(await tab.eval(() => window.draggedOnce))
            const sheet = await sheetFor(alice, () => dropFiles(tab, "#zone", [plain]), "drop")
            assert.equal((await received(tab, "drop", 0)).length, count)
            await seal(sheet, alice.address)
            await received(tab, "drop", count + 1)
            await assertAllSealed(tab)
        },
    },
    {
        name: "a folder dropped on the page",
        browsers: ["chromium"],
        async run(_world, _browser, { alice, tab, folder }) {
            await tab.front()
            const count = (await received(tab, "drop", 0)).length
            const sheet = await sheetFor(alice, () => dropFiles(tab, "#zone", [folder]), "drop")
            assert.match(await sheet.text("@guard-folder"), /folder/)
            await seal(sheet, alice.address)
            const seen = await received(tab, "drop", count + 1)
            assert.equal(seen.length, count + 1, "one archive")
            assert.deepEqual(await lastJob(alice), ["folder.tar"])
            await assertAllSealed(tab)
        },
    },
    {
        name: "a picture pasted from the clipboard",
        async run(_world, _browser, { alice, tab }) {
            await tab.front()
            const sheet = await sheetFor(alice, () => pasteFile(tab, "#text"), "paste")
            assert.deepEqual(await received(tab, "paste", 0), [])
            await seal(sheet, alice.address)
            await received(tab, "paste")
            await assertAllSealed(tab)
        },
    },
    {
        name: "a whole folder by showDirectoryPicker is refused, and the page of ours says why",
        browsers: ["chromium"],
        async run(_world, _browser, { tab }) {
            await tab.front()
            await tab.click("#folder-picker")
            const [folder] = await received(tab, "folder")
            assert.equal(folder.name, "AbortError")
            await tab.waitFor("[data-sotto=notice][data-word=folder]", {
                state: ["hidden", "ready"],
            })
        },
    },
    {
        name: "a second pick within two minutes keeps the recipients",
        async run(_world, _browser, { alice, tab }) {
            await tab.front()
            const sheet = await sheetFor(alice, () => tab.click("#single"))
            await sheet.waitFor("@guard-for")
            assert.ok(await sheet.has("@guard-pick"))
            await sheet.click("@guard-release")
            await sheet.waitFor("[data-test=guard-over][data-outcome=released]")
        },
    },
    {
        name: "unsealed this once: repeated before, given once, held again after",
        async run(world, _browser, { alice, tab, plain }) {
            await tab.front()
            const sheet = await sheetFor(alice, () => tab.click("#wrap"))
            await sheet.choose("@guard-unsealed-input", plain)
            await sheet.waitFor("@guard-unsealed-sure")
            await world.shot(sheet, "unsealed")
            const said = await sheet.text("@guard-unsealed-sure")
            assert.match(said, /127\.0\.0\.1/)
            assert.match(said, /plain\.txt/)
            await sheet.click("@guard-unsealed-confirm")
            await sheet.waitFor("[data-test=guard-over][data-outcome=unsealed]")
            const seen = await received(tab, "wrapped", 2)
            assert.equal(seen.at(-1).head, WORDS.slice(0, 21))
            await tab.eval(() => window.got.splice(0))
            await tab.front()
            const again = await sheetFor(alice, () => tab.click("#wrap"))
            await again.click("@guard-release")
        },
    },
    {
        name: "turned on over an open page it stands at once, and asks for one load more",
        async run(world, _browser, { alice, tab, plain }) {
            await rule(alice, tab, "off")
            await tab.reload()
            await tab.waitFor("#attached-click")
            const popup = await alice.profile.popup(tab)
            await popup.click("@guard-rule-ask")
            await popup.waitFor("@guard-reload-notice")
            assert.match(await popup.text("@guard-reload-notice"), /only from now on/)
            await world.shot(popup, "late")
            await popup.close()
            for (const target of ["#attached-click", "#detached-click"]) {
                await tab.front()
                const sheet = await sheetFor(alice, () => tab.click(target))
                await sheet.click("@guard-release")
                await sheet.waitFor("[data-test=guard-over][data-outcome=released]")
            }
            await tab.front()
            const sheet = await sheetFor(alice, () => tab.choose("#single", plain), "net")
            const seen = await received(tab, "single", 0)
            assert.deepEqual(
                seen.filter(({ head }) => head),
                [],
            )
            await sheet.click("@guard-release")
            await tab.reload()
            await tab.waitFor("#attached-click")
        },
    },
    {
        name: "a document opened anew is guarded before its own listeners",
        async run(_world, _browser, { alice, web, tab, plain }) {
            await tab.goto(`${web.origin}/`)
            await tab.click("#reopened")
            await tab.waitFor("#late")
            const sheet = await sheetFor(alice, () => tab.choose("#late", plain), "net")
            assert.deepEqual(await received(tab, "reopened-early", 0), [])
            await seal(sheet, alice.address)
            await received(tab, "reopened")
            await assertAllSealed(tab)
            await tab.goto(`${web.origin}/`)
        },
    },
    {
        name: "on the way back the page is guarded as before",
        async run(_world, browser, { alice, web, tab }) {
            await tab.goto(`${web.origin}/`)
            web.put("/elsewhere", "<h1 id=elsewhere>Elsewhere</h1>")
            await tab.eval(() => {
                window.before = true
            })
            await tab.goto(`${web.origin}/elsewhere`)
            await tab.waitFor("#elsewhere")
            await tab.back()
            await tab.waitFor("#attached-click")
            const kept = await tab.eval(() => window.before === true)
            console.log(`      ${browser} kept the page itself: ${kept}`)
            const sheet = await sheetFor(alice, () => tab.click("#attached-click"))
            await sheet.click("@guard-release")
        },
    },
    {
        name: "while the vault is locked everything is held",
        async run(_world, _browser, { alice, web, tab }) {
            const page = await alice.lock()
            await tab.goto(`${web.origin}/`)
            const sheet = await alice.profile.surfaceOpenedBy(() => tab.click("#single"), {
                path: "panel.html",
            })
            await sheet.waitFor("@unlock-passphrase")
            await alice.unlockIn(sheet)
            await sheet.waitFor("@guard-sheet")
            await sheet.click("@guard-release")
            await page.close()
        },
    },
    {
        name: "a field that is left alone is the page's own again, the others are not",
        async run(_world, _browser, { alice, tab, plain }) {
            await tab.front()
            const sheet = await sheetFor(alice, () => tab.click("#picture"))
            await sheet.click("@guard-exempt")
            await sheet.waitFor("[data-test=guard-over][data-outcome=exempt]")
            const count = (await received(tab, "picture", 0)).length
            await tab.choose("#picture", plain)
            const seen = await received(tab, "picture", count + 1)
            assert.equal(seen.at(-1).head, WORDS.slice(0, 21))
            await tab.eval(() => window.got.splice(0))
            const other = await sheetFor(alice, () => tab.click("#single"))
            await other.click("@guard-release")
        },
    },
    {
        name: "a frame of a site that was not granted is named in the sheet",
        async run(world, _browser, { alice, web, tab }) {
            const { port } = new URL(web.origin)
            const frame = `<iframe src="http://localhost:${port}/elsewhere"></iframe>`
            web.put("/framed", `${frame}<p><input type="file" id="beside"></p>`)
            await tab.goto(`${web.origin}/framed`)
            await tab.waitFor("#beside")
            const sheet = await sheetFor(alice, () => tab.click("#beside"))
            await sheet.waitFor("@guard-unguarded")
            assert.match(await sheet.text("@guard-unguarded"), /localhost/)
            await world.shot(sheet, "unguarded-frame")
            await sheet.click("@guard-release")
        },
    },
    {
        name: "with the grant taken back, nothing is given, and the page says so",
        async run(_world, _browser, { alice, web, tab, plain }) {
            await tab.goto(`${web.origin}/`)
            await tab.waitFor("#attached-click")
            await alice.profile.revokeSites()
            await tab.front()
            await tab.click("#single")
            await tab.waitFor("[data-sotto=notice]", { state: ["hidden", "ready"] })
            await tab.choose("#single", plain)
            await until(
                () => tab.eval(() => document.getElementById("single").files.length === 0),
                { timeout: 5000, what: () => "the field kept the file" },
            )
            const read = await received(tab, "single", 0)
            assert.deepEqual(
                read.filter(({ head }) => head),
                [],
            )
            await alice.profile.grantAllSites()
            // What is loaded before the guard is registered again is not guarded.
            await until(() => isGuardRegistered(alice.profile), {
                timeout: 10_000,
                what: () => "the guard did not come back with the grant",
            })
        },
    },
    {
        name: "with the background gone for good, nothing is given, and the page says so",
        browsers: ["chromium"],
        async run(world, _browser, { alice, web, tab, plain }) {
            await tab.goto(`${web.origin}/`)
            await tab.waitFor("#attached-click")
            await alice.profile.reloadExtension()
            await tab.front()
            await tab.click("#attached-click")
            await tab.waitFor("[data-sotto=notice][data-word=lost]", { state: ["hidden", "ready"] })
            await world.shot(tab, "lost")
            await tab.choose("#single", plain)
            await until(
                () => tab.eval(() => document.getElementById("single").files.length === 0),
                {
                    timeout: 5000,
                    what: () => "the field kept the file",
                },
            )
            const read = await received(tab, "single", 0)
            assert.deepEqual(
                read.filter(({ head }) => head),
                [],
            )
        },
    },
    {
        name: "after an update of the extension an open page is guarded by the new one",
        browsers: ["firefox"],
        async run(_world, _browser, { alice, web, tab, plain }) {
            await tab.goto(`${web.origin}/`)
            await tab.waitFor("#attached-click")
            await alice.profile.reloadExtension()
            const sheet = await until(
                async () => {
                    const press = () => tab.click("#attached-click")
                    const options = { path: "panel.html", timeout: 3000 }
                    return alice.profile.surfaceOpenedBy(press, options).catch(() => null)
                },
                { timeout: 40_000, what: () => "the new version does not hold" },
            )
            await sheet.waitFor("@unlock-passphrase")
            await tab.choose("#single", plain)
            const read = await received(tab, "single", 0)
            assert.deepEqual(
                read.filter(({ head }) => head),
                [],
            )
        },
    },
]
