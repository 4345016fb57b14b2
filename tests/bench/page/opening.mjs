// Opening a letter where it lies: from the trusted click to the picture with its text.

import { pause, until } from "../../e2e/drivers/until.mjs"
import { escaped } from "../../hostile/server.mjs"
import { HOST } from "./detection.mjs"
import { clickToText, ourCalls } from "./trace.mjs"

const CATEGORIES = ["devtools.timeline", "loading", "blink.user_timing"]
/** Long enough for any opening that is worth a figure. */
const WATCHED_MS = 1500

const isMainButton = ({ nodeName, attributes = [] }) =>
    nodeName === "BUTTON" && attributes.includes("main")

/** One opening in a page of its own. */
async function openOnce(browser, url, cold) {
    const tab = await browser.page(url)
    await tab.front()
    await until(async () => (await tab.count(HOST)) === 1, {
        timeout: 20_000,
        what: () => "the block was not found",
    })
    const button = await tab.middleOf(isMainButton)
    // The page is quiet and nothing of its arrival is under way any more.
    await pause(1000)
    if (cold) await browser.killWorker()
    const { events } = await browser.traced(CATEGORIES, async () => {
        await tab.press(button)
        await pause(WATCHED_MS)
    })
    await tab.close()
    return { ms: clickToText(events), calls: ourCalls(events), events }
}

/**
 * `runs` openings, with the background's worker running or (`cold`) stopped right before the click.
 * The first opening of a browser is nobody's measure: its caches are empty.
 */
export async function openings(browser, web, block, { runs, cold, kept = () => {} }) {
    const url = web.page("/open", `<pre>${escaped(block)}</pre>`, { spied: false })
    await openOnce(browser, url, cold)
    const opened = []
    for (let run = 0; run < runs; run += 1) {
        const { ms, calls, events } = await openOnce(browser, url, cold)
        kept(events, run)
        opened.push({ ms, calls })
    }
    return opened
}
