// Chromium through the DevTools protocol: real clicks and keys, real side panel, real popup.

import { createHash } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import puppeteer from "puppeteer-core"
import { bytesBelow } from "./disk.mjs"
import { locate, shadowPath, stateOf } from "./locate.mjs"
import { listen, Recorder } from "./recorder.mjs"
import { saved } from "./saved.mjs"
import { PATIENCE, pause, until } from "./until.mjs"

const BINDING = "__e2eSeen"
const STEP_MS = 15_000
const LOCATE = new Function("root", "target", `return (${locate})(root, target)`)
const STATE = new Function("element", `return (${stateOf})(element)`)

/** Where Chromium is. */
export const chromiumPath = () =>
    [
        process.env.CHROMIUM,
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ].find((path) => path && existsSync(path))

/** The id that a manifest's `key` fixes. @param {string} dir */
export function extensionId(dir) {
    const { key } = JSON.parse(readFileSync(join(dir, "manifest.json"), "utf8"))
    if (!key) return undefined
    const digest = createHash("sha256")
        .update(Buffer.from(key, "base64"))
        .digest("hex")
        .slice(0, 32)
    return [...digest].map((hex) => "abcdefghijklmnop"[Number.parseInt(hex, 16)]).join("")
}

/** A document that can be pressed, typed into and read: a tab, panel, popup, window or frame. */
class Surface {
    /**
     * @param {ChromiumProfile} profile
     * @param {import("puppeteer-core").Page} page
     * @param {import("puppeteer-core").Frame} frame
     * @param {string} kind
     */
    constructor(profile, page, frame, kind) {
        Object.assign(this, { profile, page, frame, kind })
    }

    url() {
        return this.frame.url()
    }

    title() {
        return this.page.title()
    }

    async goto(url) {
        await this.page.bringToFront()
        await this.page.goto(url, { waitUntil: "domcontentloaded" })
        this.frame = this.page.mainFrame()
        return this
    }

    reload() {
        return this.page.reload({ waitUntil: "domcontentloaded" })
    }

    back() {
        return this.page.goBack({ waitUntil: "domcontentloaded" })
    }

    /** Runs a self-contained function in the document. */
    eval(run, ...args) {
        return this.frame.evaluate(run, ...args)
    }

    /** @param {import("./locate.mjs").Target} target */
    async find(target) {
        const parts = shadowPath(target)
        let root = await this.frame.evaluateHandle(() => document)
        for (const [depth, part] of parts.entries()) {
            const found = await this.frame.evaluateHandle(LOCATE, root, part)
            const element = found.asElement()
            if (!element) return null
            if (depth === parts.length - 1) return element
            const inner = await this.#closedRoot(element)
            if (!inner) return null
            root = inner
        }
        return null
    }

