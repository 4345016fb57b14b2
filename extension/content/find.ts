/** Finding sealed blocks in a page, as it is and as it changes. */

import { mayBeEditor } from "./editors.ts"
import { type Job, type Slices, shift, slices } from "./slices.ts"
import { type Found, TextSearch } from "./texts.ts"
import { isElement, isFrame, isText, OURS, walkBelow } from "./walk.ts"

export interface FinderEvents {
    found(found: Found): void
    /** The page changed text that belongs to a block. */
    changed(texts: ReadonlySet<Text>): void
    /** The page took nodes away; whether something of ours went with them, as far as a look tells. */
    removed(ours: boolean): void
    /** A frame stands in the page; its document may be readable. */
    frame(frame: HTMLIFrameElement): void
    /** Something that is edited stands in the page. */
    editor(element: HTMLElement): void
    /** A link stands in the page whose address or text names a sealed file, as far as that shows. */
    link(link: HTMLAnchorElement): void
}

/** Blocks that wait to be handed on together while more are searched for. */
const READY_MAX = 50
const RETRY_MS = 250
const SETTLED_MS = 500
/** Elements of a branch whose text is asked for at once. */
const BRANCH_MAX = 1500
/** Elements of a branch in which shadow trees are looked for. */
const SHADOWS_MAX = 300
const LINK = "a[href]"
/** Links that say by themselves that they lead to a sealed file. Others have its name as their text. */
const SEALED_LINK = "a[href*='.age' i],a[href][download*='.age' i]"
const NOTED = `iframe,textarea,[contenteditable],${SEALED_LINK}`
const OF_OURS = `[${OURS}]`
const WATCHED = { childList: true, characterData: true, subtree: true } as const

