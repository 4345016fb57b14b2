/**
 * A click on a field that stands in no document is seen by nobody. For its duration the field, with
 * the tree it is in, stands in a hidden element of the document: so the guard sees the click first.
 */

import {
    append,
    attribute,
    create,
    firstChildOf,
    hostOf,
    inputsIn,
    insert,
    kindOf,
    ownerOf,
    parentOf,
    remove,
    rootElementOf,
    rootOf,
    typeOfInput,
} from "./native.ts"

const ELEMENT = 1
const DOCUMENT = 9
const FRAGMENT = 11

/** Clicks `target` by `click`, where the guard can see it. Nowhere to stand: nothing is clicked. */
export function clickInSight<T>(target: Node, click: () => T): T | undefined {
    const top = detachedTop(target)
    if (top === undefined) return click()
    const doc = ownerOf(target)
    const parent = doc && rootElementOf(doc)
    if (!doc || !parent) return undefined
    const holder = create(doc, "div")
    attribute(holder, "hidden", "")
    attribute(holder, "style", "display:none!important")
    move(top, holder)
    append(parent, holder)
    try {
        return click()
    } finally {
        if (kindOf(top) === FRAGMENT) move(holder, top)
        else if (parentOf(top) === holder) remove(holder, top)
        const still = parentOf(holder)
        if (still) remove(still, holder)
    }
}

/** The top of the tree that `target` is in, if it stands in no document and has a file field. */
function detachedTop(target: Node): Node | undefined {
    let hasField = false
    let root = rootOf(target)
    for (;;) {
        const kind = kindOf(root)
        if (kind === DOCUMENT) return undefined
        hasField ||= hasFileField(root)
        const host = kind === FRAGMENT ? hostOf(root) : undefined
        if (host === undefined) break
        root = rootOf(host)
    }
    return hasField ? root : undefined
}

function hasFileField(root: Node): boolean {
    for (const input of inputsIn(root)) if (typeOfInput(input) === "file") return true
    return false
}

/** Moves an element, or all of a fragment's or holder's children, in their order. */
function move(from: Node, to: Node): void {
    if (kindOf(from) === ELEMENT && parentOf(from) === null && kindOf(to) === ELEMENT) {
        append(to, from)
        return
    }
    for (let child = firstChildOf(from); child; child = firstChildOf(from)) insert(to, child, null)
}
