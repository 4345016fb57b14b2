// Chromium as a person has it: no debugger holds new frames and workers back to look at them first.
//
// A driver attaches to every frame and worker that appears, and the browser lets none of them run
// until it has; on two cores that is most of what an opening takes. Here one session is attached to
// the page that is pressed, and the trace is the browser's.

import { spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { chromiumPath } from "../../e2e/drivers/chromium.mjs"
import { pause, until } from "../../e2e/drivers/until.mjs"

/** Questions to the browser over its pipe, and what it tells by itself. */
class Pipe {
    #asked = new Map()
    #last = 0
    #rest = ""
    /** @type {(event: {method: string, params: any, sessionId?: string}) => void} */
    heard = () => {}

    constructor(child) {
        this.#to = child.stdio[3]
        child.stdio[4].setEncoding("utf8")
        child.stdio[4].on("data", (text) => this.#read(text))
    }

    #to

    ask(method, params = {}, sessionId = undefined) {
        this.#last += 1
        const id = this.#last
        this.#to.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
        return new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject, method }))
    }

    #read(text) {
        const parts = (this.#rest + text).split("\0")
        this.#rest = parts.pop() ?? ""
        for (const part of parts) this.#take(JSON.parse(part))
    }

    #take(message) {
        const asked = this.#asked.get(message.id)
        if (asked === undefined) return this.heard(message)
        this.#asked.delete(message.id)
        if (message.error) asked.reject(new Error(`${asked.method}: ${message.error.message}`))
        else asked.resolve(message.result)
    }
}

/** A tab with a session of its own. */
class Tab {
    constructor(pipe, targetId, sessionId) {
        Object.assign(this, { pipe, targetId, sessionId })
    }

    send(method, params) {
        return this.pipe.ask(method, params, this.sessionId)
    }

    /** Runs a self-contained function in the document. */
    async eval(run, ...args) {
        const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
            expression: `(${run})(...${JSON.stringify(args)})`,
            awaitPromise: true,
            returnByValue: true,
        })
        if (exceptionDetails)
            throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
        return result.value
    }

    count(css) {
        return this.eval((selector) => document.querySelectorAll(selector).length, css)
    }

    /** Where an element stands that may be in closed shadow trees: its middle. */
    async middleOf(fits) {
        const { root } = await this.send("DOM.getDocument", { depth: -1, pierce: true })
        const found = [...below(root)].find(fits)
        if (found === undefined) return undefined
        const { model } = await this.send("DOM.getBoxModel", { nodeId: found.nodeId })
        const [left, top, , , right, bottom] = model.border
        await this.send("DOM.disable")
        return { x: (left + right) / 2, y: (top + bottom) / 2 }
    }

    /** A real press of the left button. */
    async press({ x, y }) {
        const at = { x, y, button: "left", clickCount: 1 }
        await this.send("Input.dispatchMouseEvent", { ...at, type: "mouseMoved", button: "none" })
        await this.send("Input.dispatchMouseEvent", { ...at, type: "mousePressed" })
        await this.send("Input.dispatchMouseEvent", { ...at, type: "mouseReleased" })
    }

    front() {
        return this.send("Page.bringToFront")
    }

    close() {
        return this.pipe.ask("Target.closeTarget", { targetId: this.targetId })
    }
}

function* below(node) {
    yield node
    for (const inner of [...(node.children ?? []), ...(node.shadowRoots ?? [])]) yield* below(inner)
}

export class BareChromium {
    static async launch(extension) {
        const browser = new BareChromium()
        browser.dir = await mkdtemp(join(tmpdir(), "bench-chromium-"))
        browser.child = spawn(
            chromiumPath(),
            [
                "--headless=new",
                "--remote-debugging-pipe",
                "--enable-unsafe-extension-debugging",
                `--user-data-dir=${browser.dir}`,
                "--no-sandbox",
                "--window-size=1280,900",
                "--no-first-run",
                "--disable-dev-shm-usage",
                "--lang=en-US",
                "about:blank",
            ],
            {
                stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
                env: { ...process.env, LANGUAGE: "en" },
            },
        )
        browser.pipe = new Pipe(browser.child)
        const { id } = await browser.pipe.ask("Extensions.loadUnpacked", {
            path: resolve(extension),
        })
        browser.base = `chrome-extension://${id}/`
        return browser
    }

    async page(url) {
        const { targetId } = await this.pipe.ask("Target.createTarget", { url })
        const { sessionId } = await this.pipe.ask("Target.attachToTarget", {
            targetId,
            flatten: true,
        })
        const tab = new Tab(this.pipe, targetId, sessionId)
        const isThere = (there) => there === location.href && document.readyState === "complete"
        await until(() => tab.eval(isThere, url).catch(() => false), {
            timeout: 20_000,
            what: () => `${url} does not load`,
        })
        return tab
    }

    extensionPage(path) {
        return this.page(this.base + path)
    }

    async #worker() {
        const { targetInfos } = await this.pipe.ask("Target.getTargets")
        return targetInfos.find(
            ({ type, url }) => type === "service_worker" && url.startsWith(this.base),
        )
    }

    /** Ends the service worker, as the browser does when it likes. */
    async killWorker() {
        const worker = await this.#worker()
        if (worker === undefined) throw new Error("there is no service worker to stop")
        const { targetId } = worker
        const attached = { targetId, flatten: true }
        const { sessionId } = await this.pipe.ask("Target.attachToTarget", attached)
        await this.pipe.ask("Target.closeTarget", { targetId })
        await this.pipe.ask("Target.detachFromTarget", { sessionId }).catch(() => undefined)
        await until(async () => (await this.#worker()) === undefined, {
            timeout: 10_000,
            what: () => "the service worker does not stop",
        })
        await pause(500)
    }

    /** Runs `work` under a trace of the whole browser: its result and the trace's events. */
    async traced(categories, work) {
        const events = []
        let done = () => {}
        const complete = new Promise((resolve) => {
            done = resolve
        })
        this.pipe.heard = ({ method, params }) => {
            if (method === "Tracing.dataCollected") events.push(...params.value)
            if (method === "Tracing.tracingComplete") done()
        }
        const traceConfig = { includedCategories: categories, recordMode: "recordAsMuchAsPossible" }
        await this.pipe.ask("Tracing.start", { traceConfig, transferMode: "ReportEvents" })
        const result = await work()
        await this.pipe.ask("Tracing.end")
        await complete
        return { result, events }
    }

    async close() {
        await this.pipe.ask("Browser.close").catch(() => undefined)
        await new Promise((resolve) => {
            if (this.child.exitCode !== null) resolve()
            else this.child.once("exit", resolve)
        })
        await rm(this.dir, { recursive: true, force: true, maxRetries: 5 })
    }
}
