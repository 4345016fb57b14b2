/** The editor of a page that a surface writes for: the document that asked last, and orders to it. */

import type {
    Attached,
    ComposeContext,
    ContentOrder,
    Inserted,
    Stamp,
} from "../generated/protocol.ts"
import { CoreError } from "../lib/failure.ts"
import { order } from "../lib/messages.ts"
import { change, kept } from "./session.ts"
import { documentsIn, editorsIn } from "./sights.ts"
import { isServed } from "./sites.ts"

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

/**
 * Puts text into the editor that asked or, when its document has gone (webmail reloads to answer),
 * into one in sight of the same site; `gone` when there is none.
 */
export async function insert(
    tab: number,
    text: Omit<Extract<ContentOrder, { type: "insert" }>, "type">,
): Promise<Inserted> {
    const order = { type: "insert", ...text } as const
    const noted = await placeIn(tab)
    const reply = noted && (await toDocument(tab, noted, order))
    if (reply && reply.inserted !== "gone") return reply.inserted
    if ((await findEditor(tab, noted?.origin)) === null) return "gone"
    const found = await placeIn(tab)
    return (found && (await toDocument(tab, found, order))?.inserted) ?? "gone"
}

/** Puts sealed files into the attachment field beside that editor. */
export async function attach(tab: number, files: readonly File[]): Promise<Attached> {
    const noted = await placeIn(tab)
    const order = { type: "attach" } as const
    const reply = noted && (await toDocument(tab, noted, order, [...files]))
    if (reply) return reply.attached
    if ((await findEditor(tab, noted?.origin)) === null) return "gone"
    const found = await placeIn(tab)
    return (found && (await toDocument(tab, found, order, [...files]))?.attached) ?? "gone"
}

/** What the page shows now around that editor, with the origin the browser vouches for. */
export async function lookAgain(tab: number): Promise<ComposeContext | null> {
    const noted = await placeIn(tab)
    const reply = noted && (await toDocument(tab, noted, { type: "look-again" }))
    if (noted && reply?.context) return { ...reply.context, site: noted.origin }
    return findEditor(tab, noted?.origin)
}

/**
 * The editor of a tab that no button was pressed at (popup, menu, shortcut, a reply): the first
 * document that has one says what it shows, and sealed text goes there.
 */
export async function findEditor(tab: number, origin?: string): Promise<ComposeContext | null> {
    // A page that has just been loaded has not reported by itself yet.
    if (!(await isServed(tab))) return null
    for (const stamp of await editorsIn(tab)) {
        if (origin !== undefined && stamp.origin !== origin) continue
        const reply = await give(tab, stamp.document, { type: "look-again" })
        if (reply?.context) {
            await noteEditor(stamp)
            return { ...reply.context, site: stamp.origin }
        }
    }
    return null
}

async function placeIn(tab: number): Promise<EditorPlace | undefined> {
    return (await kept("editors"))?.[tab]
}

/**
 * `undefined` when the document has gone. Chromium keeps a document that was left for the way back,
 * and a message to it is neither answered nor refused: so it is asked only if it stands in the tab.
 */
async function toDocument<O extends ContentOrder>(
    tab: number,
    { document }: Pick<EditorPlace, "document">,
    body: O,
    beside: unknown[] = [],
) {
    // First, so that a document that has just come in the place of this one is noted.
    if (!(await isServed(tab))) return undefined
    const stands = (await documentsIn(tab)).some((stamp) => stamp.document === document)
    return stands ? give(tab, document, body, beside) : undefined
}

async function give<O extends ContentOrder>(
    tab: number,
    document: string,
    body: O,
    beside: unknown[] = [],
) {
    try {
        return await order(tab, { documentId: document }, body, beside)
    } catch (error) {
        if (error instanceof CoreError && error.code === "worker-lost") return undefined
        throw error
    }
}
