// What the guard promises beside holding: it says what it does not reach, notices a site that does
// not want a sealed file, gives the same bytes again, and names files as the person wants.

import { strict as assert } from "node:assert"
import { mkdir, writeFile } from "node:fs/promises"
import { createServer } from "node:http"
import { join } from "node:path"
import { until } from "../drivers/until.mjs"
import { confirmKit, pick, sheetFor, turnOn } from "../story/guard.mjs"
import { Person } from "../story/person.mjs"

const WORDS = "the quiet words of a plain file\n"
const NAME = "plans for the house.txt"

/** A page that uploads what its fields are given, and refuses loudly at one of them. */
function page(port) {
    return `<!doctype html><title>files</title>
<form name="compose"><input type="file" id="plain" name="plain" multiple>
<input type="file" id="picky" name="picky"></form><p id="why" hidden></p>
<iframe src="http://localhost:${port}/frame"></iframe>
<script>
plain.onchange = () => fetch("/upload?name=" + plain.files[0].name, { method: "POST", body: plain.files[0] })
picky.onchange = () => setTimeout(() => {
  why.hidden = false; why.setAttribute("role", "alert"); why.textContent = "Only pictures, please"
}, 300)
</script>`
}

async function serve() {
    const bodies = []
    const server = createServer((request, response) => {
        const url = new URL(request.url, "http://x")
        if (request.method !== "POST") {
            response.setHeader("content-type", "text/html")
            const isFrame = url.pathname === "/frame"
            return response.end(isFrame ? "<p>elsewhere" : page(server.address().port))
        }
        const chunks = []
        request.on("data", (chunk) => chunks.push(chunk))
        return request.on("end", () => {
            bodies.push({ name: url.searchParams.get("name"), bytes: Buffer.concat(chunks) })
            response.end()
        })
    })
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
    const origin = `http://127.0.0.1:${server.address().port}`
    return { origin, bodies, close: () => server.close() }
}

export async function setUp(world, browser) {
    const alice = await Person.install(world, browser, "Alice")
    await alice.createIdentity()
    await confirmKit(alice)
    await mkdir(world.folder, { recursive: true })
    const path = join(world.folder, NAME)
    await writeFile(path, WORDS)
    const web = await serve()
    world.onEnd(() => web.close())
    const tab = await alice.profile.page(`${web.origin}/`)
    await turnOn(alice, tab)
    await tab.waitFor("#plain")
    return { alice, web, tab, path }
}

/** Gives the file to the first field; what the server got of it. */
async function give({ alice, web, tab, path }, before = async () => {}) {
    await tab.front()
    const count = web.bodies.length
    const sheet = await sheetFor(alice, () => tab.click("#plain"))
    await before(sheet)
    await pick(sheet, alice.address, path)
    await until(() => web.bodies.length > count, {
        timeout: 30_000,
        what: () => "nothing was uploaded",
    })
    return web.bodies.at(-1)
}

export const tests = [
    {
        name: "parts of the page that come from elsewhere are named before",
        async run(_world, _browser, { alice, tab }) {
            await tab.front()
            const sheet = await sheetFor(alice, () => tab.click("#plain"))
            await sheet.waitFor("@guard-unguarded")
            assert.match(await sheet.text("@guard-unguarded"), /localhost/)
            await sheet.click("@guard-release")
            await sheet.waitFor("[data-test=guard-over][data-outcome=released]")
        },
    },
    {
        name: "the same file again is the same bytes under the same name",
        async run(_world, _browser, shared) {
            const first = await give(shared)
            const again = await give(shared)
            assert.match(first.name, /^sealed-[a-z]+\.age$/)
            assert.equal(again.name, first.name)
            assert.ok(again.bytes.equals(first.bytes))
        },
    },
    {
        name: "the real name shows on this site once the person says so, and not before",
        async run(_world, _browser, shared) {
            const real = await give(shared, async (sheet) => {
                await sheet.waitFor("@guard-for")
                await sheet.click("@guard-real-names")
                await sheet.waitFor("[data-test=guard-real-names]:checked")
            })
            assert.equal(real.name, `${NAME}.age`)
            assert.ok(!real.bytes.includes("quiet words"))
            const word = await give(shared, async (sheet) => {
                await sheet.waitFor("[data-test=guard-real-names]:checked")
                await sheet.click("@guard-real-names")
                await sheet.waitFor("[data-test=guard-real-names]:not(:checked)")
            })
            assert.match(word.name, /^sealed-/)
        },
    },
    {
        name: "a site that does not want a sealed file is noticed after",
        async run(_world, _browser, { alice, tab, path }) {
            await tab.front()
            const sheet = await sheetFor(alice, () => tab.click("#picky"))
            await pick(sheet, alice.address, path)
            await tab.waitFor("[data-sotto=notice][data-word=refused]", {
                state: ["hidden", "ready"],
                timeout: 15_000,
            })
        },
    },
]
