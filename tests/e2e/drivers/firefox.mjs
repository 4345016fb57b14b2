// Firefox through Marionette: real clicks and keys; windows, sidebar and popup of the extension.

import { existsSync, readFileSync } from "node:fs"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { homedir, tmpdir } from "node:os"
import { join } from "node:path"
import { Builder, Key } from "selenium-webdriver"
import firefox from "selenium-webdriver/firefox.js"
import { Command } from "selenium-webdriver/lib/command.js"
import { bytesBelow } from "./disk.mjs"
import { locate, shadowPath, stateOf } from "./locate.mjs"
import { listen, Recorder } from "./recorder.mjs"
import { saved } from "./saved.mjs"
import { PATIENCE, pause, until } from "./until.mjs"

const STEP_MS = 20_000
const UUID = "5077a000-1111-4222-8333-444455556666"
const LOCATE = `return (${locate})(arguments[0] ?? document, arguments[1])`
// The key by which WebDriver names a shadow root on the wire (W3C WebDriver, section 11).
const SHADOW = "shadow-6066-11e4-a52e-4f735466cecf"
const STATE = `return (${stateOf})(arguments[0])`

/** Where Firefox is. */
export const firefoxPath = () =>
    [process.env.FIREFOX, "/usr/bin/firefox-esr", "/usr/bin/firefox"].find(
        (p) => p && existsSync(p),
    )
const geckodriverPath = () =>
    [
        process.env.GECKODRIVER,
        join(homedir(), ".cargo/bin/geckodriver"),
        "/usr/bin/geckodriver",
        "/usr/local/bin/geckodriver",
    ].find((p) => p && existsSync(p))

/** A document in a tab or window, or a frame in it. Every act first goes to its window and frame. */
class Surface {
    /**
     * @param {FirefoxProfile} profile
     * @param {string} handle
     * @param {((driver: import("selenium-webdriver").WebDriver) => Promise<void>)[]} path the way into nested frames
     * @param {string} kind
     */
    constructor(profile, handle, path, kind) {
        Object.assign(this, { profile, handle, path, kind, dialogs: true })
    }

    /** Runs with the driver standing in this document; one at a time per browser. */
    async at(act) {
        return this.profile.alone(async (driver) => {
            await driver.switchTo().window(this.handle)
            await driver.switchTo().defaultContent()
            for (const step of this.path) await step(driver)
            return act(driver)
        })
    }

