// node tests/e2e/run.mjs SUITE [--browser chromium|firefox|mixed] [--only NAME]
// A suite is a folder of test files; each exports `tests`. The last line says how many passed.

import { existsSync, readdirSync } from "node:fs"
import { rm } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { OUT, ROOT, World } from "./story/world.mjs"

const HERE = join(ROOT, "tests/e2e")
const SUITES = ["probe", "background", "letters"]
const TEST_MS = 180_000
// What does not pass in every run yet. `all` leaves it out and says so; by its own name it runs.
const NOT_IN_ALL = [
    "letters/access chromium",
    "letters/access firefox",
    "letters/forged firefox",
    "letters/interrupted firefox",
]

/**
 * @typedef {object} Test
 * @property {string} name
 * @property {("chromium" | "firefox" | "mixed")[]} [browsers] where it runs; default: Chromium and Firefox
 * @property {(world: World, browser: string) => Promise<void>} run
 */

function option(name) {
    const at = process.argv.indexOf(`--${name}`)
    return at < 0 ? undefined : process.argv[at + 1]
}

async function filesOf(suite) {
    const folder = join(HERE, suite)
    if (!existsSync(folder)) throw new Error(`no suite ${suite}; there are ${SUITES.join(", ")}`)
    const files = readdirSync(folder)
        .filter((file) => file.endsWith(".mjs"))
        .sort()
    return Promise.all(
        files.map(async (file) => ({
            file: `${suite}/${file.replace(".mjs", "")}`,
            ...(await import(pathToFileURL(join(folder, file)).href)),
        })),
    )
}

function deadline(work, ms) {
    let timer
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`not done after ${ms} ms`)), ms)
    })
    return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

async function runFile({ file, tests, setUp }, browser, only, tally) {
    const wanted = tests.filter(
        (test) =>
            (test.browsers ?? ["chromium", "firefox"]).includes(browser) &&
            (!only || `${file} ${test.name}`.includes(only)),
    )
    if (wanted.length === 0) return
    const folder = `${file.replace("/", "-")}-${browser}`
    await rm(join(OUT, folder), { recursive: true, force: true })
    const world = new World({ folder })
    let shared
    let failedSetUp
    try {
        if (setUp)
            shared = await deadline(setUp(world, browser), TEST_MS).catch((error) => {
                failedSetUp = error
            })
        if (failedSetUp) await world.shotAll("failed-setup")
        for (const test of wanted) {
            const began = Date.now()
            const name = `${browser} ${file}: ${test.name}`
            try {
                if (failedSetUp) throw failedSetUp
                await deadline(test.run(world, browser, shared), TEST_MS)
                tally.passed += 1
                console.log(`ok    ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`)
            } catch (error) {
                tally.failed += 1
                console.log(
                    `FAIL  ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)\n      ${String(
                        error.stack ?? error,
                    )
                        .split("\n")
                        .slice(0, 14)
                        .join("\n      ")}`,
                )
                await world.shotAll("failed").catch(() => {})
            }
        }
    } finally {
        await world.end().catch((error) => console.error(error))
    }
}

const suite = process.argv[2] ?? "all"
const browsers = option("browser") ? [option("browser")] : ["chromium", "firefox", "mixed"]
const tally = { passed: 0, failed: 0 }
for (const name of suite === "all"
    ? SUITES.filter((one) => existsSync(join(HERE, one)))
    : [suite]) {
    for (const file of await filesOf(name)) {
        if (!file.tests) continue
        for (const browser of browsers) {
            if (suite === "all" && NOT_IN_ALL.includes(`${file.file} ${browser}`))
                console.log(`not in all: ${file.file} ${browser}`)
            else await runFile(file, browser, option("only"), tally)
        }
    }
}
console.log(`${tally.passed} passed, ${tally.failed} failed`)
process.exit(tally.failed === 0 && tally.passed > 0 ? 0 : 1)
