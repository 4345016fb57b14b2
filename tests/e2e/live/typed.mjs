// From the press of Enter on one person's chat page until the words stand on the other's.

import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { until } from "../drivers/until.mjs"
import { startRelay } from "../services/relay.mjs"
import { OUT } from "../story/world.mjs"
import { meetAt } from "./meet.mjs"
import { Side } from "./side.mjs"

const TIMED = 30

/** Words into the field of a chat page, and Enter. */
export async function write(chat, text) {
    await chat.type("@say-text", text)
    await chat.press("Enter")
}

/** The page notes when words of ours are there, and when Enter is pressed, as it hears it. */
function watch(chat) {
    return chat.eval(() => {
        const { dataset } = document.documentElement
        const look = () => {
            for (const it of document.querySelectorAll("[data-test=message-text]")) {
                const number = it.textContent.match(/timed (\d+)\./)?.[1]
                if (number) dataset[`told${number}`] ??= Date.now()
            }
        }
        const tree = { childList: true, subtree: true, characterData: true }
        new MutationObserver(look).observe(document.body, tree)
        const press = ({ key }) => {
            if (key === "Enter") dataset.pressed = Date.now()
        }
        addEventListener("keydown", press, true)
    })
}

const noted = (chat, name) =>
    chat.eval((name) => Number(document.documentElement.dataset[name] ?? 0), name)

/** How long each of 30 messages took, in ms, the shortest first. The pages are open at the conversation. */
export async function typedToShown(from, to) {
    await watch(from)
    await watch(to)
    const took = []
    for (let number = 0; number < TIMED; number += 1) {
        await write(from, `timed ${number}.`)
        const shown = await until(() => noted(to, `told${number}`), {
            timeout: 10_000,
            every: 20,
            what: () => `timed ${number} is not shown`,
        })
        took.push(shown - (await noted(from, "pressed")))
    }
    return took.sort((one, other) => one - other)
}

/** Says and keeps it; the median. */
export async function report(took, browser) {
    const p50 = took[Math.floor(took.length / 2)]
    const p95 = took[Math.floor(took.length * 0.95)]
    console.log(`    typed to shown, page to page (${browser}): p50 ${p50} ms, p95 ${p95} ms`)
    await mkdir(OUT, { recursive: true })
    await writeFile(join(OUT, `typed-${browser}.json`), JSON.stringify({ p50, p95, took }))
    return p50
}

/** The whole of it between Chromium and `browser`, for the bench. */
export async function measure(world, browser) {
    const relay = await startRelay()
    world.onEnd(() => relay.close())
    const sides = [
        await Side.open(world, "chromium", "Alice"),
        await Side.open(world, browser, "Bob"),
    ]
    await meetAt(relay, ...sides)
    const pages = []
    for (const { profile, talk } of sides) {
        const page = await profile.page(profile.extensionPath(`pages/chat.html#talk=${talk}`))
        await page.waitFor("@say-text")
        pages.push(page)
    }
    return typedToShown(...pages)
}
