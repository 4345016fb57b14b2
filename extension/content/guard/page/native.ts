/**
 * What the browser gave this realm before any script of the page ran. Whatever the page replaces
 * later, the guard goes on with these.
 */

const { apply } = Reflect

type Getter<T> = (node: unknown) => T | undefined

/** A getter of a prototype; `undefined` for what is no object of that interface. */
function getter<T>(prototype: object, name: string): Getter<T> {
    const get = Object.getOwnPropertyDescriptor(prototype, name)?.get
    return (object) => {
        try {
            return get === undefined ? undefined : (apply(get, object, []) as T)
        } catch {
            return undefined
        }
    }
}

const node = Node.prototype
const { getRootNode, appendChild, removeChild, insertBefore } = node
const { createElement } = Document.prototype
const { querySelectorAll: inElement, setAttribute } = Element.prototype
const { querySelectorAll: inFragment } = DocumentFragment.prototype
const { addEventListener } = EventTarget.prototype

export const native = {
    apply,
    click: HTMLElement.prototype.click,
    showPicker: HTMLInputElement.prototype.showPicker,
    dispatch: EventTarget.prototype.dispatchEvent,
    open: Document.prototype.open,
    write: Document.prototype.write,
    writeln: Document.prototype.writeln,
    MouseEvent,
    Event,
    WeakRef,
    Promise,
    DOMException,
    FileHandle: (globalThis as { FileSystemFileHandle?: { prototype: object } })
        .FileSystemFileHandle,
}

export const typeOfInput = getter<string>(HTMLInputElement.prototype, "type")
export const filesOf = getter<FileList | null>(HTMLInputElement.prototype, "files")
export const typeOfEvent = getter<string>(Event.prototype, "type")
export const kindOf = getter<number>(node, "nodeType")
export const parentOf = getter<Node | null>(node, "parentNode")
export const firstChildOf = getter<Node | null>(node, "firstChild")
export const ownerOf = getter<Document | null>(node, "ownerDocument")
export const hostOf = getter<Element>(ShadowRoot.prototype, "host")
export const rootElementOf = getter<Element | null>(Document.prototype, "documentElement")
export const readyStateOf = getter<DocumentReadyState>(Document.prototype, "readyState")
export const scriptOf = getter<Element | null>(Document.prototype, "currentScript")
export const lengthOf = getter<number>(FileList.prototype, "length")
const nodesLength = getter<number>(NodeList.prototype, "length")
const { item: nodeItem } = NodeList.prototype
const { item: fileItem } = FileList.prototype

export const rootOf = (of: Node): Node => apply(getRootNode, of, []) as Node
export const append = (to: Node, child: Node): void => void apply(appendChild, to, [child])
export const remove = (from: Node, child: Node): void => void apply(removeChild, from, [child])
export const insert = (to: Node, child: Node, before: Node | null): void =>
    void apply(insertBefore, to, [child, before])
export const create = (of: Document, name: string): HTMLElement =>
    apply(createElement, of, [name]) as HTMLElement
export const attribute = (of: Element, name: string, value: string): void =>
    void apply(setAttribute, of, [name, value])
export const listen = (to: EventTarget, type: string, listener: (event: Event) => void): void =>
    void apply(addEventListener, to, [type, listener, { capture: true }])
export const dispatch = (to: EventTarget, event: Event): boolean =>
    apply(native.dispatch, to, [event]) as boolean

const { preventDefault } = Event.prototype
export const prevent = (event: Event): void => void apply(preventDefault, event, [])

/** The inputs of a tree, its root included. */
export function inputsIn(root: Node): Node[] {
    const found: Node[] = typeOfInput(root) === undefined ? [] : [root]
    const search = kindOf(root) === 1 ? inElement : inFragment
    const list = apply(search, root, ["input"]) as NodeList
    const length = nodesLength(list) ?? 0
    for (let at = 0; at < length; at += 1) {
        const input = apply(nodeItem, list, [at]) as Node | null
        if (input !== null) found[found.length] = input
    }
    return found
}

export function filesIn(input: HTMLInputElement): File[] {
    const list = filesOf(input)
    const files: File[] = []
    if (list === null || list === undefined) return files
    const length = lengthOf(list) ?? 0
    for (let at = 0; at < length; at += 1) {
        const file = apply(fileItem, list, [at]) as File | null
        if (file !== null) files[files.length] = file
    }
    return files
}
