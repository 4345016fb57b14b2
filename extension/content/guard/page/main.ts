/**
 * The guard's half in the page's own world. It holds no secret and takes no order: it makes visible
 * to the other half what that half cannot see. A page that tampers with it loses a way to ask for
 * files, and gains none: the browser's own functions are not within its reach any more.
 */

import { AGAIN } from "../signals.ts"
import { clickInSight } from "./attach.ts"
import { kindOf, native, readyStateOf, scriptOf, typeOfEvent, typeOfInput } from "./native.ts"
import { isHeld, pickFiles, refuseFolder, textAlone } from "./pickers.ts"
import { connect, holds } from "./wire.ts"

interface Pickers {
    showOpenFilePicker?: (...args: unknown[]) => Promise<unknown[]>
    showDirectoryPicker?: (...args: unknown[]) => Promise<unknown>
}

function replace<T extends object, K extends keyof T>(of: T, name: K, by: T[K]): void {
    const former = Object.getOwnPropertyDescriptor(of, name)
    if (former === undefined) return
    Object.defineProperty(of, name, { ...former, value: by })
}

function guardFields(): void {
    const { click } = {
        click(this: HTMLElement) {
            clickInSight(this, () => native.apply(native.click, this, []))
        },
    }
    const { showPicker } = {
        showPicker(this: HTMLInputElement) {
            const isFile = typeOfInput(this) === "file" && isHeld()
            const picker = isFile ? native.click : native.showPicker
            clickInSight(this, () => native.apply(picker, this, []))
        },
    }
    const { dispatchEvent } = {
        dispatchEvent(this: EventTarget, event: Event): boolean {
            const send = () => native.apply(native.dispatch, this, [event]) as boolean
            const isClick = typeOfEvent(event) === "click" && isNode(this)
            return isClick ? (clickInSight(this, send) ?? false) : send()
        },
    }
    replace(HTMLElement.prototype, "click", click)
    replace(HTMLInputElement.prototype, "showPicker", showPicker)
    replace(EventTarget.prototype, "dispatchEvent", dispatchEvent)
}

function guardPickers(): void {
    const page = globalThis as Pickers
    const { showOpenFilePicker: files, showDirectoryPicker: folder } = page
    if (files !== undefined) {
        page.showOpenFilePicker = async function showOpenFilePicker(this: unknown, ...args) {
            if (!isHeld()) return native.apply(files, this, args) as Promise<unknown[]>
            return pickFiles(args[0] as Parameters<typeof pickFiles>[0])
        }
    }
    if (folder !== undefined) {
        page.showDirectoryPicker = async function showDirectoryPicker(this: unknown, ...args) {
            return refuseFolder() ?? native.apply(folder, this, args)
        }
    }
    const clipboard = (globalThis as { Clipboard?: typeof Clipboard }).Clipboard?.prototype
    const read = clipboard?.read
    if (clipboard === undefined || read === undefined) return
    const { read: readText } = {
        read(this: Clipboard, ...args: []) {
            return textAlone(native.apply(read, this, args) as Promise<ClipboardItem[]>)
        },
    }
    replace(clipboard, "read", readText)
}

/** `document.open` takes every listener from the window, the guard's too: it listens again at once. */
function guardDocuments(): void {
    const { open, write, writeln } = {
        open(this: Document, ...args: unknown[]) {
            const opened = native.apply(native.open, this, args)
            holds(AGAIN, this)
            return opened
        },
        write(this: Document, ...args: unknown[]) {
            openFirst(this)
            native.apply(native.write, this, args)
            holds(AGAIN, this)
        },
        writeln(this: Document, ...args: unknown[]) {
            openFirst(this)
            native.apply(native.writeln, this, args)
            holds(AGAIN, this)
        },
    }
    replace(Document.prototype, "open", open as Document["open"])
    replace(Document.prototype, "write", write)
    replace(Document.prototype, "writeln", writeln)
}

/**
 * Writing into a document that has ended opens it anew; scripts in what is written come after us.
 * What a script that the parser did not wait for writes, the browser ignores: nothing is opened.
 */
function openFirst(doc: Document): void {
    if (readyStateOf(doc) !== "complete" || scriptOf(doc) !== null) return
    native.apply(native.open, doc, [])
    holds(AGAIN, doc)
}

/** A node of any realm, by what no page can lie about. */
function isNode(target: EventTarget): target is Node {
    return kindOf(target) !== undefined
}

connect()
guardFields()
guardPickers()
guardDocuments()