export class Finder {
    readonly #events: FinderEvents
    readonly #queue = new Set<Node>()
    /** Found, not handed on yet: each change of ours costs the page a picture, so they come together. */
    readonly #ready = new Set<Found>()
    readonly #roots = new WeakSet<Node>()
    readonly #work: Slices = slices(() => this.#next())
    readonly #texts = new TextSearch(this.#work, (found) => this.#ready.add(found))
    readonly #observer = new MutationObserver((records) => {
        this.#note(records)
        this.#work.kick()
    })
    #retry: ReturnType<typeof setTimeout> | undefined

    constructor(events: FinderEvents) {
        this.#events = events
    }

    /** Searches a tree now and watches it from now on. */
    watch(root: Document | ShadowRoot): void {
        if (this.#roots.has(root)) return
        this.#roots.add(root)
        this.#observer.observe(root, WATCHED)
        this.search(root)
    }

    /** Searches below a node again, for instance text that we gave back to the page. */
    search(node: Node): void {
        this.#queue.add(node)
        this.#work.kick()
    }

    /** Changes the page without seeing our own change. */
    quietly(change: () => void): void {
        this.#note(this.#observer.takeRecords())
        change()
        this.#observer.takeRecords()
    }

    /** Forgets that texts belong to a block. */
    release(texts: readonly Text[]): void {
        this.#texts.release(texts)
    }

    /** Everything that was to be searched is; a page that changes without end is not waited for. */
    async settled(): Promise<void> {
        const late = new Promise((told) => setTimeout(told, SETTLED_MS))
        await Promise.race([this.#work.idle(), late])
    }

    stop(): void {
        this.#observer.disconnect()
        this.#work.stop()
        clearTimeout(this.#retry)
        this.#queue.clear()
        this.#ready.clear()
        this.#texts.forgetAll()
    }

    #next(): Job | undefined {
        if (this.#ready.size >= READY_MAX) return this.#place()
        const node = shift(this.#queue)
        if (node !== undefined) return this.#searchNode(node)
        const again = this.#texts.retry()
        if (again !== undefined) return again
        this.#retryLater()
        return this.#ready.size > 0 ? this.#place() : undefined
    }

    #searchNode(node: Node): Job {
        return isText(node) ? this.#searchText(node) : this.#searchBelow(node)
    }

    #searchText(text: Text): Job {
        if (namesFile(text.data)) this.#noteNaming(text)
        return this.#texts.search(text)
    }

    #note(records: readonly MutationRecord[]): void {
        const touched = new Set<Text>()
        for (const { type, target, addedNodes } of records) {
            if (type === "characterData") this.#noteText(target as Text, touched)
            for (const node of addedNodes) this.#queue.add(node)
        }
        if (touched.size > 0) this.#touch(touched)
        const removals = records.filter(({ removedNodes }) => removedNodes.length > 0)
        if (removals.length > 0) this.#events.removed(removals.some(tookOurs))
    }

    #noteText(text: Text, touched: Set<Text>): void {
        if (this.#texts.owns(text)) touched.add(text)
        else this.#queue.add(text)
    }

    #touch(touched: ReadonlySet<Text>): void {
        for (const found of this.#ready) {
            if (found.texts.some((text) => touched.has(text))) this.#drop(found)
        }
        this.#events.changed(touched)
    }

    /**
     * The text of whole branches is asked for first. Only a branch with a marker in it is walked node
     * by node: each node that a script touches costs the browser an object and a collection later.
     */
    *#searchBelow(root: Node): Job {
        const rest: Node[] = [root]
        for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
            if (isText(part)) yield* this.#searchText(part)
            else if (isBranch(part)) {
                const all = elementsBelow(part)
                if (all.length > BRANCH_MAX) rest.push(...this.#branchesOf(part))
                else yield* this.#searchBranch(part, all)
            }
            if (this.#work.isOver()) yield
        }
    }

    #branchesOf(large: Node): NodeListOf<Node> {
        if (isElement(large)) this.#noteElement(large)
        return large.childNodes
    }

    *#searchBranch(branch: Node, all: NodeListOf<Element>): Job {
        this.#noteElements(branch, all)
        const text = branch.textContent
        if (text !== null && namesFile(text)) this.#noteNaming(branch)
        if (text !== null && !this.#texts.mayMatterIn(text)) return
        const walk = walkBelow(branch)
        for (let node = walk.next(); node !== null; node = walk.next()) {
            const matters = this.#texts.mayMatter(node.data)
            if (!matters && !this.#work.due()) continue
            walk.pause()
            if (matters) yield* this.#texts.search(node)
            else yield
        }
    }

    #noteElements(branch: Node, all: NodeListOf<Element>): void {
        if (isElement(branch)) this.#noteElement(branch)
        // Nobody can ask for the hosts of shadow trees but one by one.
        const noted = all.length <= SHADOWS_MAX ? all : elementsBelow(branch, NOTED)
        for (const element of noted) this.#noteElement(element)
    }

    #noteElement(element: Element): void {
        if (isFrame(element)) this.#events.frame(element)
        if (mayBeEditor(element)) this.#events.editor(element)
        if (isLink(element) && element.matches(SEALED_LINK)) this.#events.link(element)
        if (element.shadowRoot !== null) this.watch(element.shadowRoot)
    }

    /** The links in and around what names a sealed file. */
    #noteNaming(node: Node): void {
        const around = (isElement(node) ? node : node.parentElement)?.closest(LINK)
        if (around) this.#events.link(around as HTMLAnchorElement)
        if (isText(node)) return
        for (const link of elementsBelow(node, LINK)) this.#events.link(link as HTMLAnchorElement)
    }

    *#place(): Job {
        for (const found of this.#ready) {
            this.#ready.delete(found)
            if (found.texts.every((text) => text.isConnected)) this.#events.found(found)
            else this.#drop(found)
            if (this.#work.isOver()) yield
        }
    }

    /** The page was faster: what is left of the block is searched anew. */
    #drop(found: Found): void {
        this.#ready.delete(found)
        this.#texts.release(found.texts)
        this.#queue.add(found.start.node)
    }

    /** When it is quiet, unfinished blocks get another look: their end may have come out of order. */
    #retryLater(): void {
        if (!this.#texts.wasStirred() || this.#retry !== undefined) return
        this.#retry = setTimeout(() => {
            // Cleared first: what stirs while the work goes on gets a look of its own.
            this.#retry = undefined
            this.#texts.retryAll()
            this.#work.kick()
        }, RETRY_MS)
    }
}

function elementsBelow(node: Node, which = "*"): NodeListOf<Element> {
    return (node as ParentNode & Node).querySelectorAll(which)
}

function namesFile(text: string): boolean {
    return /\.age\b/iu.test(text)
}

/** Something with text in it that may be a page's: no comment, nothing of ours. */
function isBranch(node: Node): boolean {
    if (!node.isConnected || !("querySelectorAll" in node)) return false
    return !(isElement(node) && node.hasAttribute(OURS))
}

function isLink(element: Element): element is HTMLAnchorElement {
    return element.nodeName === "A"
}

/** It stood below a removed node, or around one. What is in shadow trees cannot be asked for. */
function tookOurs({ target, removedNodes }: MutationRecord): boolean {
    if (isElement(target) && target.closest(OF_OURS) !== null) return true
    return [...removedNodes].some(
        (node) =>
            isElement(node) && (node.matches(OF_OURS) || node.querySelector(OF_OURS) !== null),
    )
}
