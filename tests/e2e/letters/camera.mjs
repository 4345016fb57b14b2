// Comparing by camera: the code on one screen, seen by the camera of the other.

import { strict as assert } from "node:assert"
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Person } from "../story/person.mjs"

const WIDTH = 640
const HEIGHT = 480
const DARK = 20
const LIGHT = 235
const VERIFIED = "[data-test=contact][data-trust=verified]"

/** One picture as a film (YUV4MPEG2), as Chromium's camera for tests plays it. `dark` by pixel. */
function film(dark) {
    const luma = Buffer.alloc(WIDTH * HEIGHT, LIGHT)
    for (let y = 0; y < HEIGHT; y += 1)
        for (let x = 0; x < WIDTH; x += 1) if (dark(x, y)) luma[y * WIDTH + x] = DARK
    const chroma = Buffer.alloc((WIDTH * HEIGHT) / 2, 128)
    const head = `YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420\n`
    const frame = Buffer.concat([Buffer.from("FRAME\n"), luma, chroma])
    return Buffer.concat([Buffer.from(head), frame, frame])
}

/** What the camera sees when it is turned on next. One that still runs reads on in the former film. */
async function show(camera, picture) {
    await writeFile(`${camera}.new`, picture)
    await rename(`${camera}.new`, camera)
}

/** The code that stands on a screen, as a camera sees it. */
async function filmOf(tab) {
    const { side, modules } = await tab.eval(() => {
        const svg = document.querySelector("[data-test=qr]")
        const path = svg.querySelector("path").getAttribute("d")
        const modules = [...path.matchAll(/M(\d+) (\d+)h1v1h-1z/gu)].map(([, x, y]) => `${x} ${y}`)
        return { side: svg.viewBox.baseVal.width, modules }
    })
    assert.ok(modules.length > 100, "a code is shown")
    const dark = new Set(modules)
    const scale = Math.floor(HEIGHT / side)
    const left = Math.floor((WIDTH - side * scale) / 2)
    return film((x, y) => dark.has(`${Math.floor((x - left) / scale)} ${Math.floor(y / scale)}`))
}

async function codeOf(person, address) {
    const tab = await person.contact(address)
    await tab.click("@compare-way-code")
    await tab.waitFor("@qr")
    return tab
}

export async function setUp(world, browser) {
    const folder = await mkdtemp(join(tmpdir(), "e2e-camera-"))
    world.onEnd(() => rm(folder, { recursive: true, force: true }))
    const camera = join(folder, "camera.y4m")
    await show(
        camera,
        film(() => false),
    )
    const args = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        `--use-file-for-fake-video-capture=${camera}`,
    ]
    const isChromium = browser === "chromium"
    const alice = await Person.install(world, browser, "Alice", isChromium ? { args } : {})
    const bob = await Person.install(world, browser, "Bob")
    const carol = isChromium ? await Person.install(world, browser, "Carol") : undefined
    for (const person of [alice, bob, carol]) await person?.createIdentity()
    await introduce(alice, bob)
    return { alice, bob, carol, camera }
}

async function introduce(one, other) {
    await one.addCard(await other.ownCard())
    await other.addCard(await one.ownCard())
}

export const tests = [
    {
        name: "without a camera the words and the number remain, and it is said",
        async run(_world, _browser, { alice, bob }) {
            const tab = await codeOf(bob, alice.address)
            await tab.click("@scan")
            await tab.waitGone("@scan-stop", { timeout: 30_000 })
            await tab.waitGone("@scan")
            await bob.shot(tab, "no-camera")
            await tab.click("@compare-way-words")
            await tab.waitFor("@words")
            await tab.close()
        },
    },
    {
        name: "a code of somebody else verifies nobody, and says so",
        browsers: ["chromium"],
        async run(_world, _browser, { alice, bob, carol, camera }) {
            await introduce(bob, carol)
            const shown = await codeOf(bob, carol.address)
            await show(camera, await filmOf(shown))
            const tab = await codeOf(alice, bob.address)
            await tab.click("@scan")
            await tab.waitFor("@failure", { timeout: 30_000 })
            await alice.shot(tab, "camera-other-code")
            assert.equal(await tab.attribute("@contact", "data-trust"), "known")
            await tab.close()
            await shown.close()
        },
    },
    {
        name: "the code on the other's screen, seen by the camera, verifies; the camera goes off",
        browsers: ["chromium"],
        async run(_world, _browser, { alice, bob, camera }) {
            const shown = await codeOf(bob, alice.address)
            await show(
                camera,
                film(() => false),
            )
            const tab = await codeOf(alice, bob.address)
            await tab.click("@scan")
            await tab.waitFor("@scan-stop")
            await alice.shot(tab, "camera-looks")
            await tab.click("@scan-stop")
            await tab.waitGone("video")
            await show(camera, await filmOf(shown))
            await tab.click("@scan")
            await tab.waitFor(VERIFIED, { timeout: 30_000 })
            assert.equal(await tab.has("video"), false)
            await alice.shot(tab, "camera-verified")
        },
    },
]
