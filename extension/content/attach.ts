/**
 * Sealed files into the page's own attachment field, as if the person had picked them there. What
 * this script holds are handles of sealed files; it reads none.
 */

import type { Attached } from "../generated/protocol.ts"
import { forPage } from "../lib/browser.ts"
import type { Adapter } from "./adapters/adapter.ts"

export function attachTo(doc: Document, adapter: Adapter, given: readonly unknown[]): Attached {
    const files = given.filter((one) => one instanceof File)
    if (files.length === 0) return "refused"
    const field = adapter.attachments(doc)
    if (field === undefined) return "no-field"
    if (files.length > 1 && !field.multiple) return "one-only"
    field.files = forPage(files).files
    const taken = field.files?.length === files.length
    if (!taken) return "refused"
    field.dispatchEvent(new Event("input", { bubbles: true, composed: true }))
    field.dispatchEvent(new Event("change", { bubbles: true }))
    return "handed"
}

/** The field that takes attachments on a page that nobody here knows: one that takes any file. */
export function fileField(doc: Document): HTMLInputElement | undefined {
    const fields = [...doc.querySelectorAll<HTMLInputElement>("input[type=file]")]
    const fit = fields.filter((field) => !field.disabled && takesAny(field))
    return fit.find((field) => field.multiple) ?? fit[0]
}

/** A field for pictures alone is no place for attachments. */
function takesAny({ accept }: HTMLInputElement): boolean {
    const kinds = accept.split(",").map((kind) => kind.trim().toLowerCase())
    return accept.trim() === "" || kinds.some((kind) => kind === "*/*" || kind === ".age")
}
