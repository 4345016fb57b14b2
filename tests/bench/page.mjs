// `cargo xtask bench page`: what Sotto costs a web page, in a real Chromium with the real package.
//
// Durations of single calls and the share of a core are thread time from the browser's trace, so
// that other programs on the machine do not count; times that a person waits are wall time.

import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { pause, until } from "../e2e/drivers/until.mjs"
import { letterToSelf, person } from "../hostile/person.mjs"
import { escaped, site } from "../hostile/server.mjs"

const VERSION = JSON.parse(await readFile("manifest.json", "utf8")).version
const PACKAGE = process.env.SOTTO_TEST_PACKAGE ?? "dist/test-chromium"
const RELEASE = process.env.SOTTO_PACKAGE ?? "dist/chromium"
const ZIP = process.env.SOTTO_ZIP ?? `dist/sotto-${VERSION}-chromium.zip`
const RUNS = Number(process.env.RUNS ?? 5)
/** Insertions of one kind per run: 5 runs of both kinds make 1,000. */
const INSERTIONS = Number(process.env.INSERTIONS ?? 100)
const NODES = 100_000
const BLOCKS = 200
const CPU_MS = 5000
const PER_SECOND = 100
const HOST = "[data-sotto=block]"

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1]
const percentile = (list, part) =>
    [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * part))]

/** A mail page of 100,000 nodes, most of them in panes of their own, 200 of them sealed blocks. */
function build(nodes, blocks, text) {
    const pane = (id) => {
        const element = document.createElement("div")
        element.id = id
        element.style.cssText = "height:380px;overflow:auto;contain:strict"
        document.body.append(element)
        return element
    }
    pane("reader")
    const list = pane("list")
    const perMail = Math.floor(nodes / 1000)
    for (let mail = 0; mail < 1000; mail += 1) {
        const section = document.createElement("section")
        const rows = Math.floor((perMail - 3) / 6)
        section.innerHTML =
            Array.from(
                { length: rows },
                (_, row) => `<p>Mail ${mail}, line <b>${row}</b> of many.</p>`,
            ).join("") + "<i></i>".repeat(perMail - 1 - rows * 5)
        if (mail % (1000 / blocks) === 0) {
            const pre = document.createElement("pre")
            pre.textContent = text
            section.append(pre)
        }
        list.append(section)
    }
    const walker = document.createTreeWalker(document)
    let count = 1
    while (walker.nextNode()) count += 1
    return count
}

/** Inserts blocks and measures from the mutation to the picture with the placeholder in it, in ms. */
async function insertions(count, lines, byLine) {
    const reader = document.getElementById("reader")
    const painted = () =>
        new Promise((resolve) => {
            requestAnimationFrame(() => {
                const { port1, port2 } = new MessageChannel()
                port1.onmessage = () => resolve(performance.now())
                port2.postMessage(0)
            })
        })
    const times = []
    for (let index = 0; index < count; index += 1) {
        await new Promise((resolve) => setTimeout(resolve, 20 + (index % 7) * 5))
        const mail = document.createElement("div")
        const placed = new Promise((resolve) => {
            const observer = new MutationObserver(() => {
                if (mail.querySelector("[data-sotto=block]") === null) return
                observer.disconnect()
                resolve()
            })
            observer.observe(mail, { childList: true, subtree: true })
        })
        let start = 0
        if (byLine) {
            reader.replaceChildren(mail)
            for (const [at, line] of lines.entries()) {
                const row = document.createElement("div")
                row.textContent = line
                start = performance.now()
                mail.append(row)
                if (at % 16 === 15) await new Promise((resolve) => setTimeout(resolve))
            }
        } else {
            mail.textContent = lines.join("\n")
            start = performance.now()
            reader.replaceChildren(mail)
        }
        await placed
        times.push((await painted()) - start)
    }
    return times
}

/** Changes that have nothing to do with Sotto, as an application makes them. */
async function unrelated(ms, perSecond) {
    const reader = document.getElementById("reader")
    reader.replaceChildren()
    const end = performance.now() + ms
    let done = 0
    const begin = performance.now()
    while (performance.now() < end) {
        while (done < ((performance.now() - begin) / 1000) * perSecond) {
            const row = document.createElement("p")
            row.innerHTML = `Unrelated <b>change</b> ${done}`
            reader.prepend(row)
            if (reader.childElementCount > 30) reader.lastElementChild.remove()
            done += 1
        }
        await new Promise((resolve) => setTimeout(resolve, 4))
    }
    return done
}

/** Runs `work` under a trace and gives its result and the trace's events. */
async function traced(tab, work) {
    const dir = await mkdtemp(join(tmpdir(), "trace-"))
    const path = join(dir, "trace.json")
    const categories = ["devtools.timeline", "v8.execute", "loading", "toplevel"]
    await tab.page.tracing.start({ path, categories })
    const result = await work()
    await tab.page.tracing.stop()
    const { traceEvents } = JSON.parse(await readFile(path, "utf8"))
    if (process.env.KEEP_TRACE) await writeFile(process.env.KEEP_TRACE, JSON.stringify(traceEvents))
    await rm(dir, { recursive: true })
    return { result, events: traceEvents }
}

