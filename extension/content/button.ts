/** The button at an editor: laid over the page, never into it. */

import { t } from "../lib/i18n.ts"
import { boxOf, type Editor } from "./editors.ts"
import { wasMeant } from "./hit.ts"
import { BUTTON_STYLE, icon, LAYER_STYLE } from "./style.ts"
import { OURS } from "./walk.ts"

/** Buttons on a page at most: more editors than that are no letter. */
const BUTTONS_MAX = 4
const GAP = 8
const HEIGHT = 30
/** Room for the editor's own scroll bar. */
const SCROLLBAR = 10
/** In narrower or lower editors the button has no word, in px. */
const SMALL_WIDTH = 420
const SMALL_HEIGHT = 64
/** Pages move editors without telling; a look now and then is enough. */
const LOOK_MS = 1000

export interface Buttons {
    /** These editors have a button, where they are in sight. */
    show(editors: readonly Editor[]): void
    /** An editor is in sight. */
    any(): boolean
    leave(): void
}

interface Button {
    element: HTMLButtonElement
    editor: Editor
    shown: boolean
}

export function buttons(doc: Document, press: (editor: Editor) => void): Buttons {
    const host = doc.createElement("div")
    host.setAttribute(OURS, "layer")
    host.style.cssText = LAYER_STYLE
    const root = host.attachShadow({ mode: "closed" })
    const style = doc.createElement("style")
    style.textContent = BUTTON_STYLE
    root.append(style)
    const shown = new Map<Editor, Button>()
    const sizes = new ResizeObserver(follow)
    const view = doc.defaultView ?? window
    let asked = 0
    let timer: ReturnType<typeof setInterval> | undefined

    function follow(): void {
        if (asked !== 0) return
        // After the picture, not in it: then the layout is known and asking for it costs nothing.
        asked = view.requestAnimationFrame(() => setTimeout(layAll))
    }

    function layAll(): void {
        asked = 0
        for (const button of shown.values()) lay(button)
    }

    function lay(button: Button): void {
        const box = button.editor.isConnected ? boxOf(button.editor) : undefined
        const place = box === undefined ? undefined : placeIn(box)
        // What lies over the editor lies over the button too.
        button.shown = place !== undefined && !isCovered(button.editor, place)
        const { style, classList } = button.element
        style.display = button.shown ? "" : "none"
        if (box === undefined || place === undefined) return
        classList.toggle("small", isSmall(box))
        style.right = `${place.right}px`
        style.top = `${place.top}px`
    }

    function placeIn(box: DOMRect): { right: number; top: number } | undefined {
        const { clientWidth, clientHeight } = doc.documentElement
        const low = Math.min(box.bottom, clientHeight) - HEIGHT - GAP
        const top = box.height < HEIGHT + 2 * GAP ? box.top + (box.height - HEIGHT) / 2 : low
        if (top < Math.max(box.top, 0) - GAP || box.right < SMALL_WIDTH / 4) return undefined
        return { right: Math.max(clientWidth - box.right, 0) + GAP + SCROLLBAR, top }
    }

    function isCovered(editor: Editor, place: { right: number; top: number }): boolean {
        const x = doc.documentElement.clientWidth - place.right - HEIGHT / 2
        const stack = doc.elementsFromPoint(x, place.top + HEIGHT / 2)
        const top = stack.find((element) => element !== host)
        if (top === undefined) return true
        if (editor.ownerDocument !== doc) return top.nodeName !== "IFRAME"
        return !(editor.contains(top) || top.contains(editor))
    }

    function add(editor: Editor): void {
        const element = doc.createElement("button")
        element.type = "button"
        const label = doc.createElement("span")
        label.textContent = t("content_button")
        element.title = t("content_buttonTitle")
        element.append(icon("seal", doc), label)
        // The editor keeps its caret; some close when they lose the focus.
        element.addEventListener("mousedown", (event) => event.preventDefault())
        element.addEventListener("click", (event) => {
            if (wasMeant(event, element, host)) press(editor)
        })
        root.append(element)
        shown.set(editor, { element, editor, shown: false })
        sizes.observe(editor)
    }

    function drop(button: Button): void {
        button.element.remove()
        sizes.unobserve(button.editor)
        shown.delete(button.editor)
    }

    function listen(on: boolean): void {
        const change = on ? view.addEventListener : view.removeEventListener
        change.call(view, "scroll", follow, { capture: true, passive: true })
        change.call(view, "resize", follow, { passive: true })
        clearInterval(timer)
        if (on) timer = setInterval(follow, LOOK_MS)
    }

    function enter(): void {
        doc.documentElement.append(host)
        listen(true)
    }

    function leave(): void {
        listen(false)
        for (const button of [...shown.values()]) drop(button)
        host.remove()
    }

    return {
        show(editors) {
            const wanted = new Set(editors.slice(0, BUTTONS_MAX))
            const unwanted = [...shown.values()].filter(({ editor }) => !wanted.has(editor))
            unwanted.forEach(drop)
            const fresh = [...wanted].filter((editor) => !shown.has(editor))
            fresh.forEach(add)
            if (shown.size === 0) leave()
            else if (!host.isConnected) enter()
            follow()
        },
        any: () => [...shown.values()].some((button) => button.shown),
        leave,
    }
}

function isSmall(box: DOMRect): boolean {
    return box.width < SMALL_WIDTH || box.height < SMALL_HEIGHT
}
