/** What stands in the page for a sealed block: one line, one button, later the frame. */

import type { BlockKind } from "../generated/protocol.ts"
import { t } from "../lib/i18n.ts"
import { wasMeant } from "./hit.ts"
import { HOST_STYLE, icon, PLACEHOLDER_STYLE } from "./style.ts"
import { OURS } from "./walk.ts"

/** What the person can do to it. */
export interface PlaceholderActions {
    open(): void
    close(): void
    /** Show the page's own text, or hide it again. */
    original(visible: boolean): void
    /** Continue in a surface of Sotto. */
    elsewhere(): void
}

export interface Placeholder {
    readonly host: HTMLElement
    /** Puts the frame in, or takes it out. */
    frame(frame: HTMLIFrameElement | undefined): void
    /** A sentence below the title; empty takes it away. */
    note(text: string): void
    /** The main button leads to Sotto: nothing can be shown here. */
    onlyElsewhere(): void
    busy(on: boolean): void
}

export function placeholder(
    doc: Document,
    kind: BlockKind,
    actions: PlaceholderActions,
): Placeholder {
    const host = doc.createElement("div")
    host.setAttribute(OURS, "block")
    host.style.cssText = HOST_STYLE
    const root = host.attachShadow({ mode: "closed" })
    const style = doc.createElement("style")
    style.textContent = PLACEHOLDER_STYLE
    const card = kind === "card"
    const title = labelled(doc, "span", "title", t(card ? "content_card" : "content_letter"))
    const main = labelled(doc, "button", "main", t(card ? "content_look" : "content_open"))
    const original = labelled(doc, "button", "quiet", t("content_showOriginal"))
    const note = labelled(doc, "div", "note", "")
    note.setAttribute("role", "status")
    const slot = labelled(doc, "div", "frame", "")
    const bar = labelled(doc, "div", "bar", "")
    bar.append(icon(card ? "card" : "letter", doc), title, main, original, note)
    const box = labelled(doc, "div", "box", "")
    box.setAttribute("role", "group")
    box.setAttribute("aria-label", `Sotto: ${title.textContent}`)
    box.append(bar, slot)
    root.append(style, box)

    let live = false
    let away = false
    let shown = false

    function say(text: string): void {
        note.textContent = text
    }

    function onPress(button: Element, act: () => void): void {
        button.addEventListener("click", (event) => {
            if (wasMeant(event, button, host)) act()
            else if (event.isTrusted) say(t("content_covered"))
        })
    }

    function paintMain(): void {
        const opens = card ? "content_look" : "content_open"
        const here = live ? "content_close" : opens
        main.textContent = t(away ? "content_elsewhere" : here)
        main.className = live ? "quiet" : "main"
    }

    onPress(main, () => {
        if (away) actions.elsewhere()
        else if (live) actions.close()
        else actions.open()
    })
    onPress(original, () => {
        shown = !shown
        original.textContent = t(shown ? "content_hideOriginal" : "content_showOriginal")
        original.setAttribute("aria-expanded", String(shown))
        actions.original(shown)
    })

    return {
        host,
        frame(frame) {
            live = frame !== undefined
            slot.replaceChildren(...(frame === undefined ? [] : [frame]))
            paintMain()
        },
        note: say,
        onlyElsewhere() {
            away = true
            paintMain()
        },
        busy(on) {
            // Not `disabled`: that would take the focus away, and the page would see it go.
            main.setAttribute("aria-busy", String(on))
        },
    }
}

function labelled(doc: Document, tag: string, name: string, text: string): HTMLElement {
    const element = doc.createElement(tag)
    element.className = name
    element.textContent = text
    if (tag === "button") element.setAttribute("type", "button")
    return element
}