    async #script(source, ...args) {
        return this.at((driver) => driver.executeScript(source, ...args))
    }

    url() {
        return this.lastUrl ?? ""
    }

    currentUrl() {
        return this.#script("return location.href")
    }

    title() {
        return this.#script("return document.title")
    }

    async goto(url) {
        this.path = []
        await this.at((driver) => driver.get(url))
        this.lastUrl = url
        await this.profile.listenIn(this)
        return this
    }

    async reload() {
        await this.at((driver) => driver.navigate().refresh())
        await this.profile.listenIn(this)
    }

    async back() {
        await this.at((driver) => driver.navigate().back())
    }

    eval(run, ...args) {
        return this.#script(`return (${run})(...arguments)`, ...args)
    }

    /** Runs in the driver's turn: the element of the target, or null. */
    async element(driver, target) {
        const parts = shadowPath(target)
        let root = null
        for (const [depth, part] of parts.entries()) {
            const found = await driver.executeScript(LOCATE, root, part)
            if (!found) return null
            if (depth === parts.length - 1) return found
            root = { [SHADOW]: (await found.getShadowRoot()).getId() }
        }
        return null
    }

    async state(target) {
        return this.at(async (driver) => {
            const element = await this.element(driver, target)
            return element ? driver.executeScript(STATE, element) : "absent"
        })
    }

    async has(target) {
        return !["absent", "hidden"].includes(await this.state(target))
    }

    async waitFor(target, { timeout = STEP_MS, state = ["ready"] } = {}) {
        const wanted = [state].flat()
        let last = "absent"
        await until(
            async () => {
                last = await this.state(target).catch((error) => `lost: ${error.message}`)
                return wanted.includes(last)
            },
            {
                timeout,
                what: () => `${target} is ${last}, wanted ${wanted} (${this.kind} ${this.url()})`,
            },
        )
    }

    waitGone(target, options = {}) {
        return this.waitFor(target, { ...options, state: ["absent", "hidden"] })
    }

    async #retry(target, timeout, act) {
        const end = Date.now() + timeout * PATIENCE
        for (;;) {
            await this.waitFor(target, { timeout })
            try {
                return await this.at(async (driver) => {
                    const element = await this.element(driver, target)
                    if (!element) throw new Error("stale")
                    return act(driver, element)
                })
            } catch (error) {
                if (
                    !/stale|intercepted|not reachable|no longer|could not be scrolled|no such element/i.test(
                        error.message,
                    ) ||
                    Date.now() > end
                ) {
                    throw new Error(`${target}: ${error.message}`, { cause: error })
                }
            }
            await pause(80)
        }
    }

    async click(target, { timeout = STEP_MS } = {}) {
        await this.profile.listenIn(this)
        await this.#retry(target, timeout, async (driver, element) => {
            await driver.executeScript(
                "arguments[0].scrollIntoView({ block: 'center', inline: 'nearest' })",
                element,
            )
            await driver
                .actions({ async: true })
                .move({ origin: element, duration: 0 })
                .press()
                .release()
                .perform()
        })
        await this.profile.collect()
    }

    async type(target, text, { timeout = STEP_MS, clear = false } = {}) {
        await this.profile.listenIn(this)
        await this.#retry(target, timeout, async (driver, element) => {
            await driver.executeScript(
                "arguments[0].scrollIntoView({ block: 'center', inline: 'nearest' })",
                element,
            )
            await driver
                .actions({ async: true })
                .move({ origin: element, duration: 0 })
                .press()
                .release()
                .perform()
            if (clear)
                await driver
                    .actions()
                    .keyDown(Key.CONTROL)
                    .sendKeys("a")
                    .keyUp(Key.CONTROL)
                    .sendKeys(Key.BACK_SPACE)
                    .perform()
            await driver.actions().sendKeys(text.replaceAll("\n", Key.ENTER)).perform()
        })
        await this.profile.collect()
    }

    /** Puts a longer text in at once, as a paste does. */
    async paste(target, text) {
        await this.click(target)
        await this.#script("document.execCommand('insertText', false, arguments[0])", text)
        await this.profile.collect()
    }

    async press(key) {
        const named =
            {
                ArrowUp: Key.ARROW_UP,
                Enter: Key.ENTER,
                Escape: Key.ESCAPE,
                Tab: Key.TAB,
                Space: Key.SPACE,
            }[key] ?? key
        await this.at((driver) => driver.actions().sendKeys(named).perform())
        await this.profile.collect()
    }

    async select(target, value) {
        await this.#retry(target, STEP_MS, (driver, element) =>
            driver.executeScript(
                "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true})); arguments[0].dispatchEvent(new Event('change', {bubbles: true}))",
                element,
                value,
            ),
        )
    }

    async choose(target, ...paths) {
        await this.at(async (driver) =>
            (await this.element(driver, target)).sendKeys(paths.join("\n")),
        )
    }

    async #of(target, source, ...args) {
        return this.at(async (driver) => {
            const element = await this.element(driver, target)
            return element ? driver.executeScript(source, element, ...args) : null
        })
    }

    async text(target = "body") {
        return (
            (await this.#of(
                target,
                "return arguments[0].innerText ?? arguments[0].textContent ?? ''",
            )) ?? ""
        )
    }

    async value(target) {
        return (
            (await this.#of(target, "return arguments[0].value ?? arguments[0].innerText ?? ''")) ??
            ""
        )
    }

    attribute(target, name) {
        return this.#of(target, "return arguments[0].getAttribute(arguments[1])", name)
    }

    count(css) {
        return this.#script("return document.querySelectorAll(arguments[0]).length", css)
    }

    async waitText(words, { timeout = STEP_MS, within = "body" } = {}) {
        const wanted = [words].flat()
        let last = ""
        await until(
            async () => {
                last = await this.text(within).catch(() => "")
                return wanted.every((word) =>
                    word instanceof RegExp ? word.test(last) : last.includes(word),
                )
            },
            {
                timeout,
                what: () =>
                    `no ${wanted.map(String)} in ${this.kind} ${this.url()}: ${last.slice(0, 600)}`,
            },
        )
        return last
    }

    /** Frames of this document, in closed shadow roots too, by their address. */
    async #framesByUrl(wanted) {
        return this.profile.frameRefs(this, wanted)
    }

    async frameOf(wanted, { timeout = STEP_MS, index = 0 } = {}) {
        const host = await until(async () => (await this.#framesByUrl(wanted))[index], {
            timeout,
            what: () => `no frame ${wanted} in ${this.url()}`,
        })
        const step = async (driver) => driver.switchTo().frame(await host(driver))
        const frame = new Surface(this.profile, this.handle, [...this.path, step], "frame")
        frame.lastUrl = String(wanted)
        return frame
    }

    async framesOf(part) {
        return (await this.#framesByUrl(part)).length
    }

    async frameIn(target, { timeout = STEP_MS } = {}) {
        await this.waitFor(target, { timeout })
        const step = async (driver) => driver.switchTo().frame(await this.element(driver, target))
        const frame = new Surface(this.profile, this.handle, [...this.path, step], "frame")
        frame.lastUrl = target
        return frame
    }

    answerDialogs() {}

    async screenshot(path) {
        const png = await this.profile.alone(async (driver) => {
            await driver.switchTo().window(this.handle)
            return driver.takeScreenshot()
        })
        await writeFile(path, png, "base64")
    }

    front() {
        return this.at(async () => {})
    }

    async close() {
        await this.profile
            .alone(async (driver) => {
                await driver.switchTo().window(this.handle)
                await driver.close()
            })
            .catch(() => {})
    }

    async isClosed() {
        return !(await this.profile.handles()).includes(this.handle)
    }
}

