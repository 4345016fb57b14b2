/** The editor of a page that a surface writes for: the document that asked last, and orders to it. */

import type { ComposeContext, ContentOrder, Inserted, Stamp } from "../generated/protocol.ts"
import { CoreError } from "../lib/failure.ts"
import { order } from "../lib/messages.ts"
import { change, kept } from "./session.ts"
import { editorsIn } from "./sights.ts"

export interface EditorPlace {
    document: string
    /** Stamped by the browser when the editor asked. */
    origin: string
}

export async function noteEditor({ tab, document, origin }: Stamp): Promise<void> {
    await change("editors", (editors = {}) => ({ ...editors, [tab]: { document, origin } }))
}

export async function forgetEditor(tab: number): Promise<void> {
    await change("editors", (editors = {}) => {
        const { [String(tab)]: _gone, ...others } = editors
        return others
    })
}

/** Puts text into the editor that asked; `gone` when its document is. */
export async function insert(
    tab: number,
    text: Omit<Extract<ContentOrder, { type: "insert" }>, "type">,
): Promise<Inserted> {
    const place = (await kept("editors"))?.[tab]
    if (place === undefined) return "gone"
    const reply = await toDocument(tab, place, { type: "insert", ...text })
    return reply?.inserted ?? "gone"
}

/** What the page shows now around the editor that asked, with the origin the browser vouches for. */
export async function lookAgain(tab: number): Promise<ComposeContext | null> {
    const place = (await kept("editors"))?.[tab]
    if (place === undefined) return null
    const reply = await toDocument(tab, place, { type: "look-again" })
    return reply?.context ? { ...reply.context, site: place.origin } : null
}

/**
 * The editor of a tab that no button was pressed at (popup, menu, shortcut): the first document
 * that has one says what it shows, and sealed text goes there.
 */
export async function findEditor(tab: number): Promise<ComposeContext | null> {
    for (const stamp of await editorsIn(tab)) {
        const reply = await toDocument(tab, stamp, { type: "look-again" })
        if (reply?.context) {
            await noteEditor(stamp)
            return { ...reply.context, site: stamp.origin }
        }
    }
    return null
}

/** `undefined` when the document has gone. */
async function toDocument<O extends ContentOrder>(
    tab: number,
    { document }: Pick<EditorPlace, "document">,
    body: O,
) {
    try {
        return await order(tab, { documentId: document }, body)
    } catch (error) {
        if (error instanceof CoreError && error.code === "worker-lost") return undefined
        throw error
    }
}
