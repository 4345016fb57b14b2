// `cargo xtask bench page`: what Sotto costs a web page, in real browsers with the real package.
//
// Chromium is measured against the bars, Firefox beside it. Times that a person waits, and the
// longest call, are wall time, whatever else the machine does; the share of a core is thread time.
// The rows that end in `.thread` are the same calls without what other programs took meanwhile.

import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises"
import { gzipSync } from "node:zlib"
import { FirefoxProfile } from "../e2e/drivers/firefox.mjs"
import { createIdentity, letterToSelf } from "../hostile/person.mjs"
import { site } from "../hostile/server.mjs"
import { BareChromium } from "./page/bare.mjs"
import { CALM_MS, detection, NODES } from "./page/detection.mjs"
import * as inFirefox from "./page/firefox.mjs"
import { openings } from "./page/opening.mjs"

const VERSION = JSON.parse(await readFile("manifest.json", "utf8")).version
const RUNS = Number(process.env.RUNS ?? 5)
/** Insertions of one kind per run: 5 runs of both kinds make 1,000. */
const INSERTIONS = Number(process.env.INSERTIONS ?? 100)
const BROWSERS = (process.env.BROWSERS ?? "chromium firefox").split(" ")
const TEXT = "A letter of a usual length. ".repeat(12)
/** What the peers' content scripts weigh, gzipped, in kB. */
const PEERS = { Mailvelope: 43, FlowCrypt: 842 }

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1]
const p95 = (list) =>
    [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * 0.95))]
const longest = (runs, time) =>
    median(runs.map(({ calls }) => Math.max(...calls.map((call) => call[time]))))
/** The worse of both kinds of insertion; the median over the runs of the 95th percentile of one. */
const detectP95 = (runs) =>
    Math.max(...["whole", "lines"].map((kind) => median(runs.map((run) => p95(run[kind])))))

const rows = []
function row(id, unit, ours, bar = null, peer = null) {
    const rounded = Math.round(ours * 100) / 100
    const theirs = peer === null ? null : PEERS[peer]
    const ratio = peer === null ? null : Math.round((rounded / theirs) * 100) / 100
    rows.push({
        id,
        unit,
        ours: rounded,
        peer,
        theirs,
        ratio,
        bar,
        holds: bar === null || rounded <= bar,
    })
}

async function gzipped(paths) {
    let sum = 0
    for (const path of paths)
        sum += gzipSync(await readFile(`dist/chromium/${path}`), { level: 9 }).length
    return sum / 1000
}

/** Scripts at the root of the package run in pages, but for the background's. */
async function pageScripts() {
    const all = await readdir("dist/chromium")
    return all.filter((name) => name.endsWith(".js") && name !== "background.js")
}

async function chromium() {
    const web = await site()
    const browser = await BareChromium.launch("dist/test-chromium")
    try {
        const page = await browser.extensionPage("pages/contacts.html")
        await createIdentity(page)
        const block = await letterToSelf(page, "Bench", TEXT)
        await page.close()
        const url = web.page("/detect", "", { spied: false })
        const found = []
        for (let run = 0; run < RUNS; run += 1)
            found.push(await detection(browser, url, block, INSERTIONS))
        const warm = await openings(browser, web, block, { runs: RUNS, cold: false })
        const cold = await openings(browser, web, block, { runs: RUNS, cold: true })
        row("detect.p95", "ms", detectP95(found), 50)
        row("detect.cpu", "%", median(found.map(({ cpu }) => cpu)), 3)
        for (const time of ["wall", "thread"]) {
            const id = time === "wall" ? "longtask.max" : "longtask.max.thread"
            const inPages = longest(found, time)
            const atOpening = longest([...warm, ...cold], time)
            row(id, "ms", Math.max(inPages, atOpening), time === "wall" ? 16 : null)
        }
        for (const peer of Object.keys(PEERS))
            row("inject.gz", "kB", await gzipped(await pageScripts()), 40, peer)
        row("frame.gz", "kB", await gzipped(["frame/frame.html", "frame/frame.js"]), 60)
        row("open.warm", "ms", median(warm.map(({ ms }) => ms)), 100)
        row("open.cold", "ms", median(cold.map(({ ms }) => ms)), 600)
        row("zip", "MB", (await stat(`dist/sotto-${VERSION}-chromium.zip`)).size / 1e6, 2.5)
    } finally {
        await browser.close()
        web.close()
    }
}

async function firefox() {
    const web = await site()
    const profile = await FirefoxProfile.launch({ extension: `${process.cwd()}/dist/test-firefox` })
    try {
        const page = await profile.extensionPage("pages/contacts.html")
        await createIdentity(page)
        const block = await letterToSelf(page, "Bench", TEXT)
        const url = web.page("/detect", "", { spied: false })
        const found = []
        for (let run = 0; run < RUNS; run += 1) {
            const without = await inFirefox.withoutSotto(profile, url, block, NODES)
            const one = await inFirefox.detection(profile, url, block, NODES, INSERTIONS)
            found.push({ ...one, cpu: ((one.used - without) / CALM_MS) * 100 })
        }
        row("firefox.detect.p95", "ms", detectP95(found))
        row("firefox.detect.cpu", "%", median(found.map(({ cpu }) => cpu)))
        for (const cold of [false, true]) {
            const opened = []
            for (let run = 0; run <= RUNS; run += 1)
                opened.push(await inFirefox.openOnce(profile, web, block, cold))
            // The first opening of a browser is nobody's measure: its caches are empty.
            row(cold ? "firefox.open.cold" : "firefox.open.warm", "ms", median(opened.slice(1)))
        }
        row("firefox.zip", "MB", (await stat(`dist/sotto-${VERSION}-firefox.zip`)).size / 1e6)
    } finally {
        await profile.close()
        web.close()
    }
}

if (BROWSERS.includes("chromium")) await chromium()
if (BROWSERS.includes("firefox")) await firefox()

console.table(rows)
await mkdir("target/bench", { recursive: true })
await writeFile("target/bench/page.json", `${JSON.stringify({ rows }, null, 4)}\n`)
process.exitCode = rows.every(({ holds }) => holds) ? 0 : 1
