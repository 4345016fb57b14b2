// `cargo xtask bench chat`: ten seconds of scrolling through a conversation of 100,000 messages, in
// Chromium, with the chat page as it is and a stand-in for the background; then what two real
// browsers take over a real relay, from the press of Enter to the words on the other's page.

import { readFile, writeFile } from "node:fs/promises"
import { measure, report } from "../e2e/live/typed.mjs"
import { World } from "../e2e/story/world.mjs"
import { runBundled } from "../ui/bundled.mjs"

const RESULT = "target/bench/chat.json"
const TYPED_BAR_MS = 100

async function typed(browser) {
    const world = new World({ folder: `bench-chat-${browser}` })
    try {
        return await report(await measure(world, browser), browser)
    } finally {
        await world.end()
    }
}

await runBundled("scroll")
const result = JSON.parse(await readFile(RESULT, "utf8"))
for (const browser of ["chromium", "firefox"]) {
    const ours = await typed(browser)
    result.rows.push({
        id: `typed.${browser}.p50`,
        unit: "ms",
        ours,
        peer: null,
        theirs: null,
        ratio: null,
        bar: TYPED_BAR_MS,
        holds: ours <= TYPED_BAR_MS,
    })
}
console.table(result.rows.filter(({ id }) => id.startsWith("typed")))
await writeFile(RESULT, JSON.stringify(result, undefined, 2))
process.exit(0)
