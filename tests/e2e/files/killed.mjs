// The browser is killed while it seals: what is sealed is kept, and the same file goes on.

import { strict as assert } from "node:assert"
import { mkdir, open, truncate, utimes } from "node:fs/promises"
import { join } from "node:path"
import { until } from "../drivers/until.mjs"
import { ask } from "../story/guard.mjs"

const PASSPHRASE = "six grey herons over slow water"
const LONG_MS = 120_000
const MIB = 2 ** 20
/** In MiB. Long enough to be killed in the middle of. */
const SIZE = 400
/** MiB that are looked at in one call of the driver, which has 30 s. */
const BATCH = 32

/** Failed in the whole, beside another browser: it runs by its own name until that is understood. */
export const alone = true

export async function setUp(world, browser) {
    const profile = await world.launch(browser)
    const page = await profile.page(profile.extensionPath("pages/files.html"))
    const person = { name: "Alice Example", address: "alice@example.org" }
    await ask(page, { type: "create", ...person, passphrase: PASSPHRASE })
    await mkdir(world.folder, { recursive: true })
    const path = join(world.folder, "large.bin")
    await writeLarge(path)
    await again(page, profile)
    return { profile, page, path }
}

/** No two MiB of it are alike: what lies at another place is seen. */
async function writeLarge(path, first = 0) {
    const file = await open(path, "w")
    for (let at = 0; at < SIZE; at += 1) await file.write(mib(at + first))
    await file.close()
    await utimes(path, 1_700_000_000, 1_700_000_000)
}

function mib(at) {
    const bytes = Buffer.alloc(MIB, (at * 7 + 3) & 255)
    bytes.writeUInt32LE(at)
    return bytes
}

async function again(page, profile) {
    await page.goto(profile.extensionPath("pages/files.html"))
    await page.waitFor("@files-pick", { timeout: LONG_MS })
}

async function begin(page, path) {
    await page.choose("@files-input", path)
    await page.waitFor("@add-person")
    await page.type("@add-person", "alice@example.org,")
    await page.waitFor("@seal-files-now")
    await page.click("@seal-files-now")
    await page.waitFor("@cancel", { timeout: LONG_MS })
}

/** Bytes of parts in OPFS. */
function partBytes(page) {
    return page.eval(async () => {
        let sum = 0
        const walk = async (folder) => {
            for await (const entry of folder.values()) {
                if (entry.kind === "directory") await walk(entry)
                else sum += (await entry.getFile()).size
            }
        }
        await walk(await navigator.storage.getDirectory())
        return sum
    })
}

/** The numbers of the parts in OPFS; one that goes on adds new ones. */
function partNumbers(page) {
    return page.eval(async () => {
        const numbers = []
        const walk = async (folder) => {
            for await (const [name, entry] of folder.entries()) {
                if (entry.kind === "directory") await walk(entry)
                else if (/^\d+$/.test(name)) numbers.push(Number(name))
            }
        }
        await walk(await navigator.storage.getDirectory())
        return numbers
    })
}

async function killInTheMiddle({ profile, page }) {
    let bytes = 0
    await until(
        async () => {
            bytes = await partBytes(page)
            return bytes > 60 * MIB
        },
        { timeout: LONG_MS, what: () => `${bytes} bytes are sealed` },
    )
    await profile.kill()
    const next = await profile.page(profile.extensionPath("pages/files.html"))
    await next.waitFor("@unlock-passphrase", { timeout: LONG_MS })
    await next.type("@unlock-passphrase", PASSPHRASE)
    await next.press("Enter")
    await next.waitFor("[data-test=job][data-state=interrupted]", { timeout: LONG_MS })
    return next
}

/** In the page: the first MiB of `[from, to)` that is not what was sealed. */
async function wrongIn(from, to, mib) {
    for (let at = from; at < to; at += 1) {
        const bytes = await window.caught.slice(at * mib, (at + 1) * mib).arrayBuffer()
        const isFirst = new DataView(bytes).getUint32(0, true) === at
        const fill = (at * 7 + 3) & 255
        if (!isFirst || !new Uint8Array(bytes, 4).every((byte) => byte === fill)) return at
    }
    return null
}

