/**
 * What a sealed block looks like after a service has had its way with it.
 *
 * Services double or drop newlines, quote with "> ", put zero-width spaces into empty lines, change
 * the dashes of the markers, split lines anywhere. None of that touches the base64 alphabets, so a
 * block is read by dropping everything that is not in them and is then written down canonically.
 * Whether it is a letter at all, the core decides.
 */

import type { BlockKind } from "../generated/protocol.ts"
import { bodyOf, type Canonical, clean, DASH, LABEL, loose, NOISE } from "./body.ts"

const BEGIN = new RegExp(
    `(?:${DASH}${NOISE}*){1,8}BEGIN${NOISE}*(?:${loose(LABEL.letter)}|${loose(LABEL.card)})` +
        `(?:${NOISE}*${DASH}){1,8}|(?<![A-Za-z0-9_.@/-])sotto1\\.(?=${NOISE}*[A-Za-z0-9_-])`,
    "gu",
)

/** Where a block may begin in a text. */
export interface Begin {
    kind: BlockKind
    /** Of the marker's first character. */
    start: number
    /** Behind the marker. */
    end: number
}

/** Cheap enough for every text of a page: most have neither word. */
export function mayBegin(text: string): boolean {
    return text.includes("BEGIN") || text.includes("sotto1.")
}

/** The first marker at or behind `from`. */
export function findBegin(text: string, from: number): Begin | undefined {
    BEGIN.lastIndex = from
    const match = BEGIN.exec(text)
    if (match === null) return undefined
    const [marker] = match
    const kind = marker === "sotto1." ? "line" : clean(marker).includes("SOTTO") ? "card" : "letter"
    return { kind, start: match.index, end: match.index + marker.length }
}

/** A block inside a plain text, with its place. */
export interface Placed extends Canonical {
    start: number
    end: number
}

/** All blocks of a plain text, such as the content of an editor. */
export function blocksIn(text: string): Placed[] {
    const found: Placed[] = []
    let at = 0
    for (;;) {
        const begin = findBegin(text, at)
        if (begin === undefined) return found
        const body = bodyOf(begin.kind)
        const done = body.feed(text, begin.end) === "done"
        if (done) found.push({ ...body.canonical(), start: begin.start, end: body.end })
        at = done ? body.end : begin.end
    }
}

/** "On 3 May, bob@mail.example wrote:": what webmail puts above what it quotes. */
const ATTRIBUTION = /(^|\n)(?=[^\n]*[\d@])[^\n]*:\s*$/u

/** A plain text without its blocks and without what quoting them has left around them. */
export function withoutBlocks(text: string, blocks: readonly Placed[]): string {
    let rest = ""
    let at = 0
    for (const block of blocks) {
        const before = text.slice(at, block.start).replace(/[ \t>|]+$/u, "")
        rest += before.replace(/^[ \t]*[>|].*$/gmu, "").replace(ATTRIBUTION, "$1")
        at = block.end
    }
    const left = (rest + text.slice(at)).replace(/^[ \t>|]+$/gmu, "")
    return left.replace(/\n{3,}/gu, "\n\n").trim()
}
