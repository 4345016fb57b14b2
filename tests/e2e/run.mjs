// node tests/e2e/run.mjs SUITE[/FILE] [--browser chromium|firefox|mixed] [--only NAME]
// A suite is a folder of test files; each exports `tests`. A file that exports `alone` takes minutes,
// and runs where it is named. The last line says how many passed.

import { existsSync, readdirSync } from "node:fs"
import { rm } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { endWith, killRest, within } from "./story/ending.mjs"
import { OUT, ROOT, World } from "./story/world.mjs"

const HERE = join(ROOT, "tests/e2e")
const SUITES = ["probe", "background", "letters", "files", "reader", "live"]
const TEST_MS = 600_000
const PICTURES_MS = 60_000

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

/** @param {string} [one] the only file that is wanted */
async function filesOf(suite, one) {
    const folder = join(HERE, suite)
    if (!existsSync(folder)) throw new Error(`no suite ${suite}; there are ${SUITES.join(", ")}`)
    const files = readdirSync(folder)
        .filter((file) => (one ? file === `${one}.mjs` : file.endsWith(".mjs")))
        .sort()
    return Promise.all(
        files.map(async (file) => ({
            file: `${suite}/${file.replace(".mjs", "")}`,
            ...(await import(pathToFileURL(join(folder, file)).href)),
        })),
    )
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
    standing = world
    let shared
    let failedSetUp
    try {
        if (setUp)
            shared = await within(setUp(world, browser), TEST_MS, "setting up").catch((error) => {
                failedSetUp = error
            })
        if (failedSetUp) await pictures(world, "failed-setup")
        for (const test of wanted) {
            const began = Date.now()
            const name = `${browser} ${file}: ${test.name}`
            try {
                if (failedSetUp) throw failedSetUp
                await within(test.run(world, browser, shared), TEST_MS)
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
                await pictures(world, "failed")
            }
        }
    } finally {
        await world.end().catch((error) => console.error(error))
        standing = undefined
        // A browser that did not close, or a service that did not stop, is not left to the next.
        killRest()
    }
}

/** For the eyes only: they come in time or not at all. */
function pictures(world, name) {
    return within(world.shotAll(name), PICTURES_MS, "pictures").catch((error) =>
        console.log(`      ${error.message}`),
    )
}

const [suite, one] = (process.argv[2] ?? "all").split("/")
const browsers = option("browser") ? [option("browser")] : ["chromium", "firefox", "mixed"]
let standing
endWith(async () => standing?.end())
const tally = { passed: 0, failed: 0 }
for (const name of suite === "all"
    ? SUITES.filter((one) => existsSync(join(HERE, one)))
    : [suite]) {
    for (const file of await filesOf(name, one)) {
        if (!file.tests) continue
        if (!one && file.alone) {
            console.log(`by its name alone: ${file.file}`)
            continue
        }
        for (const browser of browsers) await runFile(file, browser, option("only"), tally)
    }
}
console.log(`${tally.passed} passed, ${tally.failed} failed`)
process.exit(tally.failed === 0 && tally.passed > 0 ? 0 : 1)
