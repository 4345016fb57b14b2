// The guard as a person meets it: turned on in the popup, a sheet that opens, files given or not.

import { strict as assert } from "node:assert"
import { Key } from "selenium-webdriver"
import { until } from "../drivers/until.mjs"

/** Turns the guard on for the site of a tab, in the toolbar's popup, and loads the page once more. */
export async function turnOn(person, tab) {
    const popup = await person.profile.popup(tab)
    await popup.waitFor("@guard")
    await popup.click("@guard-rule-ask")
    await popup.waitFor("[data-test=guard][data-rule=ask]")
    // Registered for the host already, by another port of it: then it stands since the page was loaded.
    await popup.waitFor("[data-test=guard-reload-notice], [data-test=guard-standing]")
    await popup.close()
    await tab.reload()
}

/** Asks the core as one of the extension's own pages does: for set-up, never for the story. */
export async function ask(surface, body) {
    const answer = await surface.eval((request) => {
        const { runtime } = globalThis.browser ?? chrome
        return runtime.sendMessage({ v: 1, id: 5, claim: "desk", body: request })
    }, body)
    if (answer?.ok === undefined) throw new Error(`${body.type}: ${JSON.stringify(answer)}`)
    return answer.ok
}

/** More is sealed in a suite than without a confirmed recovery kit. */
export async function confirmKit(person) {
    const page = await person.profile.extensionPage("pages/contacts.html")
    const { passphrase } = person
    const { words, check } = await ask(page, { type: "recovery-words", passphrase })
    const answers = check.map((position) => words[position - 1])
    await ask(page, { type: "recovery-check", answers })
    await page.close()
}

/** The age identities of a person, for programs that are not ours. */
export async function identitiesOf(person) {
    const page = await person.profile.extensionPage("pages/contacts.html")
    const { all } = await ask(page, { type: "export-identity", passphrase: person.passphrase })
    await page.close()
    return all.split("\n").filter((line) => line.startsWith("AGE-SECRET-KEY-"))
}

/** Runs `press`; gives the sheet that opens because of it. */
export async function sheetFor(person, press, route = "picker") {
    const sheet = await person.profile.surfaceOpenedBy(press, { path: "panel.html" })
    await sheet.waitFor(`[data-test=guard-sheet][data-route=${route}]`, { timeout: 30_000 })
    return sheet
}

/** Chooses for whom, if nobody is chosen yet. */
export async function choose(sheet, address) {
    if (await sheet.has("@guard-for")) return
    const chosen = `[data-test=recipient][data-chosen=true]`
    if (await sheet.has(chosen)) return
    await sheet.type("@add-person", address)
    await sheet.press("Enter")
    await sheet.waitFor(chosen)
}

/** Picks files in the sheet; they are sealed and given. */
export async function pick(sheet, address, ...paths) {
    await choose(sheet, address)
    await sheet.waitFor("@guard-pick")
    await sheet.choose("@guard-pick-input", ...paths)
    await sheet.waitFor("[data-test=guard-over][data-outcome=sealed]", { timeout: 60_000 })
}

/** Chooses a folder of these files, which no driver of Firefox can. */
export function chooseFolder(surface, target, files) {
    return surface.eval(
        (name, given) => {
            // A file list of our own: the browser's loses what was defined on its files.
            const value = given.map(([path, text]) =>
                Object.defineProperty(
                    new File([text], path.split("/").pop(), { lastModified: 5 }),
                    "webkitRelativePath",
                    { value: path },
                ),
            )
            const field = document.querySelector(`[data-test=${name}]`)
            Object.defineProperty(field, "files", { configurable: true, value })
            field.dispatchEvent(new Event("change", { bubbles: true }))
        },
        target.slice(1),
        files,
    )
}

/** Seals what came along and gives it. */
export async function seal(sheet, address) {
    await choose(sheet, address)
    await sheet.click("@guard-seal")
    await sheet.waitFor("[data-test=guard-over][data-outcome=sealed]", { timeout: 60_000 })
}

/** What the page could read, once there is `count` of it. */
export async function received(tab, route, count = 1) {
    let seen = []
    await until(
        async () => {
            seen = await tab.eval(
                (wanted) => window.got.filter((one) => one.route === wanted),
                route,
            )
            return seen.length >= count
        },
        { timeout: 30_000, what: () => `the page has ${JSON.stringify(seen)} of ${route}` },
    )
    return seen
}

/** Every byte that the page could read belongs to a sealed file. */
export async function assertAllSealed(tab) {
    const got = await tab.eval(() => window.got)
    for (const { route, head } of got) {
        if (head !== undefined) assert.equal(head, "age-encryption.org/v1", `${route} got ${head}`)
    }
}

