// The same in Firefox, as far as it can be told there: it has no trace that knows our calls from the
// page's. Times of pictures are the browser's own paint timing; the share of a core is the difference
// that Sotto makes to the time of all content processes.

import { until } from "../../e2e/drivers/until.mjs"
import { escaped } from "../../hostile/server.mjs"
import { BLOCKS, build, CALM_MS, HOST, insertions, PER_SECOND, unrelated } from "./detection.mjs"

/** From the click (its own time stamp) to the first picture of the inner frame, which is its text. */
export async function openOnce(profile, web, block, cold) {
    const tab = await profile.page(
        web.page("/open", `<pre>${escaped(block)}</pre>`, { spied: false }),
    )
    await tab.waitFor(`${HOST} >>> button.main`)
    await tab.eval(() => {
        addEventListener(
            "click",
            ({ timeStamp }) => {
                window.clicked = performance.timeOrigin + timeStamp
            },
            true,
        )
    })
    if (cold) await profile.killWorker()
    await tab.click(`${HOST} >>> button.main`)
    const frame = await tab.frameOf("frame/frame.html")
    const inner = await frame.frameIn("iframe.inner")
    const painted = await until(
        () =>
            inner.eval(() => {
                const [first] = performance.getEntriesByName("first-contentful-paint")
                return first && performance.timeOrigin + first.startTime
            }),
        { timeout: 10_000, what: () => "the text is in no picture" },
    )
    const clicked = await tab.eval(() => window.clicked)
    await tab.close()
    return painted - clicked
}

/** One page: blocks come whole and line by line. */
export async function detection(profile, url, block, nodes, each) {
    const tab = await profile.page(url)
    await tab.eval(build, nodes, BLOCKS, block)
    await until(async () => (await tab.count(HOST)) === BLOCKS, {
        timeout: 60_000,
        what: () => "blocks are missing",
    })
    const lines = block.trim().split("\n")
    const times = {
        whole: await tab.eval(insertions, each, lines, false),
        lines: await tab.eval(insertions, each, lines, true),
    }
    const used = await contentTime(profile, () => tab.eval(unrelated, CALM_MS, PER_SECOND))
    await tab.close()
    return { ...times, used }
}

/** What the content processes use, in ms, for the same page where Sotto is not let in. */
export async function withoutSotto(profile, url, block, nodes) {
    const tab = await profile.page(url.replace("127.0.0.1", "localhost"))
    await tab.eval(build, nodes, BLOCKS, block)
    const used = await contentTime(profile, () => tab.eval(unrelated, CALM_MS, PER_SECOND))
    await tab.close()
    return used
}

async function contentTime(profile, work) {
    const read = () =>
        profile.chrome(`const done = arguments[0]
            ChromeUtils.requestProcInfo().then(({ children }) =>
                done(children.reduce((sum, { cpuTime }) => sum + cpuTime, 0) / 1e6))`)
    const before = await read()
    await work()
    return (await read()) - before
}
