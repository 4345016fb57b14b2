// The file page: seal and open, folders, cancel, a killed engine room, a full device, bad files.

import { strict as assert } from "node:assert"
import { spawnSync } from "node:child_process"
import { rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { until } from "../drivers/until.mjs"
import { chooseFolder } from "../story/guard.mjs"
import { assertNothingLeft, nothingLeft, pathsWith } from "../story/opfs.mjs"

const PASSPHRASE = "six grey herons over slow water"
const LONG_MS = 120_000

export async function setUp(world, browser) {
    const profile = await world.launch(browser)
    const page = await profile.page(profile.extensionPath("pages/files.html"))
    const person = { name: "Alice Example", address: "alice@example.org" }
    const made = await ask(page, "desk", { type: "create", ...person, passphrase: PASSPHRASE })
    assert.equal(made.ok?.status.vault, "unlocked", JSON.stringify(made))
    // More is sealed here than without a recovery kit.
    const kit = (await ask(page, "desk", { type: "recovery-words", passphrase: PASSPHRASE })).ok
    const answers = kit.check.map((position) => kit.words[position - 1])
    const checked = await ask(page, "desk", { type: "recovery-check", answers })
    assert.equal(checked.ok?.status.due.kit, false, JSON.stringify(checked))
    await again(page, profile)
    return { profile, page }
}

/** Asks as the document `surface`. */
function ask(surface, claim, body) {
    return surface.eval(
        (claim, body) =>
            (globalThis.browser ?? chrome).runtime.sendMessage({ v: 1, id: 5, claim, body }),
        claim,
        body,
    )
}

/** Puts files into the page's own field, as the browser's dialogue does. */
function choose(page, files, input = "files-input") {
    return page.eval(
        (files, input) => {
            const given = new DataTransfer()
            for (const { name, size, fill, base64 } of files) {
                const bytes = base64
                    ? Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
                    : new Uint8Array(size).fill(fill)
                given.items.add(new File([bytes], name, { lastModified: 1_700_000_000_000 }))
            }
            const field = document.querySelector(`[data-test="${input}"]`)
            field.files = given.files
            field.dispatchEvent(new Event("change", { bubbles: true }))
        },
        files,
        input,
    )
}

/** Chooses the person themself and seals. */
async function seal(page) {
    await page.waitFor("@add-person")
    await page.type("@add-person", "alice@example.org,")
    await page.waitFor("@seal-files-now")
    await page.click("@seal-files-now")
}

/** The sealed files of the latest job, as base64. */
async function sealed(page, state = "done") {
    let jobs = []
    await until(
        async () => {
            jobs = (await ask(page, "files", { type: "jobs" })).ok?.jobs ?? []
            return jobs.length > 0 && jobs[0].state !== "running"
        },
        { timeout: LONG_MS, what: () => `the job is ${JSON.stringify(jobs[0])}` },
    )
    assert.equal(jobs[0].state, state, JSON.stringify(jobs[0].failure))
    if (state !== "done") return { job: jobs[0], files: [] }
    const files = await page.eval(async (id) => {
        const { runtime } = globalThis.browser ?? chrome
        const body = { type: "result", id }
        const { beside } = await runtime.sendMessage({ v: 1, id: 5, claim: "files", body })
        return Promise.all(
            beside.map(async (file) => {
                const bytes = new Uint8Array(await file.arrayBuffer())
                let text = ""
                for (let at = 0; at < bytes.length; at += 8192)
                    text += String.fromCharCode(...bytes.subarray(at, at + 8192))
                const { name, lastModified } = file
                return { name, lastModified, base64: btoa(text) }
            }),
        )
    }, jobs[0].id)
    return { job: jobs[0], files }
}

/** Gives the sealed files of a job to the page, as a person does who has them. */
function giveBack(page, id) {
    return page.eval(async (id) => {
        const { runtime } = globalThis.browser ?? chrome
        const body = { type: "result", id }
        const { beside } = await runtime.sendMessage({ v: 1, id: 5, claim: "files", body })
        const given = new DataTransfer()
        for (const file of beside) given.items.add(file)
        const field = document.querySelector("[data-test=files-input]")
        field.files = given.files
        field.dispatchEvent(new Event("change", { bubbles: true }))
    }, id)
}

/** The page anew, in front. */
async function again(page, profile) {
    await page.goto(profile.extensionPath("pages/files.html"))
    await page.waitFor("@files-pick", { timeout: LONG_MS })
}

/** The code that the page shows for the file it was given. */
async function refusal(page) {
    await page.waitFor("@failure", { timeout: LONG_MS })
    return page.eval(() => document.querySelector("[data-code]").dataset.code)
}

/** What is saved by an ordinary download: name, and bytes as base64. */
function catchDownloads(page) {
    return page.eval(() => {
        window.showSaveFilePicker = undefined
        const make = URL.createObjectURL
        URL.createObjectURL = (file) => {
            window.caught = file.arrayBuffer().then((buffer) => {
                const bytes = new Uint8Array(buffer)
                let text = ""
                for (let at = 0; at < bytes.length; at += 8192)
                    text += String.fromCharCode(...bytes.subarray(at, at + 8192))
                return { name: file.name, base64: btoa(text) }
            })
            // Named, and with what is held: a file that was deleted, and one that was changed.
            window.caught = window.caught.catch(async (error) => {
                const { held } = await navigator.locks.query()
                const locks = held.map(({ name }) => name)
                throw new Error(`${error.name} of ${file.size} bytes; held: ${locks}`)
            })
            return make.call(URL, file)
        }
        HTMLAnchorElement.prototype.click = () => undefined
    })
}

export const tests = [
    {
        name: "a file is sealed, opened and saved byte for byte under its own name",
        async run(_world, _browser, { page, profile }) {
            await choose(page, [{ name: "contract.pdf", size: 5_000_000, fill: 7 }])
            await seal(page)
            await page.waitFor("@seal-done", { timeout: LONG_MS })
            const { job, files } = await sealed(page)
            assert.match(files[0].name, /^sealed-[a-z]+\.age$/)
            assert.equal(files[0].lastModified, 0)
            await again(page, profile)
            await catchDownloads(page)
            await choose(page, files)
            await page.waitFor("@opened-name", { timeout: LONG_MS })
            const shown = await page.eval(() => ({
                name: document.querySelector("[data-test=opened-name]").textContent,
                word: document.querySelector("[data-test=opened-word]").dataset.word,
                trust: document.querySelector("[data-test=verdict]").dataset.trust,
            }))
            assert.deepEqual(shown, { name: "contract.pdf", word: job.files[0].word, trust: "own" })
            await page.click("@save-opened")
            await page.waitFor("@saved-opened", { timeout: LONG_MS })
            const saved = await page.eval(() => window.caught)
            assert.equal(saved.name, "contract.pdf")
            assert.ok(Buffer.from(saved.base64, "base64").equals(Buffer.alloc(5_000_000, 7)))
            await again(page, profile)
            await nothingLeft(page, "opened/")
        },
    },
    {
        name: "an opened file is sent on, sealed anew in one pass",
        async run(_world, _browser, { page, profile }) {
            await again(page, profile)
            await choose(page, [{ name: "first.txt", size: 3_000_000, fill: 9 }])
            await seal(page)
            await page.waitFor("@seal-done", { timeout: LONG_MS })
            const { files, job } = await sealed(page)
            await again(page, profile)
            await choose(page, files)
            await page.waitFor("@send-on", { timeout: LONG_MS })
            await page.click("@send-on")
            await page.waitFor("@add-person")
            await page.type("@add-person", "alice@example.org,")
            await page.click("@send-on-now")
            await page.waitFor("@sealed-copies", { timeout: LONG_MS })
            const on = await sealed(page)
            assert.notEqual(on.job.id, job.id)
            assert.notEqual(on.files[0].base64, files[0].base64)
            await again(page, profile)
            await catchDownloads(page)
            await choose(page, on.files)
            await page.waitFor("@save-opened", { timeout: LONG_MS })
            assert.equal(await page.text("@opened-name"), "first.txt")
            await page.click("@save-opened")
            await page.waitFor("@saved-opened", { timeout: LONG_MS })
            const saved = await page.eval(() => window.caught)
            assert.ok(Buffer.from(saved.base64, "base64").equals(Buffer.alloc(3_000_000, 9)))
        },
    },
    {
        name: "bad files are refused before anything of them is shown",
        async run(_world, _browser, { page, profile }) {
            await again(page, profile)
            await choose(page, [{ name: "a.bin", size: 200_000, fill: 3 }])
            await seal(page)
            await page.waitFor("@seal-done", { timeout: LONG_MS })
            const { files } = await sealed(page)
            const whole = Buffer.from(files[0].base64, "base64")
            const flipped = Buffer.from(whole)
            flipped[whole.length - 100_000] ^= 1
            const chunk = 65_552
            const payload = whole.length - (200_000 + 4 * 16)
            const head = whole.subarray(0, payload)
            const [one, two] = [0, 1].map((at) =>
                whole.subarray(payload + at * chunk, payload + (at + 1) * chunk),
            )
            const rest = whole.subarray(payload + 2 * chunk)
            const cases = [
                ["truncated", whole.subarray(0, payload + chunk)],
                ["truncated", whole.subarray(0, 100)],
                ["tampered", whole.subarray(0, whole.length - 1)],
                ["tampered", flipped],
                ["tampered", Buffer.concat([head, two, one, rest])],
                ["tampered", Buffer.concat([whole, whole])],
            ]
            for (const [code, bytes] of cases) {
                await again(page, profile)
                const before = await pathsWith(page, "opened/")
                await choose(page, [{ name: "bad.age", base64: bytes.toString("base64") }])
                assert.equal(await refusal(page), code)
                assert.equal(await page.has("@opened-name"), false)
                await assertNothingLeft(page, "opened/", before)
            }
        },
    },
    {
        name: "empty files and hostile names",
        async run(_world, _browser, { page, profile }) {
            await again(page, profile)
            const hostile = `\u202egpj.${"x".repeat(5_000)}.exe`
            const path = "../../etc/\u0007\u001bcron.d/\u2066x\u2069.txt"
            await choose(page, [
                { name: "empty.txt", size: 0, fill: 0 },
                { name: hostile, size: 10, fill: 1 },
                { name: path, size: 10, fill: 1 },
            ])
            await page.click("@real-names")
            await seal(page)
            await page.waitFor("@seal-done", { timeout: LONG_MS })
            const { files } = await sealed(page)
            assert.equal(files[0].name, "empty.txt.age")
            assert.ok(files[1].name.length < 220 && !files[1].name.includes("\u202e"))
            assert.ok(files[1].name.endsWith(".exe.age"), files[1].name)
            const bad = /[/\\\p{Cc}\p{Cf}]|^\./u
            for (const { name } of files) assert.doesNotMatch(name, bad)
            await again(page, profile)
            await choose(page, files)
            await until(
                () =>
                    page.eval(
                        () => document.querySelectorAll("[data-test=opened-name]").length === 3,
                    ),
                { timeout: LONG_MS, what: () => "three opened files" },
            )
            const names = await page.eval(() =>
                [...document.querySelectorAll("[data-test=opened-name]")].map(
                    (name) => name.textContent,
                ),
            )
            assert.equal(names[0], "empty.txt")
            assert.ok(names[1].length <= 200 && names[1].endsWith(".exe"), names[1])
            for (const name of names) assert.doesNotMatch(name, bad)
        },
    },
    {
        // In Firefox a read of such a file may never return: it is read anew.
        name: "a large file that a page made in its memory is sealed whole",
        async run(_world, _browser, { page, profile }) {
            await again(page, profile)
            await choose(page, [{ name: "made.bin", size: 150_000_000, fill: 5 }])
            await seal(page)
            await page.waitFor("@seal-done", { timeout: LONG_MS })
            const [{ id, state }] = (await ask(page, "files", { type: "jobs" })).ok.jobs
            assert.equal(state, "done")
            await ask(page, "files", { type: "forget", id })
        },
    },
    {
        name: "stopping a job leaves nothing",
        async run(_world, _browser, { page, profile }) {
            await again(page, profile)
            await choose(page, [{ name: "large.bin", size: 250_000_000, fill: 1 }])
            await seal(page)
            await page.waitFor("@cancel", { timeout: LONG_MS })
            await page.click("@cancel")
            assert.equal(await refusal(page), "cancelled")
            const { job } = await sealed(page, "failed")
            assert.equal(job.failure.code, "cancelled")
            await assertNothingLeft(page, job.id)
        },
    },
    {
        name: "a page closed while it saves leaves no plaintext",
        async run(_world, _browser, { page, profile }) {
            await again(page, profile)
            await choose(page, [{ name: "large.bin", size: 120_000_000, fill: 3 }])
            await seal(page)
            await page.waitFor("@seal-done", { timeout: LONG_MS })
            const { jobs } = (await ask(page, "files", { type: "jobs" })).ok
            await again(page, profile)
            await catchDownloads(page)
            await giveBack(page, jobs[0].id)
            await page.click("@save-opened", { timeout: LONG_MS })
            await page.goto(profile.extensionPath("pages/settings.html"))
            await nothingLeft(page, "opened/")
        },
    },
    {
        name: "saving to a place that hangs can be stopped",
        async run(_world, _browser, { page, profile }) {
            await again(page, profile)
            await choose(page, [{ name: "some.bin", size: 30_000_000, fill: 6 }])
            await seal(page)
            await page.waitFor("@seal-done", { timeout: LONG_MS })
            const { jobs } = (await ask(page, "files", { type: "jobs" })).ok
            await again(page, profile)
            await page.eval(() => {
                const never = () => new Promise(() => undefined)
                window.writes = 0
                const write = () => {
                    window.writes += 1
                    return never()
                }
                const place = { write, close: never, abort: never }
                const handle = { createWritable: async () => place }
                window.showSaveFilePicker = async () => handle
            })
            await giveBack(page, jobs[0].id)
            await page.click("@save-opened", { timeout: LONG_MS })
            await until(() => page.eval(() => window.writes > 0), {
                timeout: LONG_MS,
                what: () => "nothing is written",
            })
            await page.click("@cancel")
            assert.equal(await refusal(page), "cancelled")
            // What waits for the place is bounded, whatever the size of the file.
            const writes = await page.eval(() => window.writes)
            assert.ok(writes <= 12, `${writes} segments wait`)
        },
    },
    {
        name: "a lock stops what is being sealed and leaves nothing",
        async run(_world, _browser, { page, profile }) {
            await again(page, profile)
            await choose(page, [{ name: "large.bin", size: 250_000_000, fill: 2 }])
            await seal(page)
            await page.waitFor("@cancel", { timeout: LONG_MS })
            await ask(page, "desk", { type: "lock" })
            await page.waitFor("@unlock-passphrase", { timeout: LONG_MS })
            await ask(page, "desk", { type: "unlock", passphrase: PASSPHRASE })
            const { job } = await sealed(page, "failed")
            assert.ok(
                ["locked-meanwhile", "worker-lost", "vault-locked"].includes(job.failure.code),
                job.failure.code,
            )
            await nothingLeft(page, job.id)
        },
    },
    {
        name: "a folder becomes one archive that stock tar reads",
        async run(_world, _browser, { page, profile }) {
            await again(page, profile)
            await chooseFolder(page, "@files-folder-input", [
                ["trip/b.txt", "two"],
                ["trip/a/one.txt", "one"],
            ])
            await page.waitFor("@given-folder")
            await seal(page)
            await page.waitFor("@seal-done", { timeout: LONG_MS })
            const { job, files } = await sealed(page)
            assert.equal(job.files[0].name, "trip.tar")
            await again(page, profile)
            await catchDownloads(page)
            await choose(page, files)
            await page.waitFor("@save-opened", { timeout: LONG_MS })
            await page.click("@save-opened")
            await page.waitFor("@saved-opened", { timeout: LONG_MS })
            const tar = Buffer.from((await page.eval(() => window.caught)).base64, "base64")
            const listed = spawnSync("tar", ["--list", "-f", "-"], { input: tar, encoding: "utf8" })
            assert.equal(listed.status, 0, listed.stderr)
            assert.deepEqual(listed.stdout.trim().split("\n"), ["trip/a/one.txt", "trip/b.txt"])
            const one = spawnSync("tar", ["-xOf", "-", "trip/a/one.txt"], { input: tar })
            assert.equal(one.stdout.toString(), "one")
        },
    },
    {
        name: "a file that changed or vanished is refused, and nothing is left",
        async run(world, browser, { page, profile }) {
            // Firefox notices that bytes are missing, not that there are more, or others.
            const other = Buffer.alloc(browser === "firefox" ? 700_000 : 900_001, 2)
            for (const [spoil, codes] of [
                [(path) => writeFile(path, other), ["file-changed"]],
                [(path) => rm(path), ["file-unreadable", "file-changed"]],
            ]) {
                await again(page, profile)
                const path = join(tmpdir(), `${world.unique("files")}.bin`)
                await writeFile(path, Buffer.alloc(900_000, 1))
                await page.choose("@files-input", path)
                await page.waitFor("@given-file")
                await spoil(path)
                await seal(page)
                const code = await refusal(page)
                assert.ok(codes.includes(code), code)
                const { job } = await sealed(page, "failed")
                await assertNothingLeft(page, job.id)
                await rm(path, { force: true })
            }
        },
    },
    {
        name: "a killed engine room is opened again, and the job goes on",
        browsers: ["chromium"],
        async run(_world, _browser, { page, profile }) {
            await again(page, profile)
            await choose(page, [{ name: "large.bin", size: 250_000_000, fill: 3 }])
            await seal(page)
            await page.waitFor("@cancel", { timeout: LONG_MS })
            await page.eval(() => chrome.offscreen.closeDocument())
            await page.waitFor("@seal-done", { timeout: LONG_MS })
            const [{ id, state }] = (await ask(page, "files", { type: "jobs" })).ok.jobs
            assert.equal(state, "done")
            await again(page, profile)
            await giveBack(page, id)
            await page.waitFor("@opened-name", { timeout: LONG_MS })
            assert.equal(await page.text("@opened-name"), "large.bin")
            await ask(page, "files", { type: "forget", id })
        },
    },
    {
        name: "a killed background does not stop a job",
        browsers: ["chromium"],
        async run(_world, _browser, { page, profile }) {
            await again(page, profile)
            await choose(page, [{ name: "large.bin", size: 250_000_000, fill: 4 }])
            await seal(page)
            await page.waitFor("@cancel", { timeout: LONG_MS })
            await profile.killWorker()
            await page.waitFor("@seal-done", { timeout: LONG_MS })
            const [{ id, state }] = (await ask(page, "files", { type: "jobs" })).ok.jobs
            assert.equal(state, "done")
            await ask(page, "files", { type: "forget", id })
        },
    },
    {
        name: "a full device is said before and nothing is left",
        browsers: ["chromium"],
        async run(_world, _browser, { page, profile }) {
            await again(page, profile)
            const session = await page.page.createCDPSession()
            const origin = profile.extensionPath("")
            const quota = (quotaSize) =>
                session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize })
            await quota(3_000_000)
            await choose(page, [{ name: "large.bin", size: 20_000_000, fill: 3 }])
            await seal(page)
            assert.equal(await refusal(page), "storage-full")
            const { job } = await sealed(page, "failed")
            await assertNothingLeft(page, job.id)
            await session.send("Storage.overrideQuotaForOrigin", { origin })
        },
    },
]