/** The newest sealed file, opened on the file page, and every MiB of what comes out compared. */
async function assertWhole(page, profile) {
    await again(page, profile)
    await page.eval(async () => {
        window.showSaveFilePicker = undefined
        URL.createObjectURL = (file) => {
            window.caught = file
            return "blob:none"
        }
        HTMLAnchorElement.prototype.click = () => undefined
        const { runtime } = globalThis.browser ?? chrome
        const send = (body) => runtime.sendMessage({ v: 1, id: 5, claim: "files", body })
        const { ok } = await send({ type: "jobs" })
        const { beside } = await send({ type: "result", id: ok.jobs[0].id })
        const given = new DataTransfer()
        for (const file of beside) given.items.add(file)
        const field = document.querySelector("[data-test=files-input]")
        field.files = given.files
        field.dispatchEvent(new Event("change", { bubbles: true }))
    })
    await page.waitFor("@opened-name", { timeout: LONG_MS })
    assert.equal(await page.text("@opened-name"), "large.bin")
    await page.click("@save-opened")
    await page.waitFor("@saved-opened", { timeout: LONG_MS })
    assert.equal(await page.eval(() => window.caught.size), SIZE * MIB)
    for (let at = 0; at < SIZE; at += BATCH)
        assert.equal(await page.eval(wrongIn, at, Math.min(at + BATCH, SIZE), MIB), null)
}

export const tests = [
    {
        name: "the browser is killed in the middle, and the same file goes on from there",
        async run(world, _browser, shared) {
            const { profile, path } = shared
            await begin(shared.page, path)
            shared.page = await killInTheMiddle(shared)
            const { page } = shared
            await world.shot(page, "interrupted")
            const kept = await partBytes(page)
            const parts = Math.max(...(await partNumbers(page)))
            assert.ok(kept > 50 * MIB, `${kept} bytes were kept`)
            // Another file, however like it: nothing happens to what is sealed.
            const twin = join(world.folder, "twin.bin")
            await writeLarge(twin)
            await page.choose("@resume-input", twin)
            await page.waitFor("@resume-other")
            assert.equal(await partBytes(page), kept)
            await page.choose("@resume-input", path)
            await page.waitFor("[data-test=job][data-state=running]", { timeout: LONG_MS })
            const { total } = (await files(page, { type: "jobs" })).jobs[0].progress
            await page.waitFor("[data-test=job][data-state=done]", { timeout: LONG_MS })
            console.log(`      ${kept} of ${total} bytes were kept`)
            // What was kept stands beside what came after, and is not there twice.
            assert.ok(Math.max(...(await partNumbers(page))) > parts)
            const bytes = await partBytes(page)
            assert.ok(bytes < SIZE * MIB * 1.05, `${bytes} bytes`)
            await assertWhole(page, profile)
        },
    },
    {
        name: "a file with the same name, size and time and another content is refused",
        async run(_world, _browser, shared) {
            const { profile, path } = shared
            await forgetAll(shared.page)
            await again(shared.page, profile)
            await begin(shared.page, path)
            shared.page = await killInTheMiddle(shared)
            const { page } = shared
            await writeLarge(path, 1)
            await page.choose("@resume-input", path)
            await page.waitFor("[data-test=job][data-state=failed]", { timeout: LONG_MS })
            const { jobs } = await files(page, { type: "jobs" })
            assert.equal(jobs[0].failure.code, "file-changed")
            await until(async () => (await partBytes(page)) === 0, {
                timeout: LONG_MS,
                what: () => "parts are left",
            })
        },
    },
    {
        name: "a file that is cut short while it is sealed is refused, and nothing is left",
        async run(_world, _browser, { page, profile, path }) {
            await writeLarge(path)
            await again(page, profile)
            await begin(page, path)
            await until(async () => (await partBytes(page)) > 20 * MIB, {
                timeout: LONG_MS,
                what: () => "nothing is sealed",
            })
            await truncate(path, 30 * MIB)
            await page.waitFor("@failure", { timeout: LONG_MS })
            const { jobs } = await files(page, { type: "jobs" })
            assert.equal(jobs[0].failure.code, "file-changed")
            await until(async () => (await partBytes(page)) === 0, {
                timeout: LONG_MS,
                what: () => "parts are left",
            })
        },
    },
]

async function files(page, body) {
    const answer = await page.eval((body) => {
        const { runtime } = globalThis.browser ?? chrome
        return runtime.sendMessage({ v: 1, id: 5, claim: "files", body })
    }, body)
    assert.ok(answer.ok, JSON.stringify(answer))
    return answer.ok
}

async function forgetAll(page) {
    const { jobs } = await files(page, { type: "jobs" })
    for (const { id } of jobs) await files(page, { type: "forget", id })
}
