// Finding blocks in a page while it changes, and what that costs the page.

import { pause, until } from "../../e2e/drivers/until.mjs"
import { ourCalls } from "./trace.mjs"

export const NODES = 100_000
export const BLOCKS = 200
export const HOST = "[data-sotto=block]"
export const CALM_MS = 5000
export const PER_SECOND = 100

/** A mail page of 100,000 nodes, most of them in panes of their own, 200 of them sealed blocks. */
export function build(nodes, blocks, text) {
    const pane = (id) => {
        const element = document.createElement("div")
        element.id = id
        element.style.cssText = "height:380px;overflow:auto;contain:strict"
        document.body.append(element)
        return element
    }
    pane("reader")
    const list = pane("list")
    const perMail = Math.floor(nodes / 1000)
    for (let mail = 0; mail < 1000; mail += 1) {
        const section = document.createElement("section")
        const rows = Math.floor((perMail - 3) / 6)
        section.innerHTML =
            Array.from(
                { length: rows },
                (_, row) => `<p>Mail ${mail}, line <b>${row}</b> of many.</p>`,
            ).join("") + "<i></i>".repeat(perMail - 1 - rows * 5)
        if (mail % (1000 / blocks) === 0) {
            const pre = document.createElement("pre")
            pre.textContent = text
            section.append(pre)
        }
        list.append(section)
    }
    const walker = document.createTreeWalker(document)
    let count = 1
    while (walker.nextNode()) count += 1
    return count
}

/** Inserts blocks and measures from the mutation to the picture with the placeholder in it, in ms. */
export async function insertions(count, lines, byLine) {
    const reader = document.getElementById("reader")
    const painted = () =>
        new Promise((resolve) => {
            requestAnimationFrame(() => {
                const { port1, port2 } = new MessageChannel()
                port1.onmessage = () => resolve(performance.now())
                port2.postMessage(0)
            })
        })
    const times = []
    for (let index = 0; index < count; index += 1) {
        await new Promise((resolve) => setTimeout(resolve, 20 + (index % 7) * 5))
        const mail = document.createElement("div")
        const placed = new Promise((resolve) => {
            const observer = new MutationObserver(() => {
                if (mail.querySelector("[data-sotto=block]") === null) return
                observer.disconnect()
                resolve()
            })
            observer.observe(mail, { childList: true, subtree: true })
        })
        let start = 0
        if (byLine) {
            reader.replaceChildren(mail)
            for (const [at, line] of lines.entries()) {
                const row = document.createElement("div")
                row.textContent = line
                start = performance.now()
                mail.append(row)
                if (at % 16 === 15) await new Promise((resolve) => setTimeout(resolve))
            }
        } else {
            mail.textContent = lines.join("\n")
            start = performance.now()
            reader.replaceChildren(mail)
        }
        await placed
        times.push((await painted()) - start)
    }
    return times
}

/** Changes that have nothing to do with Sotto, as an application makes them. */
export async function unrelated(ms, perSecond) {
    const reader = document.getElementById("reader")
    reader.replaceChildren()
    const end = performance.now() + ms
    let done = 0
    const begin = performance.now()
    while (performance.now() < end) {
        while (done < ((performance.now() - begin) / 1000) * perSecond) {
            const row = document.createElement("p")
            row.innerHTML = `Unrelated <b>change</b> ${done}`
            reader.prepend(row)
            if (reader.childElementCount > 30) reader.lastElementChild.remove()
            done += 1
        }
        await new Promise((resolve) => setTimeout(resolve, 4))
    }
    return done
}

/** One page: it is filled, blocks come whole and line by line, then it changes for itself. */
export async function detection(browser, url, block, insertionsEach) {
    const tab = await browser.page(url)
    await tab.front()
    const lines = block.trim().split("\n")
    const busy = await browser.traced(["devtools.timeline"], async () => {
        const nodes = await tab.eval(build, NODES, BLOCKS, block)
        if (nodes < NODES) throw new Error(`${nodes} nodes only`)
        await until(async () => (await tab.count(HOST)) === BLOCKS, {
            timeout: 60_000,
            what: () => "blocks are missing",
        })
        return {
            whole: await tab.eval(insertions, insertionsEach, lines, false),
            lines: await tab.eval(insertions, insertionsEach, lines, true),
        }
    })
    await pause(1000)
    const calm = await browser.traced(["devtools.timeline"], () =>
        tab.eval(unrelated, CALM_MS, PER_SECOND),
    )
    await tab.close()
    const used = ourCalls(calm.events).reduce((sum, { thread }) => sum + thread, 0)
    return { ...busy.result, calls: ourCalls(busy.events), cpu: (used / CALM_MS) * 100 }
}
