/** What a page's editor tells a compose surface, and what comes back into it. */

import type { ComposeContext, ContentOrder, Inserted } from "../generated/protocol.ts"
import type { Adapter, Fields } from "./adapters/adapter.ts"
import { blocksIn, withoutBlocks } from "./armor.ts"
import { type Editor, takesOneLine } from "./editors.ts"
import { replaceAll, setField, textOf } from "./typed.ts"

/** Longer texts are not taken over; the person copies what they want. */
const TEXT_MAX = 200_000
const SUBJECT_MAX = 1000

type Insert = Extract<ContentOrder, { type: "insert" }>

export interface Composer {
    /** The editor the person pressed the button at, as it is now. */
    aim(editor: Editor): ComposeContext
    /** The same again, or nothing when the editor is gone. */
    lookAgain(): ComposeContext | undefined
    insert(order: Insert): Promise<Inserted>
}

/** `only` gives the editor that is meant when no button was pressed: the only one in sight. */
export function composer(
    top: Document,
    adapter: () => Adapter,
    only: () => Editor | undefined,
): Composer {
    let target: Editor | undefined
    /** What the editor held when a surface was told of it. */
    let told = ""

    function context(editor: Editor): ComposeContext {
        const text = textOf(editor).slice(0, TEXT_MAX)
        const quoted = blocksIn(text)
        const { addresses, subject } = adapter().fields(top)
        told = textOf(editor)
        return {
            site: top.location.origin,
            addresses,
            subject: subject === undefined ? null : subject.value.slice(0, SUBJECT_MAX),
            text: withoutBlocks(text, quoted),
            quoted: quoted.map((block) => block.text),
            oneLine: takesOneLine(editor),
        }
    }

    function aimed(): Editor | undefined {
        if (target?.isConnected === true) return target
        // A frame that was written anew has a new body for the same letter.
        target = only()
        told = target === undefined ? "" : textOf(target)
        return target
    }

    function write(editor: Editor, { text, oneLine }: Insert): Promise<boolean> {
        const written = oneLine ? text.replace(/\s*\n\s*/gu, " ").trim() : text
        // What was typed since stays, below: nothing of the person's is ever lost.
        const since = textOf(editor)
        const kept = since === told || since.trim() === "" ? "" : `\n${since}`
        return replaceAll(editor, written + kept, () => isExact(editor, written))
    }

    return {
        aim(editor) {
            target = editor
            return context(editor)
        },
        lookAgain() {
            const editor = aimed()
            return editor === undefined ? undefined : context(editor)
        },
        async insert(order) {
            const editor = aimed()
            if (editor === undefined) return "gone"
            const fields = adapter().fields(top)
            if (fields.addresses.some(({ field }) => field === "bcc")) return "bcc"
            if (!(await write(editor, order))) return "altered"
            told = textOf(editor)
            setSubject(fields, order.subject)
            return "exact"
        },
    }
}

function setSubject({ subject }: Fields, text: string | null): void {
    if (text !== null && subject !== undefined) setField(subject, text)
}

/** Every block of the text stands in the editor, read as the other side will read it. */
function isExact(editor: Editor, written: string): boolean {
    const wanted = blocksIn(written)
    const there = blocksIn(textOf(editor)).map(({ text }) => text)
    if (wanted.length === 0) return plain(textOf(editor)).includes(plain(written))
    return wanted.every(({ text }, index) => there[index] === text)
}

function plain(text: string): string {
    return text.replace(/\s+/gu, " ").trim()
}
