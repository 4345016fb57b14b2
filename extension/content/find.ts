/** Finding sealed blocks in a page, as it is and as it changes. */

import type { BlockKind } from "../generated/protocol.ts"
import { type Begin, findBegin, mayBegin } from "./armor.ts"
import { bodyOf, type Canonical } from "./body.ts"
import { mayBeEditor } from "./editors.ts"
import { type Job, type Slices, slices } from "./slices.ts"
import {
    isElement,
    isFrame,
    isReadable,
    isText,
    OURS,
    type Place,
    textsBehind,
    walkBelow,
} from "./walk.ts"

/** A block where it stands in the page. */
export interface Found extends Canonical {
    start: Place
    end: Place
    /** Every text that holds a part of it. */
    texts: Text[]
}

export interface FinderEvents {
    found(found: Found): void
    /** The page took nodes away or changed text that belongs to a block. */
    changed(texts: ReadonlySet<Text>): void
    removed(): void
    /** A frame stands in the page; its document may be readable. */
    frame(frame: HTMLIFrameElement): void
    /** Something that is edited stands in the page. */
    editor(element: HTMLElement): void
}

export interface Finder {
    /** Searches a tree now and watches it from now on. */
    watch(root: Document | ShadowRoot): void
    /** Searches below a node again, for instance text that we gave back to the page. */
    search(node: Node): void
    /** Changes the page without seeing our own change. */
    quietly(change: () => void): void
    /** Forgets that texts belong to a block. */
    release(texts: readonly Text[]): void
    stop(): void
}

/** A marker without its end, yet: the page may still be writing. */
interface Open {
    text: Text
    kind: BlockKind
}

const OPEN_MAX = 32
/** Blocks that wait to be handed on together while more are searched for. */
const READY_MAX = 50
const RETRY_MS = 250
/** Elements of a branch whose text is asked for at once. */
const BRANCH_MAX = 1500
/** Elements of a branch in which shadow trees are looked for. */
const SHADOWS_MAX = 300
const NOTED = "iframe,textarea,[contenteditable]"
const WATCHED = { childList: true, characterData: true, subtree: true } as const