    /** The closed shadow root of an element: only the debugger may see it. */
    async #closedRoot(element) {
        const { node } = await element.client.send("DOM.describeNode", {
            objectId: element.remoteObject().objectId,
            pierce: true,
        })
        const shadow = node.shadowRoots?.find((root) => root.shadowRootType !== "user-agent")
        if (!shadow) return null
        return this.frame.mainRealm().adoptBackendNode(shadow.backendNodeId)
    }

    async state(target) {
        const element = await this.find(target)
        return element ? element.evaluate(STATE) : "absent"
    }

    async has(target) {
        return (await this.state(target)) !== "absent" && (await this.state(target)) !== "hidden"
    }

    /** Waits until the target can be used. */
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

    /** A real mouse click in the middle of the target. */
    async click(target, { timeout = STEP_MS } = {}) {
        await this.#retry(target, timeout, (element) => element.click())
    }

    /** Acts on the target as soon as it is ready; a repaint in between is no failure. */
    async #retry(target, timeout, act) {
        const end = Date.now() + timeout * PATIENCE
        for (;;) {
            await this.waitFor(target, { timeout })
            try {
                const element = await this.find(target)
                if (element && (await this.#isSeen())) return await act(element)
            } catch (error) {
                const repainted =
                    /detached|not clickable|not an Element|Cannot find context|Node is/i.test(
                        error.message,
                    )
                if (!repainted || Date.now() > end)
                    throw new Error(`${target}: ${error.message}`, { cause: error })
            }
            if (Date.now() > end) throw new Error(`${target}: its tab is behind another`)
            await pause(60)
        }
    }

    /** A press waits for the next frame of the document: behind another tab there is none. */
    #isSeen() {
        return this.frame.evaluate(() => document.visibilityState === "visible")
    }

    /** Real keys into the target. */
    async type(target, text, { timeout = STEP_MS, clear = false } = {}) {
        await this.#retry(target, timeout, async (element) => {
            await element.click(clear ? { count: 3 } : {})
        })
        const keys = this.page.keyboard
        if (clear) {
            await keys.down("Control")
            await keys.press("a")
            await keys.up("Control")
            await keys.press("Backspace")
        }
        for (const [index, line] of text.split("\n").entries()) {
            if (index > 0) await keys.press("Enter")
            if (line) await keys.type(line)
        }
    }

    /** Puts a longer text in at once, as a paste does. */
    async paste(target, text) {
        await this.click(target)
        await this.page.keyboard.sendCharacter(text)
    }

    press(key) {
        return this.page.keyboard.press(key)
    }

    /** Chooses an option of a `select`. */
    async select(target, value) {
        await this.waitFor(target)
        await (await this.find(target)).select(value)
    }

    async choose(target, ...paths) {
        await (await this.find(target)).uploadFile(...paths)
    }

    /** What the target says, as a person reads it. */
    async text(target = "body") {
        const element = await this.find(target)
        return element ? element.evaluate((e) => e.innerText ?? e.textContent ?? "") : ""
    }

    async value(target) {
        const element = await this.find(target)
        return element ? element.evaluate((e) => e.value ?? e.innerText ?? "") : ""
    }

    attribute(target, name) {
        return this.find(target).then(
            (element) => element?.evaluate((e, key) => e.getAttribute(key), name) ?? null,
        )
    }

    /** How many elements the CSS selector finds. */
    count(css) {
        return this.eval((selector) => document.querySelectorAll(selector).length, css)
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

    /** A frame of this document, however it is nested, by a part of its address or a test on it. */
    async frameOf(wanted, { timeout = STEP_MS, index = 0 } = {}) {
        const fits = (frame) =>
            frame !== this.frame &&
            (wanted instanceof RegExp ? wanted.test(frame.url()) : frame.url().includes(wanted))
        const found = await until(() => this.page.frames().filter(fits)[index], {
            timeout,
            what: () =>
                `no frame ${wanted} in ${this.url()}: ${this.page.frames().map((f) => f.url())}`,
        })
        return new Surface(this.profile, this.page, found, "frame")
    }

    /** How many frames fit. */
    async framesOf(part) {
        return this.page.frames().filter((frame) => frame.url().includes(part) && !frame.detached)
            .length
    }

    /** A frame by its element. @param {string} target */
    async frameIn(target, { timeout = STEP_MS } = {}) {
        const content = await until(async () => (await this.find(target))?.contentFrame(), {
            timeout,
            what: () => `no frame ${target} in ${this.url()}`,
        })
        return new Surface(this.profile, this.page, content, "frame")
    }

    /** The page's dialogs are answered from now on. */
    answerDialogs(accept) {
        this.page.removeAllListeners("dialog")
        this.page.on("dialog", (dialog) =>
            (accept ? dialog.accept() : dialog.dismiss()).catch(() => {}),
        )
    }

    /** Behind another tab there is nothing painted, and a picture would be waited for minutes. */
    async screenshot(path) {
        if (!(await this.page.evaluate(() => document.visibilityState === "visible")))
            await this.page.bringToFront()
        await this.page.screenshot({ path })
    }

    front() {
        return this.page.bringToFront()
    }

    async close() {
        await this.page.close().catch(() => {})
    }

    isClosed() {
        return this.page.isClosed()
    }
}

/** One browser profile of one person. */
export class ChromiumProfile {
    name = "chromium"
    recorder = new Recorder()
    /** @type {Map<import("puppeteer-core").Target, import("puppeteer-core").Page>} */
    #pages = new Map()
    #seen = new WeakSet()

