// Real uploads on real services: what arrives there is sealed, and another age opens it byte for byte.

import { strict as assert } from "node:assert"
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Decrypter } from "age-encryption"
import { until } from "../drivers/until.mjs"
import { openCopyparty, pressUpload, startCopyparty } from "../services/copyparty.mjs"
import { openLounge, startLounge } from "../services/thelounge.mjs"
import { confirmKit, identitiesOf, pick, sheetFor, turnOn } from "../story/guard.mjs"
import { Person } from "../story/person.mjs"

const LONG_MS = 90_000
/** More than one chunk of age and of copyparty; no two blocks of it are alike. */
const CONTENT = Buffer.from(Array.from({ length: 400_000 }, (_, at) => (at * 31 + (at >> 8)) & 255))

export async function setUp(world, browser) {
    const alice = await Person.install(world, browser, "Alice")
    await alice.createIdentity()
    await confirmKit(alice)
    await mkdir(world.folder, { recursive: true })
    const plain = join(world.folder, "plans.bin")
    await writeFile(plain, CONTENT)
    return { alice, plain, identities: await identitiesOf(alice) }
}

/** Sealed, without the name; and typage opens it to what was given. */
async function assertOpens(bytes, identities) {
    assert.equal(bytes.subarray(0, 22).toString(), "age-encryption.org/v1\n")
    const decrypter = new Decrypter()
    for (const identity of identities) decrypter.addIdentity(identity)
    const opened = await decrypter.decrypt(new Uint8Array(bytes))
    assert.ok(Buffer.from(opened).equals(CONTENT), "the opened bytes differ")
}

/** What arrives at a service within the deadline. One writes as it comes: whole, it grows no more. */
function arrived(server) {
    let before
    return until(
        async () => {
            const files = await server.stored()
            const file = files.find(({ bytes }) => bytes.length > CONTENT.length)
            const isWhole = file !== undefined && file.bytes.length === before
            before = file?.bytes.length
            return isWhole && file
        },
        { timeout: LONG_MS, every: 500, what: () => "nothing whole arrived" },
    )
}

export const tests = [
    {
        name: "copyparty gets sealed chunks, and the name tells nothing",
        async run(world, _browser, { alice, plain, identities }) {
            const server = await startCopyparty()
            world.onEnd(() => server.close())
            const tab = await openCopyparty(server, alice.profile)
            await turnOn(alice, tab)
            await tab.waitFor("#u2btn")
            const sheet = await sheetFor(alice, () => pressUpload(tab))
            await pick(sheet, alice.address, plain)
            await tab.front()
            // It asks once more before it sends.
            const asks = async () => (await tab.has("#modal-ok")) && (await tab.click("#modal-ok"))
            await until(async () => (await asks()) || (await server.stored()).length > 0, {
                timeout: LONG_MS,
                what: () => "copyparty asks nothing and has nothing",
            }).catch(() => undefined)
            const { name, bytes } = await arrived(server)
            await world.shot(tab, "copyparty")
            assert.match(name, /^sealed-.*\.age$/)
            await assertOpens(bytes, identities)
        },
    },
    {
        name: "The Lounge gets a sealed file under its strict policy",
        async run(world, _browser, { alice, plain, identities }) {
            const server = await startLounge()
            world.onEnd(() => server.close())
            const tab = await openLounge(server, alice.profile)
            await turnOn(alice, tab)
            await tab.waitFor("#upload", { timeout: 30_000 })
            const sheet = await sheetFor(alice, () => tab.click("#upload"))
            await pick(sheet, alice.address, plain)
            const { bytes } = await arrived(server)
            await world.shot(tab, "thelounge")
            await assertOpens(bytes, identities)
        },
    },
    {
        name: "Roundcube's own attach button gives a sealed file",
        async run(world, _browser, { alice, plain, identities }) {
            const box = await alice.openMail()
            // Before a letter is begun: a page is guarded from when it is loaded.
            await turnOn(alice, box.tab)
            await box.compose({ to: alice.address, subject: "Guarded plans", text: "See below." })
            const attach = "#compose-attachments button.attach, #toolbar-menu a.attach"
            const sheet = await sheetFor(alice, () => box.tab.click(attach))
            await pick(sheet, alice.address, plain)
            await box.tab.waitText(/sealed-[a-z]+\.age/, { timeout: LONG_MS })
            await world.shot(box.tab, "roundcube")
            await box.send()
            await box.openNewest({ subject: "Guarded plans" })
            const base64 = await box.tab.eval(async () => {
                const link = document.querySelector("#attachment-list a[href*=_part]")
                const answer = await fetch(`${link.href}&_download=1`)
                const bytes = new Uint8Array(await answer.arrayBuffer())
                let text = ""
                for (let at = 0; at < bytes.length; at += 8192)
                    text += String.fromCharCode(...bytes.subarray(at, at + 8192))
                return btoa(text)
            })
            await assertOpens(Buffer.from(base64, "base64"), identities)
        },
    },
]
