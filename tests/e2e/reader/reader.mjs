// The self-contained reader from file://, with the network off, in real browsers: what it opens,
// what it refuses and in which words, and that it asks nothing of anybody.

import { strict as assert } from "node:assert"
import { createHash } from "node:crypto"
import { existsSync, readFileSync, statSync } from "node:fs"
import { mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { createServer } from "node:http"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { Decrypter, Encrypter } from "age-encryption"
import { until } from "../drivers/until.mjs"
import { packageOf, ROOT } from "../story/world.mjs"

const SCRYPT_MS = 60_000
const EMPTY = '<pre id="sealed" hidden></pre>'
const PASSWORD = "abandon ability able about above absent"
/** Firefox's own errands, which it does not send for the page. */
const OWN_HOSTS = /(^|\.)(mozilla\.(org|com|net)|firefox\.com|mozgcp\.net)(:\d+)?$/

const vectors = new Map(
    JSON.parse(readFileSync(join(ROOT, "tests/vectors/password.json"), "utf8")).map((vector) => [
        vector.name,
        vector,
    ]),
)
const bytesOf = (name) => Buffer.from(vectors.get(name).file, "base64")

/** One vector for each way to end; all of them are opened by the core's own tests. */
function oneOfEach() {
    const kinds = new Map()
    for (const vector of vectors.values()) {
        const kind = `${vector.expect} ${vector.code}`
        if (vector.password !== "" && !kinds.has(kind)) kinds.set(kind, vector)
    }
    return [...kinds.values()]
}

function armored(bytes) {
    const lines = bytes.toString("base64").match(/.{1,64}/g)
    return `-----BEGIN AGE ENCRYPTED FILE-----\n${lines.join("\n")}\n-----END AGE ENCRYPTED FILE-----\n`
}

/** What anybody asks of the network while the tests run. */
function startProxy() {
    const asked = []
    const server = createServer((request, reply) => {
        asked.push(request.headers.host ?? "")
        reply.writeHead(502).end()
    })
    server.on("connect", (request, socket) => {
        asked.push(request.url)
        socket.end("HTTP/1.1 502 no network\r\n\r\n")
    })
    server.unref()
    return new Promise((resolve) =>
        server.listen(0, "127.0.0.1", () => resolve({ asked, port: server.address().port })),
    )
}

export async function setUp(world, browser) {
    const folder = join(world.folder, "files")
    await mkdir(folder, { recursive: true })
    const { asked, port } = await startProxy()
    const profile = await world.launch(browser, {
        args: [`--proxy-server=127.0.0.1:${port}`, "--proxy-bypass-list=<-loopback>"],
        prefs: {
            "network.proxy.type": 1,
            "network.proxy.http": "127.0.0.1",
            "network.proxy.http_port": port,
            "network.proxy.ssl": "127.0.0.1",
            "network.proxy.ssl_port": port,
            "network.proxy.allow_hijacking_localhost": true,
            "network.captive-portal-service.enabled": false,
            "network.connectivity-service.enabled": false,
            "browser.download.folderList": 2,
            "browser.download.dir": folder,
            "browser.download.useDownloadDir": true,
            "browser.download.always_ask_before_handling_new_types": false,
            "browser.helperApps.neverAsk.saveToDisk": "application/octet-stream,text/html",
        },
    })
    const html = await readFile(join(packageOf(browser), "reader.txt"), "utf8")
    const empty = join(folder, "reader.html")
    await writeFile(empty, html)
    const shared = { profile, folder, html, empty, asked, downloads: join(folder, "saved") }
    await mkdir(shared.downloads)
    if (browser === "firefox") shared.downloads = folder
    shared.tab = await profile.page("about:blank")
    if (shared.tab.page) {
        const session = await profile.browser.target().createCDPSession()
        await session.send("Browser.setDownloadBehavior", {
            behavior: "allow",
            downloadPath: shared.downloads,
        })
        shared.requests = []
        shared.tab.page.on("request", (request) => shared.requests.push(request.url()))
        await shared.tab.page.setOfflineMode(true)
    }
    return shared
}

/** The empty reader, or one with a letter in it. */
async function show({ tab, folder, html, empty }, letter) {
    let path = empty
    if (letter !== undefined) {
        assert.ok(html.includes(EMPTY))
        path = join(folder, "letter.html")
        await writeFile(path, html.replace(EMPTY, `<pre id="sealed" hidden>\n${letter}</pre>`))
    }
    await tab.goto("about:blank")
    await tab.goto(pathToFileURL(path).href)
    await tab.waitFor(letter === undefined ? "#pick" : "#language")
    return tab
}

async function give(shared, name, bytes) {
    const path = join(shared.folder, name)
    await writeFile(path, bytes)
    await shared.tab.eval(() => {
        document.getElementById("file").hidden = false
    })
    await shared.tab.choose("#file", path)
}

async function unlock(tab, password) {
    await tab.waitFor("#password")
    await tab.type("#password", password, { clear: true })
    await tab.click("#open")
}

async function read(tab, password = PASSWORD) {
    await unlock(tab, password)
    await tab.waitFor("#opened", { timeout: SCRYPT_MS })
    assert.match(await tab.text("#opened"), /No sender proof/)
}

async function revealed(tab) {
    assert.equal(await tab.text("#text"), "", "nothing is shown before it is asked for")
    await tab.click("#reveal")
    await tab.waitFor("#letter")
    return tab.text("#text")
}

const failure = async (tab) => {
    await tab.waitFor("#failure", { timeout: SCRYPT_MS })
    return tab.text("#failure")
}

async function saved({ downloads }, name) {
    const path = join(downloads, name)
    await until(() => existsSync(path) && statSync(path).size > 0, {
        timeout: 20_000,
        what: () => `${name} was not saved`,
    })
    const bytes = await readFile(path)
    await rm(path)
    return bytes
}

async function sealedByTypage(text, password, factor) {
    const encrypter = new Encrypter()
    encrypter.setPassphrase(password)
    encrypter.setScryptWorkFactor(factor)
    return Buffer.from(await encrypter.encrypt(text))
}

export const tests = [
    {
        name: "the file is whole in itself, and its policy names its script and style",
        async run(_world, _browser, { html }) {
            // How large it may be, the build of a release says; this may be another.
            console.log(`      reader.html: ${Buffer.byteLength(html)} bytes`)
            // A minified script may say `a.href=…` of its own.
            const markup = html.replace(/<script>[\s\S]*<\/script>/, "<script></script>")
            assert.doesNotMatch(markup, /\b(?:src|href)=|@import|url\(/)
            const policy = html.match(/http-equiv="Content-Security-Policy" content="([^"]+)"/)[1]
            const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`
            const script = html.match(/<script>([\s\S]*)<\/script>/)[1]
            const style = html.match(/<style>([\s\S]*?)<\/style>/)[1]
            assert.ok(policy.startsWith("default-src 'none'; "))
            assert.ok(policy.includes(`script-src ${hash(script)} 'wasm-unsafe-eval';`))
            assert.ok(policy.includes(`style-src ${hash(style)};`))
            assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|connect-src|https?:/)
        },
    },
    {
        name: "a letter in the page: a wrong password, then the right one; text after a press",
        async run(world, _browser, shared) {
            const vector = vectors.get("a text with a subject")
            const tab = await show(shared, armored(bytesOf(vector.name)))
            await tab.waitText("There is a sealed letter in this page.")
            await world.shot(tab, "letter-inside")
            await unlock(tab, "not the password")
            assert.match(await failure(tab), /That is not the password/)
            await world.shot(tab, "wrong-password")
            await read(tab)
            assert.doesNotMatch(await tab.text(), /\bkeys\b|\bmat\b/)
            await world.shot(tab, "opened")
            assert.equal(await revealed(tab), vector.text)
            assert.equal(await tab.text("#subject-text"), vector.subject)
            await world.shot(tab, "revealed")
            await tab.click("#again")
            assert.equal(await tab.text("#text"), "")
            await tab.waitFor("#pick")
        },
    },
    {
        name: "what stock age sealed opens at its usual cost; pasted, chosen, and out of a page",
        async run(world, _browser, shared) {
            const tab = await show(shared)
            await world.shot(tab, "empty")
            const words = "where the river bends"
            const file = await sealedByTypage("Sealed by typage.\n", words, 18)
            await give(shared, "sealed.age", file)
            await read(tab, words)
            assert.equal(await revealed(tab), "Sealed by typage.")

            await show(shared)
            await tab.eval(
                (text) => {
                    document.getElementById("paste").value = text
                },
                `Hello,\n> quoted\n${armored(file)}\n-- \nsent from a phone`,
            )
            await tab.click("#take")
            await read(tab, words)

            await show(shared)
            const page = shared.html.replace(
                EMPTY,
                `<pre id="sealed" hidden>\n${armored(file)}</pre>`,
            )
            await give(shared, "page.html", Buffer.from(page))
            await read(tab, ` ${words} `)
            assert.equal(await revealed(tab), "Sealed by typage.")
        },
    },
    {
        name: "ours opens with typage",
        async run() {
            const decrypter = new Decrypter()
            decrypter.addPassphrase(PASSWORD)
            const entity = await decrypter.decrypt(bytesOf("a text with a subject"), "text")
            assert.match(entity, /^MIME-Version: 1\.0\r\n[\s\S]*\r\n\r\nDear Bob,\r\n/)
        },
    },
    {
        name: "a file is saved whole, as .bin until the person takes a name",
        async run(world, _browser, shared) {
            const tab = await show(shared)
            await give(shared, "sealed-lake.age", bytesOf("a name that turns its end around"))
            await read(tab)
            assert.equal(await tab.state("#withheld"), "hidden")
            assert.equal(await tab.text("#claimed-name"), "invoicefdp.exe")
            await world.shot(tab, "file")
            await tab.click("#download")
            assert.equal((await saved(shared, "opened.bin")).toString(), "MZ")

            await show(shared)
            const vector = vectors.get("a file with a name")
            await give(shared, "sealed-hill.age", armored(bytesOf(vector.name)))
            await read(tab)
            await tab.click("#use-name")
            await tab.click("#download")
            const bytes = await saved(shared, vector.claimed)
            assert.deepEqual(bytes, Buffer.from(vector.content, "base64"))
        },
    },
    {
        name: "several megabytes, in pieces; nothing of a file with a changed end",
        async run(_world, _browser, shared) {
            const tab = await show(shared)
            const content = Buffer.alloc(9_000_000, 0)
            for (let at = 0; at < content.length; at += 1000) content.writeUInt32BE(at, at)
            const file = await sealedByTypage(content, PASSWORD, 10)
            await give(shared, "large.age", file)
            await read(tab)
            await tab.click("#download")
            const bytes = await saved(shared, "opened.bin")
            assert.ok(bytes.equals(content), `${bytes.length} bytes`)

            await show(shared)
            file[file.length - 1] ^= 1
            await give(shared, "changed.age", file)
            await unlock(tab, PASSWORD)
            assert.match(await failure(tab), /damaged or changed/)
            assert.equal(await tab.state("#opened"), "hidden")
        },
    },
    {
        name: "a vector of each kind: opened, or refused in words",
        async run(_world, _browser, shared) {
            const words = {
                "wrong-password": /That is not the password/,
                "work-factor-too-high": /more time and memory/,
                "malformed-header": /damaged or changed|nothing sealed/,
                "not-a-recipient": /sealed to a person's key/,
                "newer-version": /newer program/,
                truncated: /part of it is missing/,
                tampered: /damaged or changed/,
            }
            for (const vector of oneOfEach()) {
                const { tab } = shared
                await show(shared)
                await give(shared, "vector.age", Buffer.from(vector.file, "base64"))
                await until(
                    async () => (await tab.has("#password")) || (await tab.has("#failure")),
                    {
                        timeout: 20_000,
                        what: () => `${vector.name}: neither taken nor refused`,
                    },
                )
                if (await tab.has("#password")) await unlock(tab, vector.password)
                if (vector.expect === "refused") {
                    assert.match(await failure(tab), words[vector.code], vector.name)
                    assert.equal(await tab.state("#opened"), "hidden", vector.name)
                    continue
                }
                await tab.waitFor("#opened", { timeout: SCRYPT_MS })
                if (typeof vector.text === "string" && vector.text !== "") {
                    assert.equal(await revealed(tab), vector.text, vector.name)
                    assert.equal(await tab.count("#text *, #subject-text *"), 0, vector.name)
                }
                if (vector.expect !== "text") assert.equal(await tab.state("#save"), "ready")
            }
        },
    },
    {
        name: "French, dark and narrow, with the keyboard alone",
        async run(world, _browser, shared) {
            const tab = await show(shared, armored(bytesOf("a text that looks like markup")))
            await tab.click("#language")
            await tab.waitText("Il y a une lettre scellée dans cette page.")
            assert.equal(await tab.eval(() => document.documentElement.lang), "fr")
            const missing = await tab.eval(
                () =>
                    [...document.querySelectorAll("[data-t]")].filter(
                        (one) => one.textContent === "",
                    ).length,
            )
            assert.equal(missing, 0)
            if (tab.page) {
                await tab.page.emulateMediaFeatures([
                    { name: "prefers-color-scheme", value: "dark" },
                ])
                await tab.page.setViewport({ width: 340, height: 780 })
            }
            await world.shot(tab, "narrow-dark-french")
            await tab.type("#password", PASSWORD)
            await tab.press("Enter")
            await tab.waitFor("#opened", { timeout: SCRYPT_MS })
            assert.equal(
                await tab.eval(() => document.activeElement.id),
                "opened-title",
                "the focus goes to what is new",
            )
            await tab.press("Tab")
            assert.equal(await tab.eval(() => document.activeElement.id), "reveal")
            await tab.press("Enter")
            await tab.waitText("onerror=alert(1)", { within: "#text" })
            await world.shot(tab, "markup-narrow-dark-french")
            const wide = await tab.eval(
                () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
            )
            assert.ok(wide <= 0, `${wide} pixels stick out`)
            if (tab.page) {
                await tab.page.emulateMediaFeatures([])
                await tab.page.setViewport(null)
            }
        },
    },
    {
        name: "no script gets in and no request gets out",
        async run(_world, browser, shared) {
            const tab = await show(shared)
            const tried = await tab.eval(async () => {
                const script = document.createElement("script")
                try {
                    script.textContent = "document.title = 'taken over'"
                } catch {
                    // Trusted types refuse it before the policy does.
                }
                document.body.append(script)
                const image = new Image()
                image.src = "http://127.0.0.1:9/x.png"
                document.body.append(image)
                return fetch("http://127.0.0.1:9/")
                    .then(() => "answered")
                    .catch(() => "refused")
            })
            assert.equal(tried, "refused")
            assert.equal(await tab.title(), "Sotto reader")
            const strangers = shared.asked.filter((host) => !OWN_HOSTS.test(host))
            if (browser === "firefox") assert.deepEqual(strangers, [])
            if (shared.requests) {
                const sent = shared.requests.filter((url) => !/^(file|about|blob|data):/.test(url))
                // The policy refuses what the test itself has tried before it is sent.
                assert.deepEqual(
                    sent.filter((url) => !url.startsWith("http://127.0.0.1:9/")),
                    [],
                )
                assert.ok(!shared.asked.some((host) => host.includes("127.0.0.1:9")))
            }
        },
    },
]
