// What a page does to get at files before they are sealed: it listens everywhere first, reads in the
// task of the event, makes thumbnails, patches what gives files, forges the guard's own signals, and
// presses by itself. Whatever it reads must be a sealed file.

import assert from "node:assert/strict"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pause, until } from "../e2e/drivers/until.mjs"
import { confirmKit, dropFiles, seal, sheetFor } from "../e2e/story/guard.mjs"
import { desk } from "./person.mjs"

const WORDS = "what no page may ever read"
const SEALED = "age-encryption.org/v1"

/** Runs in the page, before anything else of it: takes files wherever it can. */
function thief() {
    const stolen = []
    window.stolen = stolen
    window.heard = []
    const seen = new Map()
    const take = (how, files) => {
        for (const file of files ?? []) {
            if (!seen.has(how)) seen.set(how, new WeakSet())
            if (seen.get(how).has(file)) continue
            seen.get(how).add(file)
            const one = { how, name: file.name, type: file.type }
            stolen.push(one)
            one.thumbnail = URL.createObjectURL(file)
            const reader = new FileReader()
            reader.onload = () => {
                one.head = String(reader.result).slice(0, 21)
            }
            reader.readAsText(file)
        }
    }
    const filesOf = (event) =>
        event.target?.files ?? event.dataTransfer?.files ?? event.clipboardData?.files
    const names = ["input", "change", "drop", "dragover", "dragenter", "paste", "click", "cancel"]
    for (const target of [window, document, document.documentElement])
        for (const name of names)
            target.addEventListener(name, (event) => take(name, filesOf(event)), true)

    // Whoever reads or sets a field's files, on whichever prototype, passes by here.
    const files = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "files")
    Object.defineProperty(HTMLInputElement.prototype, "files", {
        ...files,
        get() {
            const list = files.get.call(this)
            take("getter", list)
            return list
        },
        set(list) {
            take("setter", list)
            files.set.call(this, list)
        },
    })
    for (const name of ["files", "items"]) {
        const former = Object.getOwnPropertyDescriptor(DataTransfer.prototype, name)
        Object.defineProperty(DataTransfer.prototype, name, {
            ...former,
            get() {
                const list = former.get.call(this)
                if (name === "files") take("transfer", list)
                return list
            },
        })
    }
    const { value } = Object.getOwnPropertyDescriptor(Event.prototype, "stopImmediatePropagation")
    Event.prototype.stopImmediatePropagation = function () {
        take("stopped", filesOf(this))
        return value.call(this)
    }
    for (const name of ["preventDefault", "stopPropagation"]) {
        const former = Event.prototype[name]
        Event.prototype[name] = function () {
            take(name, filesOf(this))
            return former.call(this)
        }
    }
    // The wire between the guard's two halves: with it a page could keep the guard from answering.
    for (const name of ["meet", "call", "hold", "again", "folder", "clipboard"])
        for (const target of [window, document])
            target.addEventListener(
                `sotto-guard-${name}`,
                (event) => window.heard.push([name, event.relatedTarget !== null]),
                true,
            )
    addEventListener("DOMContentLoaded", () => {
        const field = document.getElementById("field")
        const look = () => take("poll", files.get.call(field))
        setInterval(look, 1)
        const frame = () => {
            look()
            requestAnimationFrame(frame)
        }
        frame()
        new MutationObserver(look).observe(document, {
            attributes: true,
            childList: true,
            subtree: true,
        })
    })
}

const PAGE = `<script>(${thief})()</script>
<form><input type="file" id="field" multiple></form>
<div id="zone" style="block-size:120px" ondragover="event.preventDefault()">drop here</div><textarea id="text"></textarea>
<button id="press" onclick="field.click()">press</button>`