    /**
     * @param {{extension?: string, dir?: string, headless?: boolean, args?: string[], keep?: boolean}} options
     */
    static async launch({ extension, dir, headless = true, args = [], keep = false } = {}) {
        const profile = new ChromiumProfile()
        profile.extension = extension
        profile.keep = keep
        profile.dir = dir ?? (await mkdtemp(join(tmpdir(), "e2e-chromium-")))
        profile.headless = headless
        profile.args = args
        await profile.#start()
        return profile
    }

    async #start() {
        this.browser = await puppeteer.launch({
            headless: this.headless,
            pipe: true,
            // Whoever started the browser ends it; with listeners here a signal ends nothing else.
            handleSIGINT: false,
            handleSIGTERM: false,
            handleSIGHUP: false,
            executablePath: chromiumPath(),
            userDataDir: this.dir,
            enableExtensions: true,
            defaultViewport: null,
            protocolTimeout: 120_000 * PATIENCE,
            args: [
                "--no-sandbox",
                "--window-size=1280,900",
                "--no-first-run",
                "--disable-dev-shm-usage",
                "--lang=en-US",
                ...this.args,
            ],
            env: { ...process.env, LANGUAGE: "en" },
        })
        for (const event of ["targetcreated", "targetchanged"])
            this.browser.on(event, (target) => this.#arrived(target))
        // Given to `launch` it would not be waited for; and where the profile has it already, it is
        // loaded anew, and its pages are closed.
        if (this.extension)
            await Promise.all([
                this.browser.installExtension(this.extension),
                this.#findExtension(),
            ])
    }