export function finder(events: FinderEvents): Finder {
    const queue = new Set<Node>()
    const open = new Map<Text, Open>()
    const retried = new Set<Text>()
    /** Found, not handed on yet: each change of ours costs the page a picture, so they come together. */
    const ready = new Set<Found>()
    let owned = new WeakSet<Text>()
    const roots = new WeakSet<Node>()
    let retry: ReturnType<typeof setTimeout> | undefined
    const observer = new MutationObserver((records) => {
        note(records)
        work.kick()
    })
    const work: Slices = slices(nextJob)

    function nextJob(): Job | undefined {
        if (ready.size >= READY_MAX) return place()
        const node = shift(queue)
        if (node !== undefined) return isText(node) ? searchText(node) : searchBelow(node)
        const text = shift(retried)
        if (text !== undefined) return searchMarkers(text)
        return ready.size > 0 ? place() : undefined
    }

    function note(records: readonly MutationRecord[]): void {
        const touched = new Set<Text>()
        for (const record of records) {
            if (record.type === "characterData") noteText(record.target as Text, touched)
            for (const node of record.addedNodes) queue.add(node)
        }
        if (touched.size > 0) touch(touched)
        if (records.some(({ removedNodes }) => removedNodes.length > 0)) events.removed()
    }

    function touch(touched: ReadonlySet<Text>): void {
        for (const found of ready) {
            if (found.texts.some((text) => touched.has(text))) drop(found)
        }
        events.changed(touched)
    }

    function noteText(text: Text, touched: Set<Text>): void {
        if (owned.has(text)) touched.add(text)
        else queue.add(text)
    }

    /**
     * The text of whole branches is asked for first. Only a branch with a marker in it is walked node
     * by node: each node that a script touches costs the browser an object and a collection later.
     */
    function* searchBelow(root: Node): Job {
        const rest: Node[] = [root]
        for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
            if (isText(part)) yield* searchText(part)
            else if (isLarge(part)) rest.push(...branchesOf(part))
            else if (isBranch(part)) yield* searchBranch(part)
            if (work.isOver()) yield
        }
    }

    function branchesOf(large: Node): NodeListOf<Node> {
        if (isElement(large)) noteElement(large)
        return large.childNodes
    }

    function* searchBranch(branch: Node): Job {
        noteElements(branch)
        const text = branch.textContent
        if (text !== null && !mayMatter(text)) return
        const walk = walkBelow(branch)
        for (let node = walk.next(); node !== null; node = walk.next()) {
            if (mayMatter(node.data)) {
                walk.pause()
                yield* searchText(node)
            }
            if (work.due()) {
                walk.pause()
                yield
            }
        }
    }

    function noteElements(branch: Node): void {
        if (isElement(branch)) noteElement(branch)
        const elements = elementsBelow(branch)
        // Nobody can ask for the hosts of shadow trees but one by one.
        const isSmall = elements.length <= SHADOWS_MAX
        for (const element of isSmall ? elements : elementsBelow(branch, NOTED))
            noteElement(element)
    }

    function noteElement(element: Element): void {
        if (isFrame(element)) events.frame(element)
        if (mayBeEditor(element)) events.editor(element)
        const { shadowRoot } = element
        if (shadowRoot !== null) watch(shadowRoot)
    }

    function mayMatter(text: string): boolean {
        return mayBegin(text) || (open.size > 0 && mayContinue(text))
    }

    function* searchText(text: Text): Job {
        if (owned.has(text) || !text.isConnected) return
        if (open.size > 0 && mayContinue(text.data)) noteContinuation(text.data)
        yield* searchMarkers(text)
    }

    function* searchMarkers(text: Text): Job {
        open.delete(text)
        if (!text.isConnected || !mayBegin(text.data) || !isReadable(text)) return
        let begin = findBegin(text.data, 0)
        while (begin !== undefined && !owned.has(text)) {
            const found = yield* gather(text, begin)
            // What is left of the text behind a block is searched when the block has its place.
            if (found !== undefined) return take(found)
            leaveOpen(text, begin.kind)
            begin = findBegin(text.data, begin.end)
        }
    }

    function take(found: Found): void {
        for (const text of found.texts) {
            owned.add(text)
            open.delete(text)
        }
        ready.add(found)
    }

    function* place(): Job {
        for (const found of ready) {
            ready.delete(found)
            if (found.texts.every((text) => text.isConnected)) events.found(found)
            else drop(found)
            if (work.isOver()) yield
        }
    }

    /** The page was faster: what is left of the block is searched anew. */
    function drop(found: Found): void {
        ready.delete(found)
        for (const text of found.texts) owned.delete(text)
        queue.add(found.start.node)
    }

    function* gather(text: Text, begin: Begin): Generator<void, Found | undefined, void> {
        const body = bodyOf(begin.kind)
        const texts = [text]
        let progress = body.feed(text.data, begin.end)
        const walker = textsBehind(text)
        while (progress === "more") {
            const next = walker.nextNode() as Text | null
            if (next === null || owned.has(next)) return undefined
            texts.push(next)
            progress = body.feed(next.data, 0)
            if (work.due()) yield
        }
        if (progress === "foreign" || !texts.every((part) => part.isConnected)) return undefined
        const start = { node: text, offset: quoteStart(text.data, begin.start) }
        const end = { node: texts.at(-1) ?? text, offset: body.end }
        return { ...body.canonical(), start, end, texts }
    }

    function leaveOpen(text: Text, kind: BlockKind): void {
        open.set(text, { text, kind })
        const [oldest] = open.keys()
        if (open.size > OPEN_MAX && oldest !== undefined) open.delete(oldest)
    }

    /** Unfinished blocks are tried again: at once when an end came, else when it is quiet. */
    function noteContinuation(added: string): void {
        const armorEnds = added.includes("END")
        for (const { text, kind } of open.values()) {
            if (kind === "line" ? added.includes(".") : armorEnds) retried.add(text)
        }
        clearTimeout(retry)
        retry = setTimeout(retryAll, RETRY_MS)
    }

    function retryAll(): void {
        for (const text of open.keys()) retried.add(text)
        work.kick()
    }

    function watch(root: Document | ShadowRoot): void {
        if (roots.has(root)) return
        roots.add(root)
        observer.observe(root, WATCHED)
        queue.add(root)
        work.kick()
    }

    return {
        watch,
        search(node) {
            queue.add(node)
            work.kick()
        },
        quietly(change) {
            note(observer.takeRecords())
            change()
            observer.takeRecords()
        },
        release(texts) {
            for (const text of texts) owned.delete(text)
        },
        stop() {
            observer.disconnect()
            work.stop()
            clearTimeout(retry)
            queue.clear()
            retried.clear()
            ready.clear()
            open.clear()
            owned = new WeakSet()
        },
    }
}

function elementsBelow(node: Node, which = "*"): NodeListOf<Element> {
    return (node as ParentNode & Node).querySelectorAll(which)
}

/** Something with text in it that may be a page's: no comment, nothing of ours. */
function isBranch(node: Node): boolean {
    if (!node.isConnected || !("querySelectorAll" in node)) return false
    return !(isElement(node) && node.hasAttribute(OURS))
}

function isLarge(node: Node): boolean {
    return isBranch(node) && elementsBelow(node).length > BRANCH_MAX
}

function shift<T>(set: Set<T>): T | undefined {
    const [first] = set
    if (first !== undefined) set.delete(first)
    return first
}

/** Text that a block may consist of has a long run of base64, or the end of one. */
function mayContinue(text: string): boolean {
    return /[A-Za-z0-9+/_-]{12}|END/u.test(text)
}

/** The quote marks before a marker belong to the block. */
function quoteStart(text: string, at: number): number {
    return at - (/[ \t>|]*$/u.exec(text.slice(Math.max(0, at - 16), at))?.[0].length ?? 0)
}