/** Runs in the parent process: finds the browser element, runs `body` in a frame script there. */
const IN_BROWSER = `const [file, body, args, done] = arguments
const all = []
const walk = (win) => {
    for (const b of win.document.querySelectorAll("browser")) {
        all.push(b)
        if (b.contentDocument?.documentURI.startsWith("chrome:")) walk(b.contentWindow)
    }
}
for (const win of Services.wm.getEnumerator("navigator:browser")) walk(win)
const fits = (b) => b.currentURI?.spec.includes(file) && b.getBoundingClientRect().width > 0 && !b.closest("tabpanels, #tabbrowser-tabpanels")
const browser = all.find(fits)
if (!browser) return done({ error: "no such surface" })
const id = "e2e:" + Math.random()
const { messageManager } = browser
const { setInterval, clearInterval } = ChromeUtils.importESModule("resource://gre/modules/Timer.sys.mjs")
const end = (answer) => {
    clearInterval(watch)
    messageManager.removeMessageListener(id, hear)
    done(answer)
}
const hear = (message) => end(message.data)
messageManager.addMessageListener(id, hear)
const source = "(async () => { const args = " + JSON.stringify(args) + "; const tell = (data) => sendAsyncMessage(" + JSON.stringify(id) + ", data); try { tell({ value: await (" + body + ")(content, ...args) }) } catch (e) { tell({ error: String(e) }) } })()"
messageManager.loadFrameScript("data:application/javascript;charset=utf-8," + encodeURIComponent(source), false)
// One that closes while it is asked has nobody left to answer.
const watch = setInterval(() => {
    if (!browser.isConnected || !browser.ownerDocument.defaultView) end({ error: "no such surface" })
}, 100)`

/** In the frame script: runs a function in the document's world. */
const EVALUATE = `(content, source, args) => {
    const sandbox = new Components.utils.Sandbox(content, { sandboxPrototype: content, wantXrays: false })
    sandbox.args = Components.utils.cloneInto(args, sandbox)
    return Components.utils.evalInSandbox("(" + source + ")(...args)", sandbox)
}`

