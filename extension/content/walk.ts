/** Walking a page's text without reading what is no text for people. */

/** A place inside a text node. */
export interface Place {
    node: Text
    offset: number
}

/** The attribute by which all of ours is known, also to a newer copy of this script. */
export const OURS = "data-sotto"

const NO_TEXT = "script,style,textarea,noscript,template,select,option"
const EDITABLE = "[contenteditable]:not([contenteditable='false' i])"

export function isText(node: Node): node is Text {
    return node.nodeType === 3
}

export function isElement(node: Node): node is Element {
    return node.nodeType === 1
}

export function isFrame(node: Node): node is HTMLIFrameElement {
    return node.nodeName === "IFRAME"
}

/** Blocks in scripts and editors are left alone: only the panel opens what an editor quotes. */
export function isReadable(text: Text): boolean {
    const parent = text.parentElement
    if (parent === null) return text.parentNode !== null
    if (text.ownerDocument.designMode === "on") return false
    return parent.closest(`${NO_TEXT},${EDITABLE},[${OURS}]`) === null
}

/** What a walk needs to go on after the page took away the node it stood at. */
export interface Walk {
    next(): Text | null
    /** Call before the page may run. */
    pause(): void
}

/**
 * Every text below `root`, in document order.
 *
 * No `NodeIterator`: it survives removals by itself, but each one that is alive makes every removal
 * in the page dearer, and there would be one for each mutation.
 */
export function walkBelow(root: Node): Walk {
    const walker = owner(root).createTreeWalker(root, NodeFilter.SHOW_TEXT)
    /** Outermost last. */
    let path: Node[] = []
    return {
        next() {
            if (path.length > 0) {
                // The branch it stood in is gone: on from what is left of the way up.
                const left = path.find((node) => root.contains(node))
                walker.currentNode = left ?? root
                path = []
            }
            return walker.nextNode() as Text | null
        },
        pause() {
            path = []
            for (let at: Node | null = walker.currentNode; at !== null; at = at.parentNode) {
                path.push(at)
                if (at === root) break
            }
        },
    }
}

/** The texts behind `start` in the same tree, without those that people do not read. */
export function textsBehind(start: Text): TreeWalker {
    const filter = (node: Node): number => {
        if (isText(node)) return NodeFilter.FILTER_ACCEPT
        return isElement(node) && node.matches(`${NO_TEXT},[${OURS}]`)
            ? NodeFilter.FILTER_REJECT
            : NodeFilter.FILTER_SKIP
    }
    const what = NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT
    const walker = owner(start).createTreeWalker(start.getRootNode(), what, filter)
    walker.currentNode = start
    return walker
}

function owner(node: Node): Document {
    return node.ownerDocument ?? (node as Document)
}
