// `cargo xtask bench seal [--full]`: how fast files are sealed and opened, beside other people's
// libraries, on the same machine, in the same run.
//
// Every way is measured in each of five rounds, one after the other, for two seconds and at least
// 256 MiB at a time; the best of the five counts. Where the five scatter by more than a tenth
// (coefficient of variation), the row is inconclusive and does not hold. `--full` measures every
// peer in both directions and Firefox in five rounds too.
//
// Rows: `seal|open` . `aead` (the bare cipher over 64 KiB chunks in memory) or `letter` (from a
// File to a file in the origin's private file system: format, digest and proof included) . peer .
// `1` (one worker) or `N` (as many as the machine has processors).
//
// `ONLY=seal.letter,native` measures the rows with one of these in their id, all peers of a row in
// the same rounds, and keeps the other rows of `target/bench/seal.json`: a busy machine can be
// measured in pieces.

import { existsSync } from "node:fs"
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ChromiumProfile } from "./../e2e/drivers/chromium.mjs"
import { FirefoxProfile } from "./../e2e/drivers/firefox.mjs"
import { until } from "./../e2e/drivers/until.mjs"
import { nativeRows } from "./seal/native.mjs"
import { keepPriority } from "./seal/priority.mjs"
import { rowOf } from "./seal/rows.mjs"
import { serve } from "./seal/serve.mjs"

const FULL = process.argv.includes("--full")
const ONLY = process.env.ONLY?.split(",")
const ROUNDS = Number(process.env.ROUNDS ?? 5)
const FIREFOX_ROUNDS = FULL ? ROUNDS : 2
const SIZE = Number(process.env.MIB ?? 256) * 1024 * 1024
const MIN_MS = 2000

const version = async (name) =>
    JSON.parse(await readFile(`node_modules/${name}/package.json`, "utf8")).version
const PEERS = {
    libsodium: `libsodium.js ${await version("libsodium-wrappers")}, secretstream, 64 KiB chunks`,
    hatsh: `hat.sh's way: libsodium.js, secretstream, 64 MiB chunks`,
    typage: `age-encryption ${await version("age-encryption")}, hybrid recipient, streams`,
    openpgpjs: `OpenPGP.js ${await version("openpgp")}, SEIPDv1 (its default), curve25519, streams`,
    webcrypto: "WebCrypto AES-256-GCM, 64 KiB, 16 in flight",
    rustcrypto: "RustCrypto chacha20poly1305 0.11, wasm simd128",
}

/** Peers of a row, and by how much they are to be left behind. `null`: only reported. */
const BARS = {
    "seal.aead": { libsodium: 2.5, webcrypto: 0.75, rustcrypto: null },
    "open.aead": { libsodium: 2.5, webcrypto: 0.75, rustcrypto: null },
    "seal.letter": { libsodium: 1.6, typage: 5, openpgpjs: 4, hatsh: 1.5 },
    "open.letter": { libsodium: 0.9, typage: null, openpgpjs: null, hatsh: null },
}
const TWO_WORKERS = 1.8

const wanted = (id) => ONLY === undefined || ONLY.some((part) => id.includes(part))
const isMeasured = ([, bar]) => FULL || bar !== null

/** Everything that is measured in one round. */
function jobs(processors) {
    const all = []
    for (const [row, peers] of Object.entries(BARS)) {
        const [way, part] = row.split(".")
        const job = (who, workers) => ({ way, part, who, workers, minMs: MIN_MS })
        all.push(job("sotto", 1))
        all.push(job("sotto", processors))
        for (const [who] of Object.entries(peers).filter(isMeasured)) all.push(job(who, 1))
    }
    return all.filter((job) => wanted(keyOf(job)))
}

const keyOf = ({ way, part, who, workers }) => `${way}.${part}.${who}.${workers}`

async function ask(tab, method, argument, timeout = 120_000) {
    await tab.eval(
        (name, value) => {
            window.asked = undefined
            globalThis.bench[name](value).then(
                (answer) => {
                    window.asked = { answer }
                },
                (error) => {
                    window.asked = { error: String(error?.stack ?? error) }
                },
            )
        },
        method,
        argument,
    )
    const asked = await until(() => tab.eval(() => window.asked), {
        timeout,
        every: 250,
        what: () => `${method} ${JSON.stringify(argument)} does not end`,
    })
    if (asked.error) throw new Error(`${JSON.stringify(argument)}: ${asked.error}`)
    return asked.answer
}