/** In the frame script: a mouse click as a person's, in the middle of the target. */
const PRESS = `(content, locateSource, target) => {
    const sandbox = new Components.utils.Sandbox(content, { sandboxPrototype: content, wantXrays: false })
    sandbox.target = target
    const element = Components.utils.evalInSandbox("(" + locateSource + ")(document, target)", sandbox)
    element.scrollIntoView({ block: "center" })
    const box = element.getBoundingClientRect()
    const x = box.x + box.width / 2
    const y = box.y + box.height / 2
    const utils = content.windowUtils
    for (const type of ["mousemove", "mousedown", "mouseup"]) {
        if (content.synthesizeMouseEvent) content.synthesizeMouseEvent(type, x, y, { button: 0, clickCount: type === "mousemove" ? 0 : 1 }, {})
        else utils.sendMouseEvent(type, x, y, 0, type === "mousemove" ? 0 : 1, 0)
    }
    return true
}`

/** In the frame script: keys as a person's, into what has the focus. */
const KEYS = `(content, text) => {
    const tip = Components.classes["@mozilla.org/text-input-processor;1"].createInstance(Components.interfaces.nsITextInputProcessor)
    tip.beginInputTransactionForTests(content)
    for (const letter of text) {
        const key = letter === "\\n" ? new content.KeyboardEvent("", { key: "Enter", code: "Enter" }) : new content.KeyboardEvent("", { key: letter })
        tip.keydown(key)
        tip.keyup(key)
    }
    return true
}`

/** A popup or sidebar: a browser element of the window, reached through the parent process. */
class ChromeSurface {
    /**
     * @param {FirefoxProfile} profile
     * @param {string} file a part of the page's address, by which its browser element is found
     * @param {string} kind
     */
    constructor(profile, file, kind) {
        Object.assign(this, { profile, file, kind })
    }

    async #run(body, ...args) {
        const answer = await this.profile.chrome(IN_BROWSER, this.file, body, args)
        if (answer?.error) throw new Error(`${this.kind}: ${answer.error}`)
        return answer?.value
    }

    url() {
        return this.file
    }

    eval(run, ...args) {
        return this.#run(EVALUATE, String(run), args)
    }

    state(target) {
        return this.eval(
            new Function("target", `return (${stateOf})((${locate})(document, target))`),
            target,
        )
    }

    async has(target) {
        return !["absent", "hidden"].includes(await this.state(target).catch(() => "absent"))
    }

    async waitFor(target, { timeout = STEP_MS, state = ["ready"] } = {}) {
        const wanted = [state].flat()
        let last = ""
        await until(
            async () => {
                last = await this.state(target).catch((error) => error.message)
                return wanted.includes(last)
            },
            { timeout, what: () => `${target} is ${last}, wanted ${wanted} (${this.kind})` },
        )
    }

    waitGone(target, options = {}) {
        return this.waitFor(target, { ...options, state: ["absent", "hidden"] })
    }

    async click(target, { timeout = STEP_MS } = {}) {
        await this.waitFor(target, { timeout })
        await this.eval(new Function(`(${listen})("__none")`))
        await this.#run(PRESS, String(locate), target)
        await this.#collect()
    }

    async type(target, text, { timeout = STEP_MS } = {}) {
        await this.click(target, { timeout })
        await this.#run(KEYS, text)
        await this.#collect()
    }

    async #collect() {
        const take = new Function(
            "return JSON.stringify((window[Symbol.for('e2e.events')] ?? []).splice(0))",
        )
        const seen = await this.eval(take).catch(() => "[]")
        for (const event of JSON.parse(seen)) this.profile.recorder.add(event)
    }

    async text(target = "body") {
        return this.eval(
            new Function(
                "target",
                `const e = (${locate})(document, target); return e ? (e.innerText ?? e.textContent) : ""`,
            ),
            target,
        )
    }

    async value(target) {
        return this.eval(
            new Function(
                "target",
                `const e = (${locate})(document, target); return e?.value ?? ""`,
            ),
            target,
        )
    }

    count(css) {
        return this.eval(new Function("css", "return document.querySelectorAll(css).length"), css)
    }

    async waitText(words, { timeout = STEP_MS, within = "body" } = {}) {
        const wanted = [words].flat()
        let last = ""
        await until(
            async () => {
                last = await this.text(within).catch((error) => error.message)
                return wanted.every((word) =>
                    word instanceof RegExp ? word.test(last) : last.includes(word),
                )
            },
            {
                timeout,
                what: () => `no ${wanted.map(String)} in ${this.kind}: ${last.slice(0, 600)}`,
            },
        )
        return last
    }

    /** The window with everything over it. */
    async screenshot(path) {
        const png = await this.profile.alone(async (driver) => {
            await driver.setContext(firefox.Context.CHROME)
            try {
                return await driver.takeScreenshot()
            } finally {
                await driver.setContext(firefox.Context.CONTENT)
            }
        })
        await writeFile(path, png, "base64")
    }

    async front() {}

    async close() {
        await this.profile.chrome(
            `const done = arguments[0]
            for (const win of Services.wm.getEnumerator("navigator:browser")) {
                for (const panel of win.document.querySelectorAll("panel")) panel.hidePopup()
                win.SidebarController?.hide()
            }
            done(true)`,
        )
    }
}