/** Drops files from outside, as the system does: the debugger knows how, in Chromium. */
export async function dropFiles(tab, target, files) {
    if (!tab.page) return givenByFirefox(tab, target, files)
    const element = await tab.find(target)
    const box = await element.boundingBox()
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
    const data = { items: [], files, dragOperationsMask: 1 }
    const debug = await tab.page.createCDPSession()
    for (const type of ["dragEnter", "dragOver", "drop"])
        await debug.send("Input.dispatchDragEvent", { type, x, y, data })
    await debug.detach()
}

/** In the tab's process: a drop that Firefox itself vouches for, of files that lie on the disk. */
const DROP = ((id) => {
    addMessageListener(id, ({ data: { files, target } }) => {
        const element = content.document.querySelector(target)
        const { x, y } = element.getBoundingClientRect()
        const { Sandbox, cloneInto, evalInSandbox } = Components.utils
        const realm = new Sandbox(content, { sandboxPrototype: content, wantXrays: false })
        realm.files = cloneInto(files, realm, { wrapReflectors: true })
        const source =
            "const given = new DataTransfer(); for (const one of files) given.items.add(one); given"
        const dataTransfer = evalInSandbox(source, realm)
        const place = { clientX: x + 5, clientY: y + 5 }
        const init = { bubbles: true, cancelable: true, composed: true, dataTransfer, ...place }
        for (const type of ["dragenter", "dragover", "drop"])
            content.windowUtils.dispatchDOMEventViaPresShellForTesting(
                element,
                new content.DragEvent(type, init),
            )
        sendAsyncMessage(`${id}-done`)
    })
}).toString()

function givenByFirefox({ profile }, target, paths) {
    return profile.chrome(
        `const [source, paths, target, done] = arguments
        const { selectedBrowser } = Services.wm.getMostRecentWindow("navigator:browser").gBrowser
        const { messageManager } = selectedBrowser
        const id = "e2e-drop-" + Math.random()
        messageManager.addMessageListener(id + "-done", () => done(true))
        const script = "(" + source + ")(" + JSON.stringify(id) + ")"
        const address = "data:application/javascript;charset=utf-8," + encodeURIComponent(script)
        messageManager.loadFrameScript(address, false)
        Promise.all(paths.map((path) => File.createFromFileName(path))).then((files) =>
            messageManager.sendAsyncMessage(id, { files, target }),
        )`,
        DROP,
        paths,
        target,
    )
}

/** On a real display: without one Firefox keeps no pictures on its clipboard. */
async function pasteInFirefox(tab, target) {
    const kept = await tab.profile.chrome(
        `const [base64, done] = arguments
        const tools = Components.classes["@mozilla.org/image/tools;1"].getService(Components.interfaces.imgITools)
        const bytes = atob(base64)
        const image = tools.decodeImageFromBuffer(bytes, bytes.length, "image/png")
        const given = Components.classes["@mozilla.org/widget/transferable;1"].createInstance(Components.interfaces.nsITransferable)
        given.init(null)
        given.addDataFlavor("application/x-moz-nativeimage")
        given.setTransferData("application/x-moz-nativeimage", image)
        const { clipboard } = Services
        clipboard.setData(given, null, clipboard.kGlobalClipboard)
        done(clipboard.hasDataMatchingFlavors(["image/png"], clipboard.kGlobalClipboard))`,
        PIXEL,
    )
    assert.ok(kept, "the clipboard keeps no picture")
    await tab.click(target)
    await tab.profile.alone((driver) =>
        driver.actions().keyDown(Key.CONTROL).sendKeys("v").keyUp(Key.CONTROL).perform(),
    )
}

/** Takes hold of something on the page and lets it go, as far as a drag begins. */
export async function beginDrag(tab, target) {
    const box = await (await tab.find(target)).boundingBox()
    await tab.page.mouse.move(box.x + 20, box.y + 20)
    await tab.page.mouse.down()
    await tab.page.mouse.move(box.x + 60, box.y + 40, { steps: 4 })
    await tab.page.mouse.up()
}

const PIXEL =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

/** Puts a picture on the clipboard and pastes it with the keyboard. */
export async function pasteFile(tab, target) {
    if (!tab.page) return pasteInFirefox(tab, target)
    const context = tab.page.browserContext()
    const origin = new URL(tab.url()).origin
    await context.overridePermissions(origin, [
        "clipboard-read",
        "clipboard-write",
        "clipboard-sanitized-write",
    ])
    await tab.eval(async (base64) => {
        const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))
        const blob = new Blob([bytes], { type: "image/png" })
        await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })])
    }, PIXEL)
    await tab.click(target)
    await tab.page.keyboard.down("Control")
    await tab.page.keyboard.press("v", { commands: ["Paste"] })
    await tab.page.keyboard.up("Control")
}
