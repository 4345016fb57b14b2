// A line in a chat that splits what is long: a message each, with time and name between the pieces.

import { strict as assert } from "node:assert"
import { acquainted, bytesOf, sealedBlock } from "../story/pair.mjs"

/** As The Lounge writes a message; it splits at 350 characters. */
const message = (text, at) => `<div class="msg" data-type="message">
<span class="time tooltipped"><span>02:${String(at % 60).padStart(2, "0")}</span></span>
<span class="from"><span class="only-copy">&lt; </span><span role="button" class="user color-11">alice</span><span class="only-copy">&gt; </span></span>
<span class="content">${text}</span></div>`

const lineOf = (block) => `sotto1.${bytesOf(block).toString("base64url")}.`
const piecesOf = (line, length) => line.match(new RegExp(`.{1,${length}}`, "g")) ?? []

export async function setUp(world, browser) {
    const pair = await acquainted(world, browser)
    return { ...pair, line: lineOf(await sealedBlock(pair.alice, pair.bob, "Said in a chat.")) }
}

export const tests = [
    {
        name: "a line split into many messages opens as one letter",
        async run(world, _browser, { bob, editors, line }) {
            const talk = ["hello", ...piecesOf(line, 350), "did you get it?"].map(message)
            editors.put(talk.join("\n"))
            const page = await bob.profile.page(`${editors.origin}/show`)
            const read = await bob.read(page)
            assert.equal(read.text, "Said in a chat.")
            await page.waitText(/hello[\s\S]*did you get it\?/)
            await world.shot(page, "split-line")
            await page.close()
        },
    },
    {
        name: "pieces that come one after the other are one letter once the last is there",
        async run(_world, _browser, { bob, editors, line }) {
            editors.put('<div id="talk"></div>')
            const page = await bob.profile.page(`${editors.origin}/show`)
            await page.waitFor("#talk", { state: ["ready", "hidden"] })
            // The last piece is the full stop alone.
            const pieces = [...piecesOf(line.slice(0, -1), 350), "."]
            await page.eval((messages) => {
                const talk = document.querySelector("#talk")
                const add = () => {
                    const next = messages.shift()
                    if (next === undefined) return
                    talk.insertAdjacentHTML("beforeend", next)
                    // The last one late, when nothing looks again by itself any more.
                    setTimeout(add, messages.length === 1 ? 1000 : 20)
                }
                add()
            }, pieces.map(message))
            const read = await bob.read(page)
            assert.equal(read.text, "Said in a chat.")
            await page.close()
        },
    },
]
