/** Where the page lets a person write. */

import { roleOf } from "./adapters/generic.ts"
import { OURS } from "./walk.ts"

/** A text area, or the element that is edited in place (also a frame's body). */
export type Editor = HTMLElement

const EDITORS = `textarea,[contenteditable=""],[contenteditable="true" i],[contenteditable="plaintext-only" i]`
/** Smaller is a search field or hidden, in px. */
const MIN_WIDTH = 180
const MIN_HEIGHT = 26
/** Lower is written in one line, in px: chats send on Enter. */
const ONE_LINE_HEIGHT = 64

export function isTextArea(editor: Element): editor is HTMLTextAreaElement {
    return editor.nodeName === "TEXTAREA"
}

/** Cheap enough for every element of a page. */
export function mayBeEditor(element: Element): element is HTMLElement {
    return element.nodeName === "TEXTAREA" || element.hasAttribute("contenteditable")
}

/** The editor that holds `node`. */
export function editorAround(node: Element): Editor | undefined {
    if (node.ownerDocument.designMode === "on") return node.ownerDocument.body
    let editor = node.closest<HTMLElement>(EDITORS)
    for (let outer = editor; outer !== null; ) {
        outer = outer.parentElement?.closest<HTMLElement>(EDITORS) ?? null
        editor = outer ?? editor
    }
    return editor !== null && isEditor(editor) ? editor : undefined
}

function isEditor(element: HTMLElement): boolean {
    if (element.hasAttribute(OURS) || element.closest("[aria-hidden='true']") !== null) return false
    if (isTextArea(element)) {
        return !element.readOnly && !element.disabled && roleOf(element) === undefined
    }
    return element.parentElement?.closest(EDITORS) == null
}

/** Where an editor stands in its window's outermost readable document, or nothing if it is out of sight. */
export function boxOf(editor: Editor): DOMRect | undefined {
    let box = editor.getBoundingClientRect()
    const view = editor.ownerDocument.defaultView
    if (editor === editor.ownerDocument.body && view !== null) {
        box = new DOMRect(0, 0, view.innerWidth, view.innerHeight)
    } else box = scrolled(box, editor)
    if (!editor.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
        return undefined
    for (let frame = frameOf(editor.ownerDocument); frame !== null; ) {
        const outer = frame.getBoundingClientRect()
        box = clip(moved(box, outer.left + frame.clientLeft, outer.top + frame.clientTop), outer)
        if (!frame.checkVisibility({ visibilityProperty: true })) return undefined
        box = scrolled(box, frame)
        frame = frameOf(frame.ownerDocument)
    }
    return box.width >= MIN_WIDTH && box.height >= MIN_HEIGHT ? box : undefined
}

/** What the scrolling boxes around `element` leave of it in sight. */
function scrolled(box: DOMRect, element: Element): DOMRect {
    const doc = element.ownerDocument
    let left = box
    for (let at = element.parentElement; at !== null && at !== doc.body; at = at.parentElement) {
        const style = doc.defaultView?.getComputedStyle(at)
        if (style && style.overflow !== "visible") left = clip(left, at.getBoundingClientRect())
    }
    return left
}

export function takesOneLine(editor: Editor): boolean {
    return editor !== editor.ownerDocument.body && editor.clientHeight < ONE_LINE_HEIGHT
}

/**
 * How many characters an editor says that it takes. A script may put more into a text area, and the
 * browser sends it; the site that asked for less cuts it off, or refuses it with the person's text.
 */
export function roomIn(editor: Editor): number {
    if (!isTextArea(editor) || editor.maxLength < 0) return Number.POSITIVE_INFINITY
    return editor.maxLength
}

/** The frame that shows a document, where the page around it is of the same origin. */
export function frameOf(doc: Document): Element | null {
    try {
        return doc.defaultView?.frameElement ?? null
    } catch {
        return null
    }
}

function moved(box: DOMRect, x: number, y: number): DOMRect {
    return new DOMRect(box.x + x, box.y + y, box.width, box.height)
}

function clip(box: DOMRect, by: DOMRect): DOMRect {
    const left = Math.max(box.left, by.left)
    const top = Math.max(box.top, by.top)
    const right = Math.min(box.right, by.right)
    const bottom = Math.min(box.bottom, by.bottom)
    return new DOMRect(left, top, Math.max(0, right - left), Math.max(0, bottom - top))
}
