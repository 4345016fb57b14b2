/** File fields, wherever they stand; and which of the files in them are known to have been decided on. */

import { api, forPage } from "../../lib/browser.ts"

interface Roots {
    /** Chromium's own for content scripts. */
    dom?: { openOrClosedShadowRoot(element: Element): ShadowRoot | null }
}

/** The shadow root of an element, closed ones too: no page can hide a field there. */
export function shadowOf(element: Element): ShadowRoot | null {
    const own = element as { openOrClosedShadowRoot?: ShadowRoot | null }
    if (own.openOrClosedShadowRoot !== undefined) return own.openOrClosedShadowRoot
    try {
        return (api as Roots).dom?.openOrClosedShadowRoot(element) ?? element.shadowRoot
    } catch {
        // No such root can hang on this element; or the extension was reloaded meanwhile.
        return element.shadowRoot
    }
}

/** By name and type: an element of another realm is no instance of ours. */
export function isFileField(node: unknown): node is HTMLInputElement {
    const { localName, type } = (node ?? {}) as Partial<HTMLInputElement>
    return localName === "input" && type === "file"
}

/** What `event` happened to, below the closed roots that hide it. */
export function targetOf(event: Event): EventTarget | undefined {
    return event.composedPath()[0]
}

/** File fields below `root` that hold files, in shadow trees too. */
export function filledFields(root: ParentNode): HTMLInputElement[] {
    const found: HTMLInputElement[] = []
    for (const element of root.querySelectorAll("*")) {
        if (isFileField(element) && (element.files?.length ?? 0) > 0) found.push(element)
        const shadow = shadowOf(element)
        if (shadow) found.push(...filledFields(shadow))
    }
    return found
}

/** What a field is called, for "not for this field": its name or id, and its form's. */
export function nameOf(field: HTMLInputElement): string {
    const own = field.name || field.id
    if (own === "") return ""
    const form = field.form?.getAttribute("name") ?? field.form?.id ?? ""
    return `${form}/${own}`.slice(0, 200)
}

/** Files that came from us; files are told apart by the browser's own objects. */
const decided = new WeakSet<File>()

export function isDecided(files: Iterable<File>): boolean {
    for (const file of files) if (!decided.has(file)) return false
    return true
}

/** Puts files into a field. Nothing is told to the page yet. */
export function fill(field: HTMLInputElement, files: readonly File[]): void {
    field.files = forPage(files).files
    for (const file of field.files ?? []) decided.add(file)
}