/** Our function calls of a trace, in ms of thread time; calls inside calls are not counted twice. */
function ourCalls(events) {
    const calls = events.filter(
        ({ name, args }) =>
            name === "FunctionCall" &&
            /^chrome-extension:.*\/content\.js/u.test(args?.data?.url ?? ""),
    )
    return calls.map(({ dur, tdur }) => (tdur ?? dur) / 1000)
}

async function detection(profile, web, block) {
    const rows = { whole: [], lines: [], longest: [], cpu: [] }
    const lines = block.trim().split("\n")
    for (let run = 0; run < RUNS; run += 1) {
        const tab = await profile.page(web.page("/detect", "", { spied: false }))
        await tab.front()
        const { events } = await traced(tab, async () => {
            const nodes = await tab.eval(build, NODES, BLOCKS, block)
            if (nodes < NODES) throw new Error(`${nodes} nodes only`)
            await until(async () => (await tab.count(HOST)) === BLOCKS, {
                timeout: 60_000,
                what: () => "blocks are missing",
            })
            rows.whole.push(...(await tab.eval(insertions, INSERTIONS, lines, false)))
            rows.lines.push(...(await tab.eval(insertions, INSERTIONS, lines, true)))
        })
        rows.longest.push(Math.max(...ourCalls(events)))
        await pause(1000)
        const calm = await traced(tab, () => tab.eval(unrelated, CPU_MS, PER_SECOND))
        rows.cpu.push((ourCalls(calm.events).reduce((sum, ms) => sum + ms, 0) / CPU_MS) * 100)
        await tab.close()
    }
    return rows
}

/** From the trusted click to the first picture with the letter's text, in ms. */
async function opening(profile, web, block, cold) {
    const times = []
    for (let run = 0; run <= RUNS; run += 1) {
        const tab = await profile.page(
            web.page("/open", `<pre>${escaped(block)}</pre>`, { spied: false }),
        )
        await tab.front()
        await tab.waitFor(`${HOST} >>> button.main`)
        await pause(500)
        if (cold) await profile.killWorker()
        const { events } = await traced(tab, async () => {
            await tab.click(`${HOST} >>> button.main`)
            const frame = await tab.frameOf("frame/frame.html")
            await frame.waitFor("iframe.inner", { timeout: 20_000 })
            await pause(700)
        })
        const click = events.find(
            ({ name, args }) => name === "EventDispatch" && args?.data?.type === "click",
        )
        const paints = events.filter(
            ({ name, ts }) => name === "firstContentfulPaint" && ts > (click?.ts ?? 0),
        )
        // The outer frame paints first, the inner one, with the text, last.
        const text = paints
            .map(({ ts }) => ts)
            .sort((a, b) => a - b)
            .at(-1)
        if (click === undefined || text === undefined)
            throw new Error("the trace has no click or no picture")
        // The first opening of a browser is nobody's measure: caches are empty.
        if (run > 0) times.push((text - click.ts) / 1000)
        await tab.close()
    }
    return times
}

const gzipped = async (...paths) => {
    let sum = 0
    for (const path of paths)
        sum += gzipSync(await readFile(join(RELEASE, path)), { level: 9 }).length
    return sum / 1000
}

const rows = []
function row(id, unit, ours, bar, peer = null, theirs = null) {
    const rounded = Math.round(ours * 100) / 100
    rows.push({
        id,
        unit,
        ours: rounded,
        peer,
        theirs,
        ratio: theirs === null ? null : Math.round((rounded / theirs) * 100) / 100,
        bar,
        holds: rounded <= bar,
    })
}

const web = await site()
const { profile, page } = await person(PACKAGE)
try {
    const block = await letterToSelf(page, "Bench", "A letter of a usual length. ".repeat(12))
    const { whole, lines, longest, cpu } = await detection(profile, web, block)
    const runs = (list) =>
        Array.from({ length: RUNS }, (_, run) =>
            percentile(list.slice(run * INSERTIONS, (run + 1) * INSERTIONS), 0.95),
        )
    row("detect.p95", "ms", Math.max(median(runs(whole)), median(runs(lines))), 50)
    row("detect.cpu", "%", median(cpu), 3)
    row("longtask.max", "ms", median(longest), 16)
    row("inject.gz", "kB", await gzipped("content.js"), 40, "Mailvelope", 43)
    row(
        "frame.gz",
        "kB",
        await gzipped("frame/frame.html", "frame/frame.js", "frame/frame.css", "ui/tokens.css"),
        60,
    )
    row("open.warm", "ms", median(await opening(profile, web, block, false)), 100)
    row("open.cold", "ms", median(await opening(profile, web, block, true)), 600)
    row("zip", "MB", (await stat(ZIP)).size / 1e6, 2.5)
} finally {
    await profile.close()
    web.close()
}

console.table(rows)
await mkdir("target/bench", { recursive: true })
await writeFile("target/bench/page.json", `${JSON.stringify({ rows }, null, 4)}\n`)
process.exitCode = rows.every(({ holds }) => holds) ? 0 : 1