    async #findExtension() {
        this.id = extensionId(this.extension)
        const target = await this.browser.waitForTarget(
            (t) =>
                t.type() === "service_worker" &&
                t.url().startsWith("chrome-extension://") &&
                (!this.id || t.url().includes(this.id)),
            { timeout: 20_000 * PATIENCE },
        )
        this.id ??= new URL(target.url()).host
        this.base = `chrome-extension://${this.id}/`
    }

    #arrived(target) {
        const url = target.url()
        if (
            !["page", "other"].includes(target.type()) ||
            this.#seen.has(target) ||
            !url.startsWith(this.base ?? "none:") ||
            // A frame in a page is no surface that opens.
            url.includes("/frame.html")
        )
            return
        this.#seen.add(target)
        this.recorder.surface(this.#kindOf(target), url)
    }

    #kindOf(target) {
        const { pathname, search } = new URL(target.url())
        if (/popup/.test(pathname + search)) return "popup"
        return /panel/.test(pathname + search) ? "panel" : "tab"
    }

    /** Attaches to a target and begins to record in it. */
    async #wrap(target, kind) {
        let page = this.#pages.get(target)
        if (!page || page.isClosed()) {
            page = (target.type() === "page" && (await target.page())) || (await target.asPage())
            await this.#record(page)
            this.#pages.set(target, page)
        }
        page.setDefaultTimeout(STEP_MS * PATIENCE)
        return new Surface(this, page, page.mainFrame(), kind)
    }

    async #record(page) {
        await page
            .exposeFunction(BINDING, (json) => this.recorder.add(JSON.parse(json)))
            .catch(() => {})
        const source = `(${listen})(${JSON.stringify(BINDING)})`
        await page.evaluateOnNewDocument(source).catch(() => {})
        for (const frame of page.frames()) await frame.evaluate(source).catch(() => {})
    }

    /** A new tab. @param {string} url */
    async page(url) {
        const page = await this.browser.newPage()
        await this.#record(page)
        this.#pages.set(page.target(), page)
        page.setDefaultTimeout(STEP_MS * PATIENCE)
        page.on("dialog", (dialog) => dialog.accept().catch(() => {}))
        if (url) await page.goto(url, { waitUntil: "domcontentloaded" })
        return new Surface(this, page, page.mainFrame(), "tab")
    }

    /** A new private window with one tab, where the extension was allowed there. */
    async privatePage(url) {
        const context = await this.browser.createBrowserContext()
        const page = await context.newPage()
        await page.goto(url, { waitUntil: "domcontentloaded" })
        return new Surface(this, page, page.mainFrame(), "private")
    }

    /** The address of one of the extension's own pages. @param {string} path */
    extensionPath(path) {
        return this.base + path.replace(/^\//, "")
    }

    /** @param {string} path */
    extensionPage(path) {
        this.recorder.hook(`opened ${path} by its address`)
        return this.page(this.extensionPath(path))
    }

    /** Targets of the extension that show something. */
    #surfaces() {
        return this.browser
            .targets()
            .filter(
                (t) =>
                    t.url().startsWith(this.base) &&
                    ![
                        "service_worker",
                        "tab",
                        "webview",
                        "browser",
                        "iframe",
                        "background_page",
                    ].includes(t.type()),
            )
    }

    /**
     * Runs `action` and gives the extension's surface that opened because of it.
     * @param {() => Promise<unknown>} action
     * @param {{path?: string, timeout?: number}} [options]
     */
    async surfaceOpenedBy(action, { path = "", timeout = STEP_MS } = {}) {
        // A panel that stands already is given the new job: its address changes before the '#'.
        const place = (target) => target.url().split("#")[0]
        const before = new Map(this.#surfaces().map((target) => [target, place(target)]))
        await action()
        const target = await until(
            () =>
                this.#surfaces().find((t) => before.get(t) !== place(t) && t.url().includes(path)),
            {
                timeout,
                what: () =>
                    `no new surface ${path}; there are ${this.browser.targets().map((t) => `${t.type()} ${t.url()}`)}`,
            },
        )
        return this.#wrap(target, this.#kindOf(target))
    }

    /** A surface that is open already, by a part of its address. */
    /** The side panel that an act of the browser's own (shortcut, menu) opens. */
    panelOpenedBy(action) {
        return this.surfaceOpenedBy(action, { path: "panel.html" })
    }

    async openSurface(path, { timeout = STEP_MS } = {}) {
        const target = await until(() => this.#surfaces().find((t) => t.url().includes(path)), {
            timeout,
            what: () =>
                `no open surface ${path}; there are ${this.browser.targets().map((t) => `${t.type()} ${t.url()}`)}`,
        })
        return this.#wrap(target, this.#kindOf(target))
    }

    /** The toolbar popup that the extension opened by itself. */
    openedPopup() {
        return this.openSurface("popup.html")
    }

    /** Everything that is open: tabs, panels, popups. */
    async allSurfaces() {
        const shown = this.browser
            .targets()
            .filter((t) => t.type() === "page" || this.#surfaces().includes(t))
        return Promise.all(
            shown
                .filter((t) => !t.url().startsWith("about:"))
                .map((t) =>
                    this.#wrap(
                        t,
                        this.base && t.url().startsWith(this.base) ? this.#kindOf(t) : "tab",
                    ),
                ),
        )
    }

    /** Addresses of the open surfaces of the extension. */
    surfaceUrls() {
        return this.#surfaces().map((t) => t.url())
    }

    /** Presses the toolbar button over a tab: the real popup opens, with its activeTab grant. */
    async popup(surface) {
        await surface?.front()
        const before = new Set(this.#surfaces())
        const extension = await this.#handle()
        await (surface
            ? extension.triggerAction(surface.page)
            : this.background((api) => api.action.openPopup()))
        const target = await until(() => this.#surfaces().find((t) => !before.has(t)), {
            timeout: STEP_MS,
            what: () => "the popup did not open",
        })
        return this.#wrap(target, this.#kindOf(target))
    }

    async #handle() {
        const all = await this.browser.extensions()
        return all.get(this.id)
    }

    /** Targets that are a service worker of the extension; one that is gone may be among them. */
    #workers() {
        return this.browser
            .targets()
            .filter((t) => t.type() === "service_worker" && t.url().startsWith(this.base))
    }

    /** The service worker, started if it sleeps; first another than `former` is waited for. */
    async #worker(former = []) {
        const other = () => this.#workers().find((t) => !former.includes(t))
        await until(other, { timeout: 1500, what: () => "asleep" }).catch(() => this.#wake())
        const target = await until(() => other() ?? this.#workers()[0], {
            timeout: STEP_MS,
            what: () => "no service worker",
        })
        return target.worker()
    }

    /** Any message from a page of the extension starts the worker. */
    async #wake() {
        const page = await this.browser.newPage()
        await page.goto(this.extensionPath("manifest.json"))
        await page.evaluate(() => void chrome.runtime.sendMessage("wake").catch(() => {}))
        await pause(300)
        await page.close()
    }

    /** Runs a function in the background with the extension's API. For facts about the browser, never for the story. */
    async background(run, ...args) {
        this.recorder.hook("ran something in the background")
        const worker = await this.#worker()
        return worker.evaluate(new Function("...args", `return (${run})(chrome, ...args)`), ...args)
    }

    /** Ends the service worker at once, as the browser does when it likes. */
    async killWorker() {
        const worker = await this.#worker()
        await worker.close().catch(() => {})
        await until(() => this.#workers().length === 0, {
            timeout: 5000,
            what: () => "the worker did not end",
        }).catch(() => {})
    }

    /** Reloads the extension as an update does. */
    async reloadExtension() {
        const former = this.#workers()
        const page = await this.#extensionsPage()
        await page.evaluate(
            (id) => chrome.developerPrivate.reload(id, { failQuietly: true }),
            this.id,
        )
        await page.close()
        await pause(500)
        await this.#worker(former)
    }

    /** Switches the extension off, as the person can on the browser's page of extensions. */
    async switchOff() {
        const page = await this.#extensionsPage()
        await page.evaluate((id) => chrome.management.setEnabled(id, false), this.id)
        await page.close()
    }

    async #extensionsPage() {
        const page = await this.browser.newPage()
        // The page is rebuilt once when it opens while an extension changes.
        await page.goto("chrome://extensions/").catch(() => page.goto("chrome://extensions/"))
        // Without developer mode an unpacked extension is disabled by its own reload.
        await page.evaluate(() =>
            chrome.developerPrivate.updateProfileConfiguration({ inDeveloperMode: true }),
        )
        return page
    }

    async #configure(change) {
        const page = await this.#extensionsPage()
        await page.evaluate(
            (id, update) =>
                chrome.developerPrivate.updateExtensionConfiguration({
                    extensionId: id,
                    ...update,
                }),
            this.id,
            change,
        )
        await page.close()
    }

    /**
     * What the browser saves because of `action`: where, and the text in it.
     * @param {() => Promise<unknown>} action
     */
    async download(action) {
        const folder = await mkdtemp(join(this.dir, "saved-"))
        const client = await this.browser.target().createCDPSession()
        await client.send("Browser.setDownloadBehavior", {
            behavior: "allow",
            downloadPath: folder,
        })
        await action()
        return saved(folder, STEP_MS)
    }

    /** Takes every site back, as the person can in the browser's own interface. */
    async revokeSites() {
        await this.#configure({ hostAccess: "ON_SPECIFIC_SITES" })
        const granted = await this.background((api) =>
            api.permissions.getAll().then((all) => all.origins ?? []),
        )
        const page = await this.#extensionsPage()
        for (const origin of granted) {
            await page.evaluate(
                (id, host) => chrome.developerPrivate.removeHostPermission(id, host),
                this.id,
                origin,
            )
        }
        await page.close()
    }

    /** Grants one site, as the browser's own interface does. @param {string} origin */
    async grantSite(origin) {
        const page = await this.#extensionsPage()
        await page.evaluate(
            (id, host) => chrome.developerPrivate.addHostPermission(id, host),
            this.id,
            `${origin}/*`,
        )
        await page.close()
    }

    grantAllSites() {
        return this.#configure({ hostAccess: "ON_ALL_SITES" })
    }

    /** Lets the extension into private windows. Reloads it. */
    async allowPrivate() {
        const former = this.#workers()
        await this.#configure({ incognitoAccess: true })
        await this.#worker(former)
    }

    /** Bytes in origin private file systems, as the disk has them. */
    bytesInOpfs() {
        return bytesBelow(join(this.dir, "Default/File System"))
    }

    /** Kills the browser in the middle of whatever it does, and starts it on the same profile. */
    async kill() {
        const process = this.browser.process()
        const gone = new Promise((resolve) => process.once("exit", resolve))
        process.kill("SIGKILL")
        await gone
        this.#pages.clear()
        await this.#start()
    }

    /** Ends the browser and starts it on the same profile. */
    async restart() {
        await this.browser.close()
        this.#pages.clear()
        await this.#start()
    }

    async close() {
        await this.browser.close().catch(() => {})
        if (!this.keep)
            await rm(this.dir, { recursive: true, force: true, maxRetries: 5 }).catch(() => {})
    }
}
