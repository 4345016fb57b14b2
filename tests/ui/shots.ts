/**
 * Takes a picture of every surface in every state: `node tests/ui/run.mjs [part of a name]`.
 *
 * It fails when a surface logs an error, scrolls sideways, lacks a hook that a scene uses, breaks a
 * rule of WCAG that a program can look at (`rules.ts`), or is not whole for the keyboard
 * (`keyboard.ts`); the pictures in target/screens/ are for eyes.
 */

import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import puppeteer, { type ElementHandle, type Page, type SerializedAXNode } from "puppeteer-core"
import { escaped, focusLost, walk } from "./keyboard.ts"
import { broken } from "./rules.ts"
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
/** Frames without a change, after which a surface is taken to rest; and when that is given up. */
const QUIET_FRAMES = 6
const RESTLESS_MS = 1_000
/** For what must come: a loaded machine takes long. */
const WAIT_MS = 60_000

/**
 * The ways a surface is seen, by how often it is loaded: once in each language, in English wide and
 * then made dark, narrow and short as it stands, in French narrow from the beginning.
 */
function looksOf(scene: Scene): [Look, ...Look[]][] {
    const base = scene.wide ? TAB : PANEL
    const narrow = { ...base, width: 360 }
    // The side panel as a browser opens it in a small window.
    const short = scene.page === "panel.html" ? [{ ...narrow, name: "short", height: 445 }] : []
    return [
        [base, { ...base, name: "dark", dark: true }, { ...narrow, name: "narrow" }, ...short],
        [{ ...narrow, name: "fr", lang: "fr" }],
    ]
}

/** Does what a person does. What the keyboard cannot do, or loses the focus over, is a fault. */
async function follow(page: Page, steps: readonly Step[], keys: boolean): Promise<string[]> {
    const faults: string[] = []
    for (const step of steps) {
        if ("give" in step) {
            await give(page, step.give, step.files)
            continue
        }
        if ("wait" in step) {
            await page.waitForSelector(`[data-test="${step.wait}"]`, { timeout: WAIT_MS })
            continue
        }
        if ("key" in step) {
            await page.focus(`[data-test="${step.in}"]`)
            await page.keyboard.press(step.key)
            await settle(page)
            continue
        }
        if ("chosen" in step) {
            const chosen = `[data-test="${step.chosen}"]:is([aria-checked=true], [aria-selected=true])`
            if ((await page.$(`${chosen}:focus`)) === null)
                faults.push(`${step.chosen} is not chosen by key`)
            continue
        }
        const hook = "press" in step ? step.press : step.fill
        const element = await page.waitForSelector(`[data-test="${hook}"]`, { timeout: WAIT_MS })
        if (!element) throw new Error(`no ${hook}`)
        if ("fill" in step) {
            await element.click()
            await page.keyboard.sendCharacter(step.with)
            await settle(page)
            continue
        }
        const control = (await element.$("summary")) ?? element
        await (keys ? pressByKey(page, control) : control.click())
        await settle(page)
        if (keys) faults.push(...(await focusLost(page, `pressing ${hook}`)))
    }
    return faults
}

async function pressByKey(page: Page, control: ElementHandle): Promise<void> {
    await control.focus()
    const isBox = await control.evaluate((it) => it.matches("input"))
    await page.keyboard.press(isBox ? "Space" : "Enter")
}

/** Until nothing has changed for some frames; what never rests is taken as it is. */
function settle(page: Page): Promise<void> {
    return page.evaluate(
        (quiet, longest) =>
            new Promise<void>((resolve) => {
                let frames = 0
                const end = performance.now() + longest
                const changes = new MutationObserver(() => {
                    frames = 0
                })
                const all = { attributes: true, characterData: true, childList: true }
                changes.observe(document, { ...all, subtree: true })
                const endless = (one: Animation) =>
                    one.effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY
                const look = () => {
                    const moves = document.getAnimations().some((one) => !endless(one))
                    frames = moves ? 0 : frames + 1
                    if (frames <= quiet && performance.now() < end) {
                        requestAnimationFrame(look)
                        return
                    }
                    changes.disconnect()
                    resolve()
                }
                requestAnimationFrame(look)
            }),
        QUIET_FRAMES,
        RESTLESS_MS,
    )
}

/** As if the browser's own picker had given them. */
async function give(page: Page, hook: string, names: readonly string[]): Promise<void> {
    const selector = `[data-test="${hook}"]`
    await page.waitForSelector(selector, { timeout: WAIT_MS })
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
    await settle(page)
}

const NAMED = new Set([
    "button",
    "link",
    "textbox",
    "combobox",
    "switch",
    "checkbox",
    "radio",
    "radiogroup",
    "tab",
    "tabpanel",
    "image",
])

/** What a screen reader would announce by its role alone. */
function nameless(node: SerializedAXNode | null): string[] {
    if (!node) return []
    const own = NAMED.has(node.role) && !node.name ? [`a ${node.role} without a name`] : []
    return [...own, ...(node.children ?? []).flatMap(nameless)]
}

/** One tab after another scene: what it says is that of the scene that it shows. */
interface Stand {
    page: Page
    origin: string
    /** Of the scene that is shown. */
    faults: string[]
}