/** One browser profile of one person. */
export class FirefoxProfile {
    name = "firefox"
    recorder = new Recorder()
    #turn = Promise.resolve()
    #known = new Set()

    /**
     * @param {{extension?: string, dir?: string, headless?: boolean, keep?: boolean, prefs?: Record<string, unknown>}} options
     */
    static async launch({ extension, dir, headless = true, keep = false, prefs = {} } = {}) {
        const profile = new FirefoxProfile()
        profile.extension = extension
        profile.keep = keep
        profile.headless = headless
        profile.dir = dir ?? (await mkdtemp(join(tmpdir(), "e2e-firefox-")))
        profile.prefs = prefs
        await profile.#start()
        return profile
    }

    async #start() {
        const options = new firefox.Options()
        options.setBinary(firefoxPath())
        if (this.headless) options.addArguments("-headless")
        options.addArguments("-width", "1280", "-height", "900")
        options.addArguments("-profile", this.dir)
        const id =
            this.extension &&
            JSON.parse(readFileSync(join(this.extension, "manifest.json"), "utf8"))
                .browser_specific_settings?.gecko?.id
        this.addonId = id
        const prefs = {
            "extensions.webextensions.uuids": JSON.stringify({ [id ?? "none@example"]: UUID }),
            "extensions.webextOptionalPermissionPrompts": true,
            "intl.locale.requested": "en-US",
            "intl.accept_languages": "en-US",
            "browser.shell.checkDefaultBrowser": false,
            "datareporting.policy.dataSubmissionEnabled": false,
            "dom.disable_beforeunload": true,
            "extensions.allowPrivateBrowsingByDefault": true,
            ...this.prefs,
        }
        for (const [name, value] of Object.entries(prefs)) options.setPreference(name, value)
        const service = new firefox.ServiceBuilder(geckodriverPath()).addArguments(
            "--allow-system-access",
        )
        this.driver = await new Builder()
            .forBrowser("firefox")
            .setFirefoxOptions(options)
            .setFirefoxService(service)
            .build()
        await this.driver
            .manage()
            .setTimeouts({ script: 30_000 * PATIENCE, pageLoad: 60_000 * PATIENCE })
        if (this.extension) await this.#install()
        for (const handle of await this.driver.getAllWindowHandles()) this.#known.add(handle)
    }

    async #install() {
        this.base = `moz-extension://${UUID}/`
        const install = new Command("install addon")
            .setParameter("path", this.extension)
            .setParameter("temporary", true)
        install.setParameter("allowPrivateBrowsing", Boolean(this.inPrivate))
        this.addonId = await this.driver.execute(install)
    }

    /** One command sequence at a time: windows and frames are a state of the session. */
    alone(act) {
        const next = this.#turn.then(() => act(this.driver))
        this.#turn = next.catch(() => {})
        return next
    }

    /** Runs a script in the parent process; the last argument is the callback. */
    chrome(source, ...args) {
        return this.alone(async (driver) => {
            await driver.setContext(firefox.Context.CHROME)
            try {
                return await driver.executeAsyncScript(source, ...args)
            } finally {
                await driver.setContext(firefox.Context.CONTENT)
            }
        })
    }

    handles() {
        return this.alone((driver) => driver.getAllWindowHandles())
    }

    /** Begins to record in the surface's document. */
    async listenIn(surface) {
        await surface.at((driver) => driver.executeScript(`(${listen})("__none")`)).catch(() => {})
        this.listening = surface
    }

    /** Takes out what was recorded where the last act was. */
    async collect() {
        const surface = this.listening
        if (!surface) return
        const seen = await surface
            .at((driver) =>
                driver.executeScript("return (window[Symbol.for('e2e.events')] ?? []).splice(0)"),
            )
            .catch(() => [])
        // A document on its way out answers with nothing.
        for (const event of seen ?? []) this.recorder.add(event)
    }

    async page(url) {
        const handle = await this.alone(async (driver) => {
            // The window of the last act may be gone by now.
            const [first] = await driver.getAllWindowHandles()
            await driver.switchTo().window(first)
            await driver.switchTo().newWindow("tab")
            return driver.getWindowHandle()
        })
        this.#known.add(handle)
        const surface = new Surface(this, handle, [], "tab")
        if (url) await surface.goto(url)
        return surface
    }

    extensionPath(path) {
        return this.base + path.replace(/^\//, "")
    }

    extensionPage(path) {
        this.recorder.hook(`opened ${path} by its address`)
        return this.page(this.extensionPath(path))
    }

    async #urlOf(handle) {
        return this.alone(async (driver) => {
            await driver.switchTo().window(handle)
            return driver.getCurrentUrl()
        }).catch(() => "")
    }

    /** Runs `action` and gives the extension's window or tab that opened because of it. */
    async surfaceOpenedBy(action, { path = "", timeout = STEP_MS } = {}) {
        const before = new Set(await this.handles())
        await action()
        const found = await until(
            async () => {
                for (const handle of await this.handles()) {
                    if (before.has(handle)) continue
                    const url = await this.#urlOf(handle)
                    if (url.startsWith(this.base) && url.includes(path)) return { handle, url }
                }
                return null
            },
            { timeout, what: () => `no new surface ${path}` },
        )
        return this.#adopt(found, "window")
    }

    async #adopt({ handle, url }, kind) {
        if (!this.#known.has(handle)) this.recorder.surface(kind, url)
        this.#known.add(handle)
        const surface = new Surface(this, handle, [], kind)
        surface.lastUrl = url
        await this.listenIn(surface)
        return surface
    }

    async openSurface(path, { timeout = STEP_MS } = {}) {
        const found = await until(
            async () => {
                for (const handle of await this.handles()) {
                    const url = await this.#urlOf(handle)
                    if (url.startsWith(this.base) && url.includes(path)) return { handle, url }
                }
                return null
            },
            { timeout, what: () => `no open surface ${path}` },
        )
        return this.#adopt(found, "window")
    }

    /** Everything that is open in tabs and windows. */
    async allSurfaces() {
        return (await this.handles()).map((handle) => new Surface(this, handle, [], "tab"))
    }

    async surfaceUrls() {
        const urls = []
        for (const handle of await this.handles()) urls.push(await this.#urlOf(handle))
        return urls.filter((url) => url.startsWith(this.base))
    }

    /** Where the frames of a document are: elements, found again at each use. */
    async frameRefs(surface, wanted) {
        return surface.at(async (driver) => {
            const hosts = await driver.executeScript(
                "return [...document.querySelectorAll('iframe, [data-sotto], probe-host')]",
            )
            const found = []
            for (const host of hosts) {
                const tag = await host.getTagName().catch(() => "")
                const frames = tag === "iframe" ? [host] : await this.#framesInside(driver, host)
                for (const frame of frames) {
                    const src = await driver
                        .executeScript(
                            "return arguments[0].src || arguments[0].getAttribute('src') || ''",
                            frame,
                        )
                        .catch(() => "")
                    if (wanted instanceof RegExp ? wanted.test(src) : src.includes(wanted))
                        found.push(async () => frame)
                }
            }
            return found
        })
    }

    async #framesInside(driver, host) {
        try {
            const root = { [SHADOW]: (await host.getShadowRoot()).getId() }
            return await driver.executeScript(
                "return [...arguments[0].querySelectorAll('iframe')]",
                root,
            )
        } catch {
            return []
        }
    }

    /** Presses the toolbar button over a tab: the real popup opens in the window. */
    async popup(surface) {
        await surface?.front()
        // A press of the button while its popup stands takes the popup away.
        const former = new ChromeSurface(this, this.base, "popup")
        await former.close()
        await former.waitFor("body", { state: ["popup: no such surface"] })
        await this.chrome(
            `const [id, done] = arguments
            const win = Services.wm.getMostRecentWindow("navigator:browser")
            const { ExtensionParent } = ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs")
            const extension = ExtensionParent.GlobalManager.getExtension(id)
            const action = ExtensionParent.apiManager.global.browserActionFor(extension)
            // As a press of the button: with it comes the grant of the tab in front.
            Promise.resolve(action.triggerAction ? action.triggerAction(win) : action.openPopup(win, true)).then(() => done(true), (e) => done(String(e)))`,
            this.addonId,
        )
        return this.openedPopup()
    }

    /** The toolbar popup, however it was opened. */
    async openedPopup() {
        const popup = new ChromeSurface(this, this.base, "popup")
        await popup.waitFor("body")
        this.recorder.surface("popup", "popup.html")
        return popup
    }

    /** The sidebar that an act of the browser's own (shortcut, menu) opens. */
    async panelOpenedBy(action) {
        await action()
        const sidebar = new ChromeSurface(this, "panel.html", "sidebar")
        await sidebar.waitFor("body")
        this.recorder.surface("sidebar", "panel.html")
        return sidebar
    }

    /** Runs a function in the background with the extension's API. */
    async background(run, ...args) {
        this.recorder.hook("ran something in the background")
        const page = await this.extensionPage("manifest.json")
        try {
            return await page.eval(
                new Function("...args", `return (${run})(browser, ...args)`),
                ...args,
            )
        } finally {
            await page.close()
        }
    }

    /** Ends the event page at once. */
    async killWorker() {
        await this.chrome(
            `const [id, done] = arguments
            const { ExtensionParent } = ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs")
            const extension = ExtensionParent.GlobalManager.getExtension(id)
            extension.terminateBackground({ ignoreDevToolsAttached: true, disableResetIdleForTest: true }).then(() => done(true), (e) => done(String(e)))`,
            this.addonId,
        )
    }

    async reloadExtension() {
        await this.chrome(
            `const [id, done] = arguments
            const { AddonManager } = ChromeUtils.importESModule("resource://gre/modules/AddonManager.sys.mjs")
            AddonManager.getAddonByID(id).then((a) => a.reload()).then(() => done(true), (e) => done(String(e)))`,
            this.addonId,
        )
        await pause(800)
    }

    /** Switches the extension off, as the person can in the add-on manager. */
    async switchOff() {
        const answer = await this.chrome(
            `const [id, done] = arguments
            const { AddonManager } = ChromeUtils.importESModule("resource://gre/modules/AddonManager.sys.mjs")
            AddonManager.getAddonByID(id).then((a) => a.disable()).then(() => done(true), (e) => done(String(e)))`,
            this.addonId,
        )
        if (answer !== true) throw new Error(answer)
    }

    async #origins(verb, origins) {
        return this.chrome(
            `const [id, verb, origins, done] = arguments
            const { ExtensionPermissions } = ChromeUtils.importESModule("resource://gre/modules/ExtensionPermissions.sys.mjs")
            const { ExtensionParent } = ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs")
            const extension = ExtensionParent.GlobalManager.getExtension(id)
            ExtensionPermissions[verb](id, { permissions: [], origins }, extension).then(() => done(true), (e) => done(String(e)))`,
            this.addonId,
            verb,
            origins,
        )
    }

    /** Takes every site back, as the add-on manager's switch does. */
    revokeSites() {
        return this.#origins("remove", ["http://127.0.0.1/*"])
    }

    grantSite(origin) {
        return this.#origins("add", [`${new URL(origin).protocol}//${new URL(origin).hostname}/*`])
    }

    grantAllSites() {
        return this.#origins("add", ["http://127.0.0.1/*"])
    }

    /** Answers the browser's own permission prompt. @param {"allow" | "refuse"} answer */
    async answerPrompt(answer) {
        return this.chrome(
            `const [answer, done] = arguments
            const end = Date.now() + 60000
            const look = () => {
                for (const win of Services.wm.getEnumerator("navigator:browser")) {
                    const shown = win.PopupNotifications?.panel?.firstElementChild
                    if (shown && win.PopupNotifications.isPanelOpen) {
                        const button = answer === "allow" ? shown.button : shown.secondaryButton
                        button.click()
                        return done(true)
                    }
                }
                if (Date.now() > end) return done(false)
                win_setTimeout(look, 100)
            }
            const { setTimeout: win_setTimeout } = ChromeUtils.importESModule("resource://gre/modules/Timer.sys.mjs")
            look()`,
            answer,
        )
    }

    /** What the browser saves because of `action`: where, and the text in it. */
    async download(action) {
        const folder = await mkdtemp(join(this.dir, "saved-"))
        await this.chrome(
            `const [folder, done] = arguments
            Services.prefs.setIntPref("browser.download.folderList", 2)
            Services.prefs.setStringPref("browser.download.dir", folder)
            Services.prefs.setBoolPref("browser.download.useDownloadDir", true)
            Services.prefs.setBoolPref("browser.download.alwaysOpenPanel", false)
            done(true)`,
            folder,
        )
        await action()
        return saved(folder, STEP_MS)
    }

    /** A shortcut, pressed into the browser's window. @param {string} letter with Alt and Shift */
    async shortcut(letter) {
        await this.alone(async (driver) => {
            await driver.setContext(firefox.Context.CHROME)
            try {
                await driver
                    .actions()
                    .keyDown(Key.ALT)
                    .keyDown(Key.SHIFT)
                    .sendKeys(letter)
                    .keyUp(Key.SHIFT)
                    .keyUp(Key.ALT)
                    .perform()
            } finally {
                await driver.setContext(firefox.Context.CONTENT)
            }
        })
    }

    async allowPrivate() {
        this.inPrivate = true
        await this.alone(() => this.#install())
    }

    async privatePage(url) {
        const before = new Set(await this.handles())
        await this.chrome(
            `const [url, done] = arguments
            const win = Services.wm.getMostRecentWindow("navigator:browser").OpenBrowserWindow({ private: true })
            // Its own page is begun when it was first painted, long after its load: in place of ours.
            const topic = "browser-delayed-startup-finished"
            const hear = (started) => {
                if (started !== win) return
                Services.obs.removeObserver(hear, topic)
                done(true)
            }
            Services.obs.addObserver(hear, topic)`,
            url,
        )
        const handle = await until(async () => (await this.handles()).find((h) => !before.has(h)), {
            timeout: STEP_MS,
            what: () => "no private window",
        })
        this.#known.add(handle)
        const surface = new Surface(this, handle, [], "private")
        await surface.goto(url)
        return surface
    }

    /** Bytes in the origin private file system of the extension, as the disk has them. */
    bytesInOpfs() {
        return bytesBelow(join(this.dir, `storage/default/moz-extension+++${UUID}/fs`))
    }

    /** Kills the browser in the middle of whatever it does, and starts it on the same profile. */
    async kill() {
        const pid = (await this.driver.getCapabilities()).get("moz:processID")
        process.kill(pid, "SIGKILL")
        await this.driver.quit().catch(() => {})
        this.#known.clear()
        await this.#start()
    }

    async restart() {
        await this.driver.quit()
        this.#known.clear()
        await this.#start()
    }

    async close() {
        await this.driver.quit().catch(() => {})
        if (!this.keep)
            await rm(this.dir, { recursive: true, force: true, maxRetries: 5 }).catch(() => {})
    }
}
