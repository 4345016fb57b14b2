/** What a page's editor tells a compose surface, and what comes back into it. */

import type { ComposeContext, ContentOrder, Inserted } from "../generated/protocol.ts"
import type { Adapter, Fields } from "./adapters/adapter.ts"
import { blocksIn, withoutBlocks } from "./armor.ts"
import { type Editor, roomIn, takesOneLine } from "./editors.ts"
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

    /** What was typed since stays, below: nothing of the person's is ever lost. */
    function withTyped(editor: Editor, written: string): string {
        const since = textOf(editor)
        return since === told || since.trim() === "" ? written : `${written}\n${since}`
    }

    async function write(editor: Editor, { text, oneLine }: Insert): Promise<Inserted> {
        const written = oneLine ? text.replace(/\s*\n\s*/gu, " ").trim() : text
        const whole = withTyped(editor, written)
        if (whole.length > roomIn(editor)) return "too-long"
        let isCut = false
        const stands = await replaceAll(editor, whole, () => {
            isCut ||= isBeginning(textOf(editor), written)
            return isExact(editor, written)
        })
        if (stands) return "exact"
        return isCut ? "too-long" : "altered"
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
            const inserted = await write(editor, order)
            if (inserted !== "exact") return inserted
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

/** An editor that takes no more cuts off what comes after. */
function isBeginning(there: string, written: string): boolean {
    const [left, all] = [bare(there), bare(written)]
    return left !== "" && left !== all && all.startsWith(left)
}

/** Of an editor whose lines are elements no breaks can be read. */
function bare(text: string): string {
    return text.replace(/\s+/gu, "")
}

function plain(text: string): string {
    return text.replace(/\s+/gu, " ").trim()
}
