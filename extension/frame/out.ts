/** Ways out of the frame for a letter's text, each after a press of the person. */

import type { Letter } from "../generated/protocol.ts"

/** Rejects when the browser keeps the clipboard from us. */
export async function copy(text: string): Promise<void> {
    try {
        await navigator.clipboard.writeText(text)
    } catch {
        copyBySelection(text)
    }
}

/** Where a page's policy takes the clipboard from its frames, the extension's own right remains. */
function copyBySelection(text: string): void {
    const area = document.createElement("textarea")
    area.value = text
    document.body.append(area)
    area.select()
    const done = document.execCommand("copy")
    area.remove()
    if (!done) throw new Error("the clipboard is closed")
}

/** The text stands in this document only while it is printed. */
export function print({ sender, subject, text }: Letter): void {
    const sheet = document.createElement("div")
    sheet.id = "print"
    const head = [sender?.name, sender?.address, subject].filter(Boolean).join("\n")
    sheet.textContent = head === "" ? text : `${head}\n\n${text}`
    document.body.append(sheet)
    window.print()
    sheet.remove()
}
