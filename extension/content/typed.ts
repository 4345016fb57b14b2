/** Reading and writing the text of an editor. */

import { type Editor, isTextArea } from "./editors.ts"

/** What a person sees in the editor, as text. */
export function textOf(editor: Editor): string {
    return isTextArea(editor) ? editor.value : editor.textContent
}

/** A way to put text into an editor. Editors differ in which they understand. */
type Way = (editor: Editor, text: string) => void

const TEXT_AREA_WAYS: readonly Way[] = [typeText, setValue]
const RICH_WAYS: readonly Way[] = [pasteHtml, pasteText, typeText]

/** How long an editor may take to rework what it was given, in ms. */
const SETTLE_MS = 60

/**
 * Replaces what is in the editor by `text`, trying one way after another until `holds`.
 *
 * Returns whether it stands there; otherwise the editor has what it had before.
 */
export async function replaceAll(
    editor: Editor,
    text: string,
    holds: () => boolean,
): Promise<boolean> {
    const undo = remember(editor)
    for (const way of isTextArea(editor) ? TEXT_AREA_WAYS : RICH_WAYS) {
        selectAll(editor)
        way(editor, text)
        await settled()
        if (holds()) return true
        undo()
        await settled()
    }
    return false
}

/** Sets a field as if it had been typed: frameworks listen to the event, not to the property. */
export function setField(field: HTMLInputElement | HTMLTextAreaElement, value: string): void {
    field.value = value
    field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }))
    field.dispatchEvent(new Event("change", { bubbles: true }))
}

function settled(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
}

function selectAll(editor: Editor): void {
    editor.ownerDocument.defaultView?.focus()
    editor.focus({ preventScroll: true })
    if (isTextArea(editor)) {
        editor.setSelectionRange(0, editor.value.length)
        return
    }
    const range = editor.ownerDocument.createRange()
    range.selectNodeContents(editor)
    const selection = editor.ownerDocument.getSelection()
    selection?.removeAllRanges()
    selection?.addRange(range)
}

/** Keeps the page's own undo and fires the events of typing. */
function typeText(editor: Editor, text: string): void {
    editor.ownerDocument.execCommand("insertText", false, text)
}

function setValue(editor: Editor, text: string): void {
    if (isTextArea(editor)) setField(editor, text)
}

/** One paragraph with line breaks: what every mail program turns back into lines. */
function pasteHtml(editor: Editor, text: string): void {
    const doc = editor.ownerDocument
    const paragraph = doc.createElement("p")
    for (const [index, line] of text.trimEnd().split("\n").entries()) {
        if (index > 0) paragraph.append(doc.createElement("br"))
        paragraph.append(line)
    }
    doc.execCommand("insertHTML", false, paragraph.outerHTML)
}

/** Editors with a model of their own take a paste, not a command. */
function pasteText(editor: Editor, text: string): void {
    const clipboardData = new DataTransfer()
    clipboardData.setData("text/plain", text)
    editor.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
    )
}

/** How to put back what was there. */
function remember(editor: Editor): () => void {
    if (isTextArea(editor)) {
        const { value } = editor
        return () => {
            if (editor.value !== value) setField(editor, value)
        }
    }
    const before = [...editor.childNodes].map((node) => node.cloneNode(true))
    const text = editor.textContent
    return () => {
        editor.ownerDocument.execCommand("undo")
        if (editor.textContent === text) return
        editor.replaceChildren(...before.map((node) => node.cloneNode(true)))
        editor.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }))
    }
}
