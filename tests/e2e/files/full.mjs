// A device that has hardly any room, in Firefox: said before a byte is written. Chromium's quota can
// be changed while it runs; that is in the suite of the file page.

import { strict as assert } from "node:assert"
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { ask } from "../story/guard.mjs"
import { stored } from "../story/opfs.mjs"

const LONG_MS = 60_000
/** Firefox lets one site have a quarter of its room, and 10 MiB at least. In KiB. */
const ROOM = 40_000

export async function setUp(world) {
    const prefs = { "dom.quotaManager.temporaryStorage.fixedLimit": ROOM }
    const profile = await world.launch("firefox", { prefs })
    const page = await profile.page(profile.extensionPath("pages/files.html"))
    const passphrase = "six grey herons over slow water"
    await ask(page, { type: "create", name: "Alice", address: "alice@example.org", passphrase })
    await mkdir(world.folder, { recursive: true })
    return { profile, page, folder: world.folder }
}

async function sealed({ profile, page, folder }, name, size) {
    const path = join(folder, name)
    await writeFile(path, Buffer.alloc(size, 7))
    await page.goto(profile.extensionPath("pages/files.html"))
    await page.waitFor("@files-pick", { timeout: LONG_MS })
    await page.choose("@files-input", path)
    await page.waitFor("@add-person")
    await page.type("@add-person", "alice@example.org,")
    await page.waitFor("@seal-files-now")
    await page.click("@seal-files-now")
}

export const tests = [
    {
        name: "what does not fit is refused before, with nothing left; what fits is sealed",
        browsers: ["firefox"],
        async run(_world, _browser, shared) {
            const { page } = shared
            await sealed(shared, "large.bin", 20_000_000)
            await page.waitFor("@failure", { timeout: LONG_MS })
            const code = await page.eval(() => document.querySelector("[data-code]").dataset.code)
            assert.equal(code, "storage-full")
            assert.deepEqual(await stored(page), [])
            await sealed(shared, "small.bin", 2_000_000)
            await page.waitFor("@seal-done", { timeout: LONG_MS })
        },
    },
]
