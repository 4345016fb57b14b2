/**
 * A surface gone through with the keyboard alone: every control is reached, in the order in which it
 * is read, is seen while it has the focus, and has a name; the focus gets out again, and Escape ends
 * what stands in front.
 */

import type { Page } from "puppeteer-core"

/** More stops than any surface has: what goes on beyond is a trap. */
const MOST_STOPS = 200

interface Stop {
    /** The focus is nowhere, or again where it was first. */
    over: boolean
    faults: string[]
}

/** What Tab comes to from the beginning of the document, or of the question in front of it. */
export async function walk(page: Page): Promise<string[]> {
    await page.evaluate(prepare)
    const faults: string[] = []
    for (let stops = 0; ; stops += 1) {
        if (stops > MOST_STOPS) return [...faults, "Tab does not get out"]
        await page.keyboard.press("Tab")
        const stop: Stop = await page.evaluate(look)
        faults.push(...stop.faults)
        if (stop.over) break
    }
    return [...faults, ...(await page.evaluate(missed)), ...(await unnamed(page))]
}

/** Escape closes the question, and the focus is where it was before. */
export async function escaped(page: Page, settle: () => Promise<void>): Promise<string[]> {
    if ((await page.$("dialog[open]")) === null) return []
    await page.keyboard.press("Escape")
    await settle()
    if ((await page.$("dialog[open]")) !== null) return ["Escape does not close the question"]
    return focusLost(page, "Escape")
}

/** Something has the focus: after a press the next Tab must not begin anew. */
export async function focusLost(page: Page, after: string): Promise<string[]> {
    const lost = await page.evaluate(() => {
        const { activeElement } = document
        return activeElement === null || activeElement === document.body
    })
    return lost ? [`the focus is lost after ${after}`] : []
}

/** What takes the focus and would be announced by its role alone. */
async function unnamed(page: Page): Promise<string[]> {
    const client = await page.createCDPSession()
    const { nodes } = await client.send("Accessibility.getFullAXTree")
    await client.detach()
    const silent = new Set(["RootWebArea", "generic", "none"])
    return nodes
        .filter(({ ignored, role, name, properties }) => {
            const focusable = properties?.some((it) => it.name === "focusable" && it.value.value)
            return !ignored && focusable && !silent.has(role?.value) && !name?.value
        })
        .map(({ role }) => `a ${role?.value} without a name`)
}

interface Walked {
    visited: Element[]
    /** How each control looks without the focus. */
    rest: Map<Element, string>
    controls(): HTMLElement[]
    looks(element: Element): string
    called(element: Element): string
}

declare global {
    interface Window {
        walked: Walked
    }
}

/** Runs in the page: remembers how controls look at rest, and puts the focus before the first. */
function prepare(): void {
    const FOCUSABLE =
        "a[href], button, input, select, textarea, summary, iframe, [tabindex], [contenteditable]"
    const root: HTMLElement = document.querySelector<HTMLElement>("dialog[open]") ?? document.body
    const ring = (element: Element, pseudo?: string) => {
        const { outline, boxShadow, borderColor, backgroundColor } = getComputedStyle(
            element,
            pseudo,
        )
        return [outline, boxShadow, borderColor, backgroundColor].join()
    }
    const walked: Walked = {
        visited: [],
        rest: new Map(),
        controls: () =>
            [...root.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
                (one) =>
                    one.tabIndex >= 0 &&
                    !one.matches(":disabled, [inert] *, input[type=hidden]") &&
                    one.checkVisibility({ visibilityProperty: true }),
            ),
        // The ring of a field is around its box, that of a switch on what is drawn for it.
        looks: (element) => {
            const around: Element[] = [element]
            for (let up = element.parentElement; up && around.length < 4; up = up.parentElement)
                around.push(up)
            const drawn = element.nextElementSibling
            return [
                ...around.map((one) => ring(one)),
                ring(element, "::before"),
                ring(element, "::after"),
                ...(drawn ? [ring(drawn)] : []),
            ].join(";")
        },
        called: (element) => {
            const test = element.closest("[data-test]")?.getAttribute("data-test")
            return `${element.localName}${test ? ` (${test})` : ""}`
        },
    }
    window.walked = walked
    // How it looks in the end, not on the way there.
    const still = new CSSStyleSheet()
    still.replaceSync("*, *::before, *::after { transition: none !important }")
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, still]
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    for (const one of walked.controls()) walked.rest.set(one, walked.looks(one))
    const had = root.getAttribute("tabindex")
    root.tabIndex = -1
    root.focus({ preventScroll: true })
    if (had === null) root.removeAttribute("tabindex")
}

/** Runs in the page, after each Tab. */
function look(): Stop {
    const { walked } = window
    const { activeElement: at } = document
    const faults: string[] = []
    if (!at || at === document.body || at === document.documentElement)
        return { over: true, faults }
    if (at.matches("dialog") || walked.visited.includes(at)) return { over: true, faults }
    const before = walked.visited.at(-1)
    walked.visited.push(at)
    const box = at.getBoundingClientRect()
    if (before?.isConnected) {
        const last = before.getBoundingClientRect()
        const follows = before.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING
        if (!follows) faults.push(`Tab goes back from ${called(before)} to ${called(at)}`)
        // In one column what comes next is never above.
        const oneColumn = box.left < last.right && box.right > last.left
        if (oneColumn && box.bottom <= last.top && !floats(at, before))
            faults.push(`Tab goes up from ${called(before)} to ${called(at)}`)
    }
    const rest = walked.rest.get(at)
    if (rest !== undefined && rest === walked.looks(at))
        faults.push(`the focus is not seen on ${called(at)}`)
    if (!isInSight(at, box)) faults.push(`${called(at)} has the focus out of sight`)
    return { over: false, faults }

    function called(element: Element): string {
        return walked.called(element)
    }

    /** What lies over what came before has a place of its own. */
    function floats(element: Element, beside: Element): boolean {
        for (let up = element.parentElement; up && !up.contains(beside); up = up.parentElement)
            if (/absolute|fixed/.test(getComputedStyle(up).position)) return true
        return false
    }

    /** Some point of it, of its label or of what is in it is uncovered. */
    function isInSight(element: Element, { left, top, width, height }: DOMRect): boolean {
        const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : []
        const parts = [0.5, 0.1, 0.9]
        return parts.some((x) =>
            parts.some((y) => {
                const hit = document.elementFromPoint(left + width * x, top + height * y)
                return (
                    hit !== null &&
                    [element, ...labels].some((one) => one.contains(hit) || hit.contains(one)) &&
                    hit !== document.body &&
                    hit !== document.documentElement
                )
            }),
        )
    }
}

/** Runs in the page: what can take the focus and was not come to. */
function missed(): string[] {
    const { walked } = window
    const groups = new Set(
        walked.visited.map((one) => (one instanceof HTMLInputElement ? one.name : "")),
    )
    return walked
        .controls()
        .filter((one) => !walked.visited.includes(one))
        .filter(
            (one) =>
                !(one.matches("input[type=radio]") && groups.has(one.getAttribute("name") ?? "")),
        )
        .map((one) => `Tab does not come to ${walked.called(one)}`)
}
