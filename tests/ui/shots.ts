/**
 * Takes a picture of every surface in every state: `node tests/ui/run.mjs [part of a name]`.
 *
 * It fails when a surface logs an error, scrolls sideways, or lacks a hook that a scene uses; the
 * pictures in target/screens/ are for eyes.
 */

import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import puppeteer, { type Browser, type Page, type SerializedAXNode } from "puppeteer-core"
import { type Scene, type Step, scenes } from "./scenes.ts"
import { bundle, listen } from "./stand.ts"

const ROOT = process.cwd()
const OUT = join(ROOT, "target/screens")
interface Look {
    name: string
    width: number
    height: number
    dark?: boolean
    lang?: string
}

const TAB: Look = { name: "light", width: 1100, height: 800 }
const PANEL: Look = { name: "light", width: 400, height: 700 }

/** A wide and a narrow one in light, and the rest of the ways a surface is seen. */
function looksOf(scene: Scene): Look[] {
    const base = scene.wide ? TAB : PANEL
    const narrow = { ...base, width: 360 }
    return [
        base,
        { ...base, name: "dark", dark: true },
        { ...narrow, name: "narrow" },
        { ...narrow, name: "fr", lang: "fr" },
        // The side panel as a browser opens it in a small window.
        ...(scene.page === "panel.html" ? [{ ...narrow, name: "short", height: 445 }] : []),
    ]
}

async function follow(page: Page, steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
        if ("give" in step) {
            await give(page, step.give, step.files)
            continue
        }
        if ("wait" in step) {
            await page.waitForSelector(`[data-test="${step.wait}"]`, { timeout: 4_000 })
            continue
        }
        if ("key" in step) {
            await page.focus(`[data-test="${step.in}"]`)
            await page.keyboard.press(step.key)
            await new Promise((resolve) => setTimeout(resolve, 80))
            continue
        }
        const hook = "press" in step ? step.press : step.fill
        const element = await page.waitForSelector(`[data-test="${hook}"]`, { timeout: 4_000 })
        if (!element) throw new Error(`no ${hook}`)
        if ("press" in step) {
            const summary = await element.$("summary")
            await (summary ?? element).click()
        } else {
            await element.click()
            await page.keyboard.sendCharacter(step.with)
        }
        await new Promise((resolve) => setTimeout(resolve, 80))
    }
}

/** As if the browser's own picker had given them. */
async function give(page: Page, hook: string, names: readonly string[]): Promise<void> {
    const selector = `[data-test="${hook}"]`
    await page.waitForSelector(selector, { timeout: 4_000 })
    await page.$eval(
        selector,
        (field, given) => {
            const sealed = "age-encryption.org/v1\n"
            const transfer = new DataTransfer()
            for (const name of given)
                transfer.items.add(
                    new File([name.endsWith(".age") ? sealed : "x".repeat(48_213)], name),
                )
            const input = field as HTMLInputElement
            input.files = transfer.files
            input.dispatchEvent(new Event("change", { bubbles: true }))
        },
        names,
    )
    await new Promise((resolve) => setTimeout(resolve, 80))
}

const NAMED = new Set([
    "button",
    "link",
    "textbox",
    "combobox",
    "switch",
    "checkbox",
    "tab",
    "image",
])

/** What a screen reader would announce by its role alone. */
function nameless(node: SerializedAXNode | null): string[] {
    if (!node) return []
    const own = NAMED.has(node.role) && !node.name ? [`a ${node.role} without a name`] : []
    return [...own, ...(node.children ?? []).flatMap(nameless)]
}

async function shoot(browser: Browser, origin: string, name: string, scene: Scene, look: Look) {
    const page = await browser.newPage()
    const faults: string[] = []
    page.on("console", (line) => line.type() === "error" && faults.push(line.text()))
    page.on("pageerror", (error) => faults.push(String(error)))
    await page.emulateMediaFeatures([
        { name: "prefers-color-scheme", value: look.dark ? "dark" : "light" },
        { name: "prefers-reduced-motion", value: "reduce" },
    ])
    const popup = scene.page === "popup.html"
    await page.setViewport({ width: popup ? 360 : look.width, height: look.height })
    const [path, fragment] = scene.page.split("#")
    const query = new URLSearchParams({ scene: name, lang: look.lang ?? "en" })
    await page.goto(`${origin}/pages/${path}?${query}${fragment ? `#${fragment}` : ""}`)
    try {
        await page.waitForFunction(() => document.querySelector("[data-test]") !== null)
        await new Promise((resolve) => setTimeout(resolve, 150))
        await follow(page, scene.steps ?? [])
        await new Promise((resolve) => setTimeout(resolve, 250))
    } catch (error) {
        faults.push(String(error))
    }
    if (scene.printed) {
        await page.emulateMediaType("print")
        await page.evaluate((name) => document.body.classList.add(name), scene.printed)
    }
    const sideways = await page.evaluate(
        () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    )
    if (sideways) faults.push("scrolls sideways")
    if (look.name === "light") faults.push(...nameless(await page.accessibility.snapshot()))
    await page.screenshot({
        path: join(OUT, `${name}.${look.name}.png`),
        fullPage: await asLongAsItIs(page, scene),
    })
    await page.close()
    return faults.map((fault) => `${name}.${look.name}: ${fault}`)
}

/** A panel and a question in front of the page are seen as the window shows them. */
async function asLongAsItIs(page: Page, scene: Scene): Promise<boolean> {
    const asTheWindow = scene.page === "panel.html" || scene.page.startsWith("chat.html")
    return !asTheWindow && (await page.$("dialog[open]")) === null
}

interface Shot {
    name: string
    scene: Scene
    look: Look
}

function shotsOf(wanted: string): Shot[] {
    const named = Object.entries(scenes).filter(([name]) => name.includes(wanted))
    return named.flatMap(([name, scene]) => looksOf(scene).map((look) => ({ name, scene, look })))
}

/** One browser, taking the next picture until there is none: focus is a browser's, not a page's. */
async function take(shots: Iterator<Shot>, origin: string, faults: string[]): Promise<void> {
    const browser = await puppeteer.launch({
        executablePath: "/usr/bin/chromium",
        headless: true,
        args: ["--no-sandbox"],
        protocolTimeout: 60_000,
    })
    try {
        for (let next = shots.next(); next.done !== true; next = shots.next()) {
            const { name, scene, look } = next.value
            faults.push(...(await shoot(browser, origin, name, scene, look)))
        }
    } finally {
        await browser.close()
    }
}

async function main(): Promise<void> {
    const shots = shotsOf(process.argv[2] ?? "")
    await mkdir(OUT, { recursive: true })
    await bundle()
    const { port, close } = await listen()
    const faults: string[] = []
    const rest = shots.values()
    // A picture is mostly waiting: three browsers keep two cores busy.
    const takers = [1, 2, 3].map(() => take(rest, `http://127.0.0.1:${port}`, faults))
    try {
        await Promise.all(takers)
    } finally {
        close()
    }
    console.log(`${shots.length} pictures in target/screens, ${faults.length} faults`)
    await writeFile(join(OUT, "faults.txt"), faults.join("\n"))
    for (const fault of faults.sort()) console.log(fault)
    if (faults.length > 0) process.exitCode = 1
}

await main()
