// `cargo xtask bench guard`: what the upload guard costs a person who gives a file to a site, in
// Chromium with the real package and a real server.
//
// pick25: from the press on *Seal* to the moment in which the server sees the request of a page that
// uploads what it is given, 25 MB of random bytes; median of five. rss1g: the most by which any
// process of the browser grows above its idle memory while 1 GiB is sealed, handed over and uploaded;
// `--rss10g` does the same with 10 GiB (sparse, 21 GB of disk at most).

import { randomBytes } from "node:crypto"
import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ChromiumProfile } from "../e2e/drivers/chromium.mjs"
import { until } from "../e2e/drivers/until.mjs"
import { choose, confirmKit, sheetFor } from "../e2e/story/guard.mjs"
import { createIdentity, desk, PASSPHRASE } from "../hostile/person.mjs"
import { atRest, watch } from "./guard/memory.mjs"

const RUNS = Number(process.env.RUNS ?? 5)
const GIB = 1024 ** 3
const ADDRESS = "alice@mail.example"

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1]

const rows = []
function row(id, unit, ours, bar) {
    const rounded = Math.round(ours * 10) / 10
    const none = { peer: null, theirs: null, ratio: null }
    rows.push({ id, unit, ours: rounded, ...none, bar, holds: rounded <= bar })
}

/** A page that uploads what its field is given, and when its requests came, and how long they were. */
async function uploads() {
    const got = []
    const server = createServer((request, response) => {
        if (request.method !== "POST") {
            response.setHeader("content-type", "text/html")
            return response.end(`<!doctype html><title>files</title><input type="file" id="field">
<script>field.onchange = () => fetch("/upload", { method: "POST", body: field.files[0] })</script>`)
        }
        const one = { at: Date.now(), length: 0, whole: false }
        got.push(one)
        request.on("data", (chunk) => {
            one.length += chunk.length
        })
        return request.on("end", () => {
            one.whole = true
            response.end()
        })
    })
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
    return { origin: `http://127.0.0.1:${server.address().port}`, got, close: () => server.close() }
}

/** Gives a file to the page through the guard; the press on *Seal*, the request, and its length. */
async function give({ person, web, tab }, path, timeout) {
    await tab.front()
    const before = web.got.length
    const sheet = await sheetFor(person, () => tab.choose("#field", path), "net")
    await choose(sheet, ADDRESS)
    await sheet.waitFor("[data-test=guard-seal]:not([disabled])")
    await sheet.eval(() => {
        document.addEventListener(
            "click",
            (event) => {
                if (event.target.closest("[data-test=guard-seal]")) window.pressedAt = Date.now()
            },
            { capture: true },
        )
    })
    await sheet.click("@guard-seal")
    await until(() => web.got[before]?.whole, { timeout, what: () => "nothing was uploaded" })
    const pressed = await sheet.eval(() => window.pressedAt)
    await sheet.waitFor("[data-test=guard-over][data-outcome=sealed]")
    return { ms: web.got[before].at - pressed, length: web.got[before].length }
}

/** How far any process grows while a sparse file of `size` bytes goes through. */
async function growth(setting, folder, size) {
    const path = join(folder, `sparse-${size}.bin`)
    await writeFile(path, "")
    await truncate(path, size)
    const { pid } = setting.person.profile.browser.process()
    const watching = watch(pid, await atRest(pid))
    const { length } = await give(setting, path, 1_800_000)
    const grown = await watching.end()
    if (length <= size) throw new Error(`${length} bytes of ${size} were uploaded`)
    await rm(path)
    for (const { what, bytes } of grown.slice(0, 4))
        console.log(`${size / GIB} GiB: ${what} +${Math.round(bytes / 1e6)} MB`)
    return grown[0].bytes / 1e6
}

async function measure(folder) {
    const web = await uploads()
    const profile = await ChromiumProfile.launch({
        extension: join(process.cwd(), "dist/test-chromium"),
    })
    try {
        const own = await profile.extensionPage("pages/contacts.html")
        await createIdentity(own)
        await confirmKit({ profile, passphrase: PASSPHRASE })
        await desk(own, { type: "set-guard", site: web.origin, rule: "ask", alwaysFor: [] })
        await own.close()
        const tab = await profile.page(`${web.origin}/`)
        const setting = { person: { profile }, web, tab }
        const times = []
        for (let run = 0; run <= RUNS; run += 1) {
            const path = join(folder, `${run}.bin`)
            await writeFile(path, randomBytes(25_000_000))
            times.push((await give(setting, path, 60_000)).ms)
            await rm(path)
        }
        // The first of a browser is nobody's measure: modules are compiled then.
        console.log(`pick25: ${times.join(", ")} ms`)
        row("pick25", "ms", median(times.slice(1)), 1000)
        row("rss1g", "MB", await growth(setting, folder, GIB), 150)
        if (process.argv.includes("--rss10g"))
            row("rss10g", "MB", await growth(setting, folder, 10 * GIB), 150)
    } finally {
        await profile.close()
        web.close()
    }
}

const folder = await mkdtemp(join(process.env.BENCH_FOLDER ?? tmpdir(), "sotto-bench-guard-"))
try {
    await measure(folder)
} finally {
    await rm(folder, { recursive: true, force: true })
}
console.table(rows)
await mkdir("target/bench", { recursive: true })
await writeFile("target/bench/guard.json", `${JSON.stringify({ rows }, null, 4)}\n`)
process.exitCode = rows.every(({ holds }) => holds) ? 0 : 1
