/**
 * Taking a block out of sight without taking it out of the page.
 *
 * The block's own nodes are wrapped where they stand and hidden; giving them back leaves the page
 * as it was, node for node. Nothing is lost if we are torn away in the middle: a newer copy of this
 * script finds the wrappers by their attribute.
 */

import { isText, OURS, type Place } from "./walk.ts"

export interface Concealed {
    /** Before this element the placeholder stands. */
    first: HTMLElement
    /** Shows or hides the page's own text. */
    show(visible: boolean): void
    /** Gives the page its nodes back. */
    restore(): void
    /** Whether the page still has them. */
    stands(): boolean
    /** What is left of a split text behind the block. */
    rest: Text | undefined
}

const SHOWN = "display:contents!important"
const HIDDEN = "display:none!important"

/** Call it where our own change is not observed. */
export function conceal(start: Place, end: Place): Concealed | undefined {
    const { first, last, rest, joins } = cutOut(start, end)
    const wrappers = runsBetween(first, last).map(wrap)
    const [head] = wrappers
    if (head === undefined) return undefined
    return {
        first: head,
        rest,
        show(visible) {
            for (const wrapper of wrappers) wrapper.style.cssText = visible ? SHOWN : HIDDEN
        },
        restore() {
            for (const wrapper of wrappers) unwrap(wrapper)
            for (const join of joins) join()
        },
        stands: () => wrappers.every((wrapper) => wrapper.isConnected) && first.isConnected,
    }
}

/** Gives back what wrappers hold that another copy of this script left. */
export function unwrap(wrapper: Element): void {
    wrapper.replaceWith(...wrapper.childNodes)
}

interface Cut {
    first: Text
    last: Text
    rest: Text | undefined
    joins: (() => void)[]
}

/** Splits the texts at both ends so that the block consists of whole nodes. */
function cutOut(start: Place, end: Place): Cut {
    const joins: (() => void)[] = []
    let rest: Text | undefined
    let first = start.node
    let last = end.node
    if (end.offset < last.length && last.data.slice(end.offset).trim() !== "") {
        rest = split(last, end.offset, joins)
    }
    if (start.offset > 0 && first.data.slice(0, start.offset).trim() !== "") {
        const whole = first
        first = split(whole, start.offset, joins)
        if (last === whole) last = first
    }
    return { first, last, rest, joins }
}

function split(text: Text, at: number, joins: (() => void)[]): Text {
    const tail = text.splitText(at)
    joins.unshift(() => {
        if (text.nextSibling !== tail) return
        text.appendData(tail.data)
        tail.remove()
    })
    return tail
}

/** The fewest runs of siblings that hold everything from `first` to `last` and nothing else. */
function runsBetween(first: Text, last: Text): Node[][] {
    if (first === last) return [[first]]
    const top = ancestorOfBoth(first, last)
    if (top === null) return []
    const left = climb(first, top, "previousSibling")
    const right = climb(last, top, "nextSibling")
    const runs = left.parentNode === top ? [] : downFrom(left, top)
    const from = left.parentNode === top ? left : (childOf(top, left).nextSibling ?? null)
    const to = right.parentNode === top ? right.nextSibling : childOf(top, right)
    if (from !== null && from !== to) runs.push(siblings(from, to))
    if (right.parentNode !== top) runs.push(...upTo(childOf(top, right), right))
    return runs
}

/** No `Range` for this: a live one makes every later removal in the page dearer. */
function ancestorOfBoth(first: Node, last: Node): Node | null {
    let at = first.parentNode
    while (at !== null && !at.contains(last)) at = at.parentNode
    return at
}

/** The runs from `first` on inside the branch of `top` that holds it. */
function downFrom(first: Node, top: Node): Node[][] {
    const runs: Node[][] = []
    let at: Node | null = first
    while (at !== null && at.parentNode !== top) {
        runs.push(siblings(at, null))
        let parent: Node | null = at.parentNode
        while (parent !== null && parent.nextSibling === null && parent.parentNode !== top) {
            parent = parent.parentNode
        }
        at = parent === null || parent.parentNode === top ? null : parent.nextSibling
    }
    return runs
}

/** Up while nothing visible stands on that side, so that a paragraph's margin goes with it. */
function climb(node: Node, top: Node, side: "previousSibling" | "nextSibling"): Node {
    let at = node
    while (at.parentNode !== null && at.parentNode !== top && isAlone(at[side], side)) {
        at = at.parentNode
    }
    return at
}

function isAlone(sibling: Node | null, side: "previousSibling" | "nextSibling"): boolean {
    let at = sibling
    while (at !== null) {
        if (!(isText(at) && at.data.trim() === "") && at.nodeName !== "BR") return false
        at = at[side]
    }
    return true
}

function childOf(top: Node, node: Node): Node {
    let at = node
    while (at.parentNode !== null && at.parentNode !== top) at = at.parentNode
    return at
}

function siblings(from: Node, to: Node | null): Node[] {
    const run: Node[] = []
    for (let at: Node | null = from; at !== null && at !== to; at = at.nextSibling) run.push(at)
    return run
}

/** The runs inside `branch` that stand before and at `last`. */
function upTo(branch: Node, last: Node): Node[][] {
    const runs: Node[][] = []
    let at: Node = branch
    while (at !== last) {
        const inner: Node | undefined = [...at.childNodes].find((child) => child.contains(last))
        if (inner === undefined || at.firstChild === null) break
        const run = siblings(at.firstChild, inner === last ? inner.nextSibling : inner)
        if (run.length > 0) runs.push(run)
        at = inner
    }
    return runs
}

function wrap(run: Node[]): HTMLElement {
    const [first] = run as [ChildNode, ...ChildNode[]]
    const wrapper = (first.ownerDocument ?? document).createElement("span")
    wrapper.setAttribute(OURS, "text")
    wrapper.style.cssText = HIDDEN
    first.before(wrapper)
    wrapper.append(...run)
    return wrapper
}