/** The tests of one browser, after all others: from here on the site is guarded. */
export async function fileTests({ test, chromiumTest, profile, web, own, passphrase }) {
    const folder = await mkdtemp(join(tmpdir(), "sotto-hostile-"))
    const plain = join(folder, "plain.txt")
    await writeFile(plain, WORDS)
    await confirmKit({ profile, passphrase })
    await desk(own, { type: "set-guard", site: web.origin, rule: "ask", alwaysFor: [] })
    const person = { profile }
    const address = "alice@mail.example"

    const open = async (path, more = "") => {
        const tab = await profile.page(web.page(path, PAGE + more, { spied: false }))
        await tab.front()
        return tab
    }
    const stolen = (tab) => tab.eval(() => window.stolen)

    const nothingStolen = async (tab) =>
        assert.deepEqual([...new Set((await stolen(tab)).map(({ how }) => how))], [])

    /** It got files, and every one that it could read is sealed. */
    async function assertSealed(tab) {
        await until(
            async () => {
                const all = await stolen(tab)
                return all.length > 0 && all.every(({ head }) => head !== undefined)
            },
            { timeout: 20_000, what: () => "the page read nothing" },
        )
        for (const { how, head, name } of await stolen(tab)) {
            assert.equal(head, SEALED, `${how} read ${head}`)
            assert.ok(!name.includes("plain"), `${how} saw the name ${name}`)
        }
    }

    await test("files: a page that reads files first, in the same task, reads sealed ones alone", async () => {
        const tab = await open("/thief")
        const sheet = await sheetFor(person, () => tab.choose("#field", plain), "net")
        await nothingStolen(tab)
        await seal(sheet, address)
        await assertSealed(tab)
        await tab.close()
    })

    await chromiumTest(
        "files: a page that listens first for drops gets none undecided",
        async () => {
            const tab = await open("/drops")
            const sheet = await sheetFor(person, () => dropFiles(tab, "#zone", [plain]), "drop")
            // While it is dragged over the page a browser shows no files; nor does the drop.
            await nothingStolen(tab)
            await seal(sheet, address)
            await assertSealed(tab)
            await tab.close()
        },
    )

    await test("files: a page that forges the guard's signals hears no wire and opens nothing", async () => {
        const tab = await open("/forged")
        await tab.eval(() => {
            const fake = document.createElement("i")
            for (const name of ["call", "meet", "hold", "again", "folder", "clipboard"])
                for (const target of [document, window, fake])
                    target.dispatchEvent(
                        new MouseEvent(`sotto-guard-${name}`, {
                            bubbles: true,
                            cancelable: true,
                            relatedTarget: fake,
                        }),
                    )
            // As the guard's half in a world of its own calls: whoever answers gives its wire away.
            window.heard.length = 0
            document.dispatchEvent(new MouseEvent("sotto-guard-call"))
        })
        const heard = await tab.eval(() => window.heard)
        assert.deepEqual(
            heard.filter(([name]) => name !== "call"),
            [],
        )
        const sheet = await sheetFor(person, () => tab.click("#press"))
        await sheet.click("@guard-release")
        await nothingStolen(tab)
        await tab.close()
    })

    await test("files: after the document was opened anew the wire is as far away", async () => {
        const tab = await open("/anew")
        const heard = await tab.eval(() => {
            document.open()
            document.write("<p id=anew>anew<input type=file id=field>")
            document.close()
            const seen = []
            for (const target of [window, document])
                target.addEventListener("sotto-guard-meet", () => seen.push("meet"), true)
            document.dispatchEvent(new MouseEvent("sotto-guard-call"))
            return seen
        })
        assert.deepEqual(heard, [])
        const sheet = await sheetFor(person, () => tab.click("#field"))
        await sheet.click("@guard-release")
        await tab.close()
    })

    await test("files: presses that a page makes itself open no sheet, and give nothing", async () => {
        const sheets = await opened()
        // By a script of the page, when no act of a person counts any more: a driver's own turns do,
        // for five seconds. So nobody asks the page whether it is done; it says so to its server.
        const presses = () => {
            if (navigator.userActivation.isActive) return setTimeout(presses, 100)
            const field = document.getElementById("field")
            for (let turn = 0; turn < 50; turn += 1) {
                field.click()
                field.dispatchEvent(new MouseEvent("click", { bubbles: true }))
                field.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: false }))
                try {
                    field.showPicker()
                } catch {
                    // It needs a person's press; that is the browser's own rule.
                }
            }
            return fetch("/pressed")
        }
        const script = `<script>const presses = ${presses}; setTimeout(presses, 8000)</script>`
        const tab = await open("/presses", script)
        await until(() => web.asked("/pressed"), {
            timeout: 60_000,
            what: () => "the page did not press",
        })
        await pause(2000)
        assert.equal(await opened(), sheets)
        await nothingStolen(tab)
        await tab.close()
    })

    await test("files: events with files that a page makes itself change nothing at the guard", async () => {
        const tab = await open("/made")
        await tab.eval(() => {
            const transfer = new DataTransfer()
            transfer.items.add(new File(["its own"], "own.txt"))
            const zone = document.getElementById("zone")
            zone.dispatchEvent(new DragEvent("drop", { bubbles: true, dataTransfer: transfer }))
            const field = document.getElementById("field")
            field.files = transfer.files
            field.dispatchEvent(new Event("change", { bubbles: true }))
            field.value = ""
        })
        // And the person's own pick is held as before.
        await tab.eval(() => {
            window.stolen.length = 0
        })
        const sheet = await sheetFor(person, () => tab.choose("#field", plain), "net")
        await nothingStolen(tab)
        await sheet.click("@guard-release")
        await tab.close()
    })

    await test("files: a page that covers, moves and takes away our words in it gains nothing", async () => {
        const cover = `<div style="position:fixed;inset:0;z-index:2147483647;pointer-events:none"></div>
<script>new MutationObserver(() => {
  for (const ours of document.querySelectorAll("[data-sotto]")) { ours.click(); ours.remove() }
}).observe(document.documentElement, { childList: true, subtree: true })</script>`
        const tab = await open("/covered", cover)
        const sheet = await sheetFor(person, () => tab.choose("#field", plain), "net")
        await nothingStolen(tab)
        await seal(sheet, address)
        await assertSealed(tab)
        await tab.close()
    })

    await test("files: no page can hold the sheet in a frame of its own", async () => {
        const base = await own.eval(() => (globalThis.browser ?? chrome).runtime.getURL(""))
        const frame = `<iframe src="${base}pages/panel.html" id="ours"></iframe>`
        const tab = await open("/framed", frame)
        await pause(1000)
        // The browser shows a page of its own there, or nothing.
        const inside = await tab.frameIn("#ours")
        assert.ok(!(await inside.has("[data-test]")))
        await tab.close()
    })

    await rm(folder, { recursive: true })

    /** Sheets that were opened so far, by what the background keeps of them. */
    function opened() {
        return own.eval(async () => {
            const { storage } = globalThis.browser ?? chrome
            const { errands = {} } = await storage.session.get("errands")
            return Object.values(errands).filter(({ job }) => job === "guard").length
        })
    }
}
