// What is sealed for a page in a private window is known in memory alone, and goes with the session.

import { strict as assert } from "node:assert"
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { until } from "../drivers/until.mjs"
import { startUploads } from "../services/uploads.mjs"
import { assertAllSealed, confirmKit, pick, received, sheetFor, turnOn } from "../story/guard.mjs"
import { Person } from "../story/person.mjs"

const LONG_MS = 30_000

export async function setUp(world, browser) {
    const alice = await Person.install(world, browser, "Alice")
    await alice.createIdentity()
    await confirmKit(alice)
    await mkdir(world.folder, { recursive: true })
    const plain = join(world.folder, "plain.txt")
    await writeFile(plain, "the quiet words of a plain file\n")
    const web = await startUploads()
    world.onEnd(() => web.close())
    const tab = await alice.profile.page(`${web.origin}/`)
    await turnOn(alice, tab)
    await tab.close()
    await alice.profile.allowPrivate()
    return { alice, web, plain }
}

/** The file page, unlocked. */
async function filePage(alice) {
    const page = await alice.profile.extensionPage("pages/files.html")
    await page.waitFor("[data-test=files-pick], [data-test=unlock-passphrase]")
    if (await page.has("@unlock-passphrase")) await alice.unlockIn(page)
    await page.waitFor("@files-pick", { timeout: LONG_MS })
    return page
}

/** Jobs as they are listed, rows of them on the disk, and folders of sealed copies. */
function traces(page) {
    return page.eval(async () => {
        const { runtime } = globalThis.browser ?? chrome
        const body = { type: "jobs" }
        const { ok } = await runtime.sendMessage({ v: 1, id: 5, claim: "files", body })
        const settled = (request) =>
            new Promise((resolve, reject) => {
                request.onsuccess = () => resolve(request.result)
                request.onerror = () => reject(request.error)
            })
        const database = await settled(indexedDB.open("sotto"))
        const keys = await settled(database.transaction("rows").objectStore("rows").getAllKeys())
        database.close()
        const root = await navigator.storage.getDirectory()
        const copies = []
        const sealed = await root.getDirectoryHandle("sealed", { create: true })
        for await (const name of sealed.keys()) copies.push(name)
        const rows = keys.filter(([table]) => table === "files").length
        return { jobs: ok.jobs.length, rows, copies: copies.length }
    })
}

export const tests = [
    {
        name: "a file sealed for a private window leaves no row, and no copy after the session",
        // The private windows of Chromium's debugger are of a profile that `tabs` does not know.
        browsers: ["firefox"],
        async run(world, _browser, { alice, web, plain }) {
            await (await filePage(alice)).close()
            const page = await alice.profile.privatePage(`${web.origin}/`)
            await page.waitFor("#single")
            const sheet = await sheetFor(alice, () => page.click("#single"))
            await pick(sheet, alice.address, plain)
            await received(page, "single")
            await assertAllSealed(page)
            await world.shot(page, "private")
            const before = await filePage(alice)
            assert.deepEqual(await traces(before), { jobs: 1, rows: 0, copies: 1 })
            await alice.profile.restart()
            const after = await filePage(alice)
            let left
            await until(
                async () => {
                    left = await traces(after)
                    return left.copies === 0
                },
                { timeout: LONG_MS, what: () => JSON.stringify(left) },
            )
            assert.deepEqual(left, { jobs: 0, rows: 0, copies: 0 })
        },
    },
]
