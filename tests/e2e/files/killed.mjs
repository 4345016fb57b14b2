// The browser is killed while it seals: what is sealed is kept, and the same file goes on.

import { strict as assert } from "node:assert"
import { createHash } from "node:crypto"
import { mkdir, open, truncate, utimes } from "node:fs/promises"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { until } from "../drivers/until.mjs"
import { ask } from "../story/guard.mjs"
import { nothingLeft, stored } from "../story/opfs.mjs"

const PASSPHRASE = "six grey herons over slow water"
const LONG_MS = 120_000
const MIB = 2 ** 20
/**
 * In MiB. The disk is looked at, not the page; and there is enough behind the place where it is killed
 * for a driver that has to wait for its turn while two workers seal.
 */
const SIZE = 256
/** MiB on the disk at which the browser is killed. */
const KILLED_AT = 32
/** In MiB, at most: each worker is killed in a segment, which is sealed again. */
const CUT_OFF = 8 * Math.min(4, availableParallelism())
/** MiB that are looked at in one call of the driver, which has 30 s. */
const BATCH = 32

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

async function begin(page, path, profile) {
    // What lay there before would be taken for what is sealed now.
    await until(() => profile.bytesInOpfs() < MIB, {
        timeout: LONG_MS,
        what: () => "parts are left",
    })
    await page.choose("@files-input", path)
    await page.waitFor("@add-person")
    await page.type("@add-person", "alice@example.org,")
    await page.waitFor("@seal-files-now")
    await page.click("@seal-files-now")
    await page.waitFor("@cancel", { timeout: LONG_MS })
}

/** Bytes of parts in OPFS. */
async function partBytes(page) {
    return (await stored(page)).reduce((sum, { size }) => sum + size, 0)
}

/** The numbers of the parts in OPFS; one that goes on adds new ones. */
async function partNumbers(page) {
    const names = (await stored(page)).map(({ path }) => path.split("/").at(-1))
    return names.filter((name) => /^\d+$/.test(name)).map(Number)
}

/** Waits until more than that lies on the disk; sooner than the page could tell it. */
async function sealed(profile, mib) {
    let bytes = 0
    await until(
        () => {
            bytes = profile.bytesInOpfs()
            return bytes > mib * MIB
        },
        { timeout: LONG_MS, every: 10, what: () => `${bytes} bytes are sealed` },
    )
}

async function killInTheMiddle({ profile }) {
    await sealed(profile, KILLED_AT)
    await profile.kill()
    const next = await profile.page(profile.extensionPath("pages/files.html"))
    await next.waitFor("@unlock-passphrase", { timeout: LONG_MS })
    await next.type("@unlock-passphrase", PASSPHRASE)
    await next.press("Enter")
    await next.waitFor("[data-test=job][data-state=interrupted]", { timeout: LONG_MS })
    return next
}

/** In the page: the SHA-256 of `[from, to)` of what came out. */
async function digestIn(from, to) {
    const bytes = await window.caught.slice(from, to).arrayBuffer()
    return Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)))
}

/** The same of what was sealed. */
function digestOf(from, to) {
    const hash = createHash("sha256")
    for (let at = from; at < to; at += 1) hash.update(mib(at))
    return [...hash.digest()]
}

/** The newest sealed file, opened on the file page, and all of what comes out compared. */
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
    for (let at = 0; at < SIZE; at += BATCH) {
        const end = Math.min(at + BATCH, SIZE)
        const found = await page.eval(digestIn, at * MIB, end * MIB)
        assert.deepEqual(found, digestOf(at, end), `from MiB ${at}`)
    }
}

export const tests = [
    {
        name: "the browser is killed in the middle, and the same file goes on from there",
        async run(world, _browser, shared) {
            const { profile, path } = shared
            await begin(shared.page, path, profile)
            shared.page = await killInTheMiddle(shared)
            const { page } = shared
            await world.shot(page, "interrupted")
            const kept = await partBytes(page)
            const parts = Math.max(...(await partNumbers(page)))
            assert.ok(kept > (KILLED_AT / 2) * MIB, `${kept} bytes were kept`)
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
            assert.ok(bytes < (SIZE + CUT_OFF + 1) * MIB, `${bytes} bytes`)
            await assertWhole(page, profile)
        },
    },
    {
        name: "a file with the same name, size and time and another content is refused",
        async run(_world, _browser, shared) {
            const { profile, path } = shared
            await forgetAll(shared.page)
            await again(shared.page, profile)
            await begin(shared.page, path, profile)
            shared.page = await killInTheMiddle(shared)
            const { page } = shared
            await writeLarge(path, 1)
            await page.choose("@resume-input", path)
            await page.waitFor("[data-test=job][data-state=failed]", { timeout: LONG_MS })
            const { jobs } = await files(page, { type: "jobs" })
            assert.equal(jobs[0].failure.code, "file-changed")
            await nothingLeft(page, "sealed/", LONG_MS)
        },
    },
    {
        name: "a file that is cut short while it is sealed is refused, and nothing is left",
        async run(_world, _browser, { page, profile, path }) {
            await writeLarge(path)
            await again(page, profile)
            await begin(page, path, profile)
            await sealed(profile, 20)
            await truncate(path, 30 * MIB)
            await page.waitFor("@failure", { timeout: LONG_MS })
            const { jobs } = await files(page, { type: "jobs" })
            assert.equal(jobs[0].failure.code, "file-changed")
            await nothingLeft(page, "sealed/", LONG_MS)
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
