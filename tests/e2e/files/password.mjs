// Files under a password, as a person seals and opens them on the file page: and what another
// program and the self-contained reader make of them.

import { strict as assert } from "node:assert"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { Decrypter } from "age-encryption"
import { until } from "../drivers/until.mjs"
import { ask } from "../story/guard.mjs"
import { packageOf } from "../story/world.mjs"

const WORDS = "the quiet words of a plain file\n".repeat(9000)
const NAME = "plans for the house.txt"
const SLOW_MS = 120_000

export async function setUp(world, browser) {
    const profile = await world.launch(browser)
    const page = await profile.page(profile.extensionPath("pages/files.html"))
    await ask(page, {
        type: "create",
        name: "Alice Example",
        address: "alice@example.org",
        passphrase: "six grey herons over slow water",
    })
    await mkdir(world.folder, { recursive: true })
    const plain = join(world.folder, NAME)
    await writeFile(plain, WORDS)
    return { profile, page, plain, folder: world.folder }
}

/** The file page anew, as it is opened for the next file. */
async function again({ page, profile }) {
    await page.goto(profile.extensionPath("pages/files.html"))
    await page.waitFor("@files-pick")
}

/** The sealed file of the newest job. */
function newest(page) {
    return page.eval(async () => {
        const { runtime } = globalThis.browser ?? chrome
        const send = (body) => runtime.sendMessage({ v: 1, id: 5, claim: "files", body })
        const { ok } = await send({ type: "jobs" })
        const { beside } = await send({ type: "result", id: ok.jobs[0].id })
        const bytes = new Uint8Array(await beside[0].arrayBuffer())
        let text = ""
        for (let at = 0; at < bytes.length; at += 8192)
            text += String.fromCharCode(...bytes.subarray(at, at + 8192))
        return { name: beside[0].name, base64: btoa(text) }
    })
}

async function openWith({ page }, path, password) {
    await page.choose("@files-input", path)
    await page.waitFor("@file-password", { timeout: SLOW_MS })
    await page.type("@letter-password", password)
    await page.click("@password-open")
}

export const tests = [
    {
        name: "a file is sealed under six words, and its name is inside",
        async run(world, _browser, shared) {
            const { page, plain, folder } = shared
            await again(shared)
            await page.choose("@files-input", plain)
            await page.click("@seal-for-password")
            await page.click("@suggest")
            await page.waitFor("@suggested")
            await page.click("@password-seal")
            await page.waitFor("@seal-done", { timeout: SLOW_MS })
            await world.shot(page, "sealed-with-password")
            shared.password = (await page.text("@the-password")).trim()
            assert.equal(shared.password.split(" ").length, 6)
            const { name, base64 } = await newest(page)
            assert.match(name, /^sealed-[a-z]+\.age$/)
            const bytes = Buffer.from(base64, "base64")
            assert.ok(bytes.toString("latin1").startsWith("age-encryption.org/v1\n-> scrypt "))
            assert.ok(!bytes.includes("quiet words") && !bytes.includes("plans for"))
            shared.sealed = join(folder, name)
            await writeFile(shared.sealed, bytes)
        },
    },
    {
        name: "another program opens it with the password",
        async run(_world, _browser, { sealed, password }) {
            const decrypter = new Decrypter()
            decrypter.addPassphrase(password)
            const opened = Buffer.from(await decrypter.decrypt(await readFile(sealed)))
            const text = opened.toString()
            assert.ok(text.startsWith("MIME-Version: 1.0\r\n"))
            assert.equal(text.slice(text.indexOf("\r\n\r\n") + 4), WORDS)
        },
    },
    {
        name: "the wrong password is said; the right one opens it, and its name is a claim",
        async run(world, _browser, shared) {
            const { page, sealed, password } = shared
            await again(shared)
            await openWith(shared, sealed, "not these words at all")
            await page.waitFor("[data-test=file-password] [aria-invalid=true]", {
                timeout: SLOW_MS,
            })
            await page.type("@letter-password", password, { clear: true })
            await page.click("@password-open")
            await page.waitFor("[data-test=opened-file][data-stage=checked]", { timeout: SLOW_MS })
            await world.shot(page, "opened-with-password")
            assert.equal(await page.text("@claimed-name"), NAME)
            assert.ok(await page.has("[data-test=verdict][data-trust=none]"))
            assert.match(await page.text("@opened-name"), /\.bin$/)
            assert.ok(!(await page.has("@send-on")))
        },
    },
    {
        name: "what is saved is the file, byte for byte",
        async run(_world, _browser, { page }) {
            // The place that the person picks, in memory; elsewhere the download.
            await page.eval(() => {
                window.saved = []
                window.showSaveFilePicker = async ({ suggestedName }) => {
                    window.savedName = suggestedName
                    const root = await navigator.storage.getDirectory()
                    window.savedHandle = await root.getFileHandle("picked", { create: true })
                    return window.savedHandle
                }
            })
            await page.click("@use-name")
            await page.click("@save")
            await page.waitFor("@saved-opened", { timeout: SLOW_MS })
            const { name, text } = await page.eval(async () => ({
                name: window.savedName,
                text: await (await window.savedHandle.getFile()).text(),
            }))
            assert.equal(name, NAME)
            assert.equal(text, WORDS)
        },
    },
    {
        name: "a file that was changed on its way opens no further",
        async run(_world, _browser, shared) {
            const { page, sealed, password, folder } = shared
            const bytes = await readFile(sealed)
            bytes[bytes.length - 40] ^= 1
            const changed = join(folder, "changed.age")
            await writeFile(changed, bytes)
            await again(shared)
            await openWith(shared, changed, password)
            await page.waitFor("[data-test=opened-file][data-stage=failed]", { timeout: SLOW_MS })
            assert.ok(!(await page.has("@save")))
        },
    },
    {
        name: "the self-contained reader opens it",
        async run(_world, browser, { profile, sealed, password, folder }) {
            const html = await readFile(join(packageOf(browser), "reader.txt"), "utf8")
            const path = join(folder, "reader.html")
            await writeFile(path, html)
            const reader = await profile.page(pathToFileURL(path).href)
            await reader.waitFor("#pick")
            await reader.eval(() => {
                document.getElementById("file").hidden = false
            })
            await reader.choose("#file", sealed)
            await reader.waitFor("#password")
            await reader.type("#password", password)
            await reader.click("#open")
            await until(() => reader.eval(() => !document.getElementById("opened").hidden), {
                timeout: SLOW_MS,
                what: () => "the reader opened nothing",
            })
            assert.equal(await reader.text("#claimed-name"), NAME)
            await reader.close()
        },
    },
]
