/**
 * Scrolls ten seconds through a conversation of 100,000 messages and counts frames and elements.
 *
 * The messages come from the stand-in, so what is measured is the page: painting, measuring and
 * asking for what comes into sight.
 */

import { mkdir, writeFile } from "node:fs/promises"
import puppeteer, { type Browser, type CDPSession, type Page } from "puppeteer-core"
import { MANY } from "./chat.ts"
import { bundle, listen } from "./stand.ts"

const SECONDS = 10
/** Pixels a second: as fast as a hand turns a wheel. */
const SPEED = 4_000
const FRAME_BAR_MS = 20
const NODES_BAR = 150

interface Seen {
    frames: number[]
    elements: number
    moved: number
    first: number
    absent: number
}

/** Frames as the page has them, and the most elements there were in the log. */
function watch(): void {
    const seen: Seen = { frames: [], elements: 0, moved: 0, first: Number.MAX_VALUE, absent: 0 }
    const log = document.querySelector<HTMLElement>("[data-test=log]")
    if (!log) throw new Error("there is no log")
    Object.assign(globalThis, { seen })
    let before = performance.now()
    let top = log.scrollTop
    const frame = (now: number) => {
        seen.frames.push(now - before)
        before = now
        seen.moved += Math.abs(log.scrollTop - top)
        top = log.scrollTop
        seen.elements = Math.max(seen.elements, log.querySelectorAll("*").length)
        const row = log.querySelector<HTMLElement>("[data-position]")
        if (row) seen.first = Math.min(seen.first, Number(row.getAttribute("data-position")))
        if (log.querySelector(".said-absent")) seen.absent += 1
        requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
}

const quantile = (list: readonly number[], part: number) =>
    [...list].sort((a, b) => a - b)[Math.floor(list.length * part)] ?? Number.NaN

/** The main thread's work in seconds since the page began. */
async function worked(client: CDPSession): Promise<number> {
    const { metrics } = await client.send("Performance.getMetrics")
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN
}

interface Ride extends Seen {
    /** Work of the main thread for each frame, in ms. */
    work: number
}

async function scroll(page: Page, speed: number): Promise<Ride> {
    await page.evaluate(watch)
    const client = await page.createCDPSession()
    await client.send("Performance.enable")
    const before = await worked(client)
    await client.send("Input.synthesizeScrollGesture", {
        x: 700,
        y: 400,
        yDistance: speed * SECONDS,
        speed,
        gestureSourceType: "mouse",
    })
    const after = await worked(client)
    const seen = await page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen)
    return { ...seen, work: ((after - before) * 1_000) / seen.frames.length }
}

async function main(): Promise<void> {
    await bundle()
    const { port, close } = await listen()
    const browser = await puppeteer.launch({
        executablePath: "/usr/bin/chromium",
        headless: true,
        args: ["--no-sandbox"],
        protocolTimeout: 60_000,
    })
    try {
        const page = await browser.newPage()
        await page.setViewport({ width: 1100, height: 800 })
        await page.goto(
            `http://127.0.0.1:${port}/pages/chat.html?scene=chat-many#talk=${"0b".repeat(16)}`,
        )
        await page.waitForSelector(`[data-position="${MANY - 1}"]`)
        const ours = await scroll(page, SPEED)
        await page.close()
        await report(ours, await scroll(await still(browser, port), SPEED))
    } finally {
        await browser.close()
        close()
    }
}

/**
 * As many rows as are passed, in a document without any script: what the machine gives at best. Its
 * frames have the same bounds as ours, from the same browser.
 */
async function still(browser: Browser, port: number): Promise<Page> {
    const page = await browser.newPage()
    await page.setViewport({ width: 1100, height: 800 })
    await page.goto(`http://127.0.0.1:${port}/pages/chat.html?scene=chat-locked`)
    await page.evaluate(() => {
        const row = `<article class="said"><div class="bubble"><div class="bubble-text">The relay keeps
            sealed messages</div><span class="bubble-foot">14:05</span></div></article>`
        document.body.innerHTML = `<div data-test="log">${row.repeat(1_200)}</div>`
        const log = document.querySelector<HTMLElement>("[data-test=log]")
        if (!log) return
        Object.assign(log.style, { height: "800px", overflowY: "auto" })
        log.scrollTop = log.scrollHeight
    })
    return page
}

const tenth = (value: number) => Math.round(value * 10) / 10

async function report(ours: Ride, stillPage: Ride): Promise<void> {
    const { frames, elements, moved, first, absent } = ours
    const p95 = tenth(quantile(frames, 0.95))
    const theirs = tenth(quantile(stillPage.frames, 0.95))
    const none = { peer: null, theirs: null, ratio: null }
    const peer = { peer: "a page without scripts", theirs, ratio: tenth(p95 / theirs) }
    const reached = MANY - first
    const rows = [
        {
            id: "scroll.p95",
            unit: "ms",
            ours: p95,
            bar: FRAME_BAR_MS,
            holds: p95 <= FRAME_BAR_MS,
            ...peer,
        },
        {
            id: "scroll.work",
            unit: "ms/frame",
            ours: tenth(ours.work),
            bar: null,
            holds: true,
            peer: peer.peer,
            theirs: tenth(stillPage.work),
            ratio: null,
        },
        {
            id: "scroll.nodes",
            unit: "elements",
            ours: elements,
            bar: NODES_BAR,
            holds: elements <= NODES_BAR,
        },
        // A log that stands still has fine frames: it must have come somewhere.
        { id: "scroll.messages", unit: "messages", ours: reached, bar: 300, holds: reached >= 300 },
    ].map((row) => ({ ...none, ...row }))
    const more = {
        frames: frames.length,
        p50: quantile(frames, 0.5),
        p99: quantile(frames, 0.99),
        pixels: Math.round(moved),
        framesWithPlaceholders: absent,
    }
    console.table(rows)
    console.log(more)
    await mkdir("target/bench", { recursive: true })
    await writeFile("target/bench/chat.json", JSON.stringify({ rows, more }, undefined, 2))
}

await main()