async function shoot({ page, origin, faults }: Stand, { name, scene, looks }: Load): Promise<void> {
    const [first] = looks
    await page.emulateMediaType(undefined)
    // Not over what the last scene has pressed.
    await page.mouse.move(0, 0)
    await showAs(page, scene, first)
    const [path, fragment] = scene.page.split("#")
    const query = new URLSearchParams({ scene: name, lang: first.lang ?? "en" })
    await page.goto(`${origin}/pages/${path}?${query}${fragment ? `#${fragment}` : ""}`)
    try {
        await page.waitForFunction(() => document.querySelector("[data-test]") !== null)
        await settle(page)
        const told = await follow(page, scene.steps ?? [], first.lang !== undefined)
        faults.push(...told.map((it) => `${first.name}: ${it}`))
    } catch (error) {
        faults.push(`${first.name}: ${error}`)
    }
    if (scene.printed) {
        await page.emulateMediaType("print")
        await page.evaluate((name) => document.body.classList.add(name), scene.printed)
    }
    for (const look of looks) {
        if (look !== first) await showAs(page, scene, look)
        await settle(page)
        faults.push(...(await picture(page, name, scene, look)).map((it) => `${look.name}: ${it}`))
    }
    if (scene.printed || first.lang !== undefined) return
    const told = [...(await walk(page)), ...(await escaped(page, () => settle(page)))]
    faults.push(...told.map((it) => `keyboard: ${it}`))
}

async function showAs(page: Page, scene: Scene, look: Look): Promise<void> {
    await page.emulateMediaFeatures([
        { name: "prefers-color-scheme", value: look.dark ? "dark" : "light" },
        { name: "prefers-reduced-motion", value: "reduce" },
    ])
    const width = scene.page === "popup.html" ? 360 : look.width
    await page.setViewport({ width, height: look.height })
}

/** The picture, and what is wrong with what is on it. */
async function picture(page: Page, name: string, scene: Scene, look: Look): Promise<string[]> {
    const faults: string[] = []
    const sideways = await page.evaluate(() => {
        const wide = [document.documentElement, ...document.querySelectorAll(".page-bar nav")]
        return wide.some((one) => one.scrollWidth > one.clientWidth)
    })
    if (sideways) faults.push("scrolls sideways")
    if (look.name === "light") faults.push(...nameless(await page.accessibility.snapshot()))
    if (look.name === "light" || look.dark)
        faults.push(...(await broken(page, look.name === "dark")))
    await page.screenshot({
        path: join(OUT, `${name}.${look.name}.png`),
        fullPage: await asLongAsItIs(page, scene),
        optimizeForSpeed: true,
    })
    return faults
}

/** A panel and a question in front of the page are seen as the window shows them. */
async function asLongAsItIs(page: Page, scene: Scene): Promise<boolean> {
    const asTheWindow = scene.page === "panel.html" || scene.page.startsWith("chat.html")
    return !asTheWindow && (await page.$("dialog[open]")) === null
}

/** A scene in one language: loaded once, taken in some looks. */
interface Load {
    name: string
    scene: Scene
    looks: [Look, ...Look[]]
}

function loadsOf(wanted: string): Load[] {
    const named = Object.entries(scenes).filter(([name]) => name.includes(wanted))
    return named.flatMap(([name, scene]) => looksOf(scene).map((looks) => ({ name, scene, looks })))
}

/** One browser, taking the next load until there is none: focus is a browser's, not a page's. */
async function take(loads: Iterator<Load>, origin: string, faults: string[]): Promise<void> {
    const browser = await puppeteer.launch({
        executablePath: "/usr/bin/chromium",
        headless: true,
        args: ["--no-sandbox"],
        timeout: WAIT_MS,
        protocolTimeout: 300_000,
    })
    try {
        const stand: Stand = { page: await browser.newPage(), origin, faults: [] }
        stand.page.setDefaultTimeout(WAIT_MS)
        stand.page.on(
            "console",
            (line) => line.type() === "error" && stand.faults.push(line.text()),
        )
        stand.page.on("pageerror", (error) => stand.faults.push(String(error)))
        stand.page.on("dialog", (dialog) => dialog.accept())
        for (let next = loads.next(); next.done !== true; next = loads.next()) {
            await shoot(stand, next.value)
            faults.push(...stand.faults.splice(0).map((fault) => `${next.value.name}.${fault}`))
        }
    } finally {
        await browser.close()
    }
}

async function main(): Promise<void> {
    const loads = loadsOf(process.argv[2] ?? "")
    const pictures = loads.reduce((sum, { looks }) => sum + looks.length, 0)
    await mkdir(OUT, { recursive: true })
    await bundle()
    const { port, close } = await listen()
    const faults: string[] = []
    const rest = loads.values()
    // A picture is mostly waiting: three browsers keep two cores busy.
    const takers = [1, 2, 3].map(() => take(rest, `http://127.0.0.1:${port}`, faults))
    try {
        await Promise.all(takers)
    } finally {
        close()
    }
    console.log(`${pictures} pictures in target/screens, ${faults.length} faults`)
    await writeFile(join(OUT, "faults.txt"), faults.join("\n"))
    for (const fault of faults.sort()) console.log(fault)
    if (faults.length > 0) process.exitCode = 1
}

await main()