/** MB/s of every job in every round. */
async function measure(profile, url, rounds) {
    const tab = await profile.page(url)
    await until(() => tab.eval(() => globalThis.bench !== undefined), {
        timeout: 30_000,
        what: () => "the bench's page does not load",
    })
    const processors = await ask(tab, "prepare", SIZE)
    const speeds = new Map()
    for (let round = 0; round < rounds; round += 1)
        for (const job of jobs(processors)) {
            const { bytes, ms } = await ask(tab, "run", job)
            const speed = bytes / ms / 1000
            speeds.set(keyOf(job), [...(speeds.get(keyOf(job)) ?? []), speed])
            if (process.env.TRACE) console.log(round, keyOf(job), Math.round(speed))
        }
    return { speeds, processors }
}

function rowsOf({ speeds, processors }, prefix, isJudged) {
    const rows = []
    const add = (id, ours, peer, theirs, bar) => {
        if (ours && theirs) rows.push(rowOf(prefix + id, ours, peer, theirs, isJudged ? bar : null))
    }
    for (const [row, peers] of Object.entries(BARS)) {
        const [one, all] = [1, processors].map((workers) => speeds.get(`${row}.sotto.${workers}`))
        for (const [who, bar] of Object.entries(peers)) {
            const theirs = speeds.get(`${row}.${who}.1`)
            add(`${row}.${who}.1`, one, PEERS[who], theirs, bar)
            if (row.endsWith("letter") && processors > 1)
                add(`${row}.${who}.N`, all, PEERS[who], theirs, null)
        }
        // Of the bare cipher it says that the workers themselves do not stand in each other's way.
        const bar = row.endsWith("letter") ? TWO_WORKERS : null
        if (processors > 1) add(`${row}.sotto.N`, all, "Sotto, one worker", one, bar)
    }
    return rows
}

/** Profiles lie in memory where they can: what is measured is sealing, not the disk. */
const MEMORY = existsSync("/dev/shm") ? "/dev/shm" : tmpdir()

async function browser(Profile, url, rounds, prefix, isJudged) {
    const dir = await mkdtemp(join(MEMORY, "bench-seal-"))
    const profile = await Profile.launch({ dir })
    const stop = keepPriority()
    try {
        return rowsOf(await measure(profile, url, rounds), prefix, isJudged)
    } finally {
        stop()
        await profile.close()
        await rm(dir, { recursive: true, force: true, maxRetries: 5 })
    }
}

async function rowsBefore() {
    if (ONLY === undefined || !existsSync("target/bench/seal.json")) return []
    return JSON.parse(await readFile("target/bench/seal.json", "utf8")).rows
}

/** Rows of an earlier run that are not measured in this one. */
const earlier = await rowsBefore()
const rows = []

/** What was measured is kept, also when what follows fails. */
async function keep(measured) {
    rows.push(...measured)
    const kept = earlier.filter(({ id }) => !rows.some((row) => row.id === id))
    await mkdir("target/bench", { recursive: true })
    const all = JSON.stringify({ rows: [...kept, ...rows] }, null, 4)
    await writeFile("target/bench/seal.json", `${all}\n`)
    console.table(measured, ["id", "ours", "theirs", "ratio", "bar", "cv", "verdict"])
}

const server = await serve()
const runs = (name) => (process.env.BROWSER ?? name) === name
try {
    if (runs("chromium")) await keep(await browser(ChromiumProfile, server.url, ROUNDS, "", true))
    if (wanted("native")) await keep(await nativeRows({ size: SIZE, rounds: ROUNDS }))
    if (runs("firefox"))
        await keep(await browser(FirefoxProfile, server.url, FIREFOX_ROUNDS, "firefox.", false))
} finally {
    server.close()
}

for (const { peer } of rows.filter((row, at) => rows.findIndex((r) => r.peer === row.peer) === at))
    console.log(`- ${peer}`)
process.exitCode = rows.every(({ holds }) => holds) ? 0 : 1
