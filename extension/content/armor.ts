/**
 * What a sealed block looks like after a service has had its way with it.
 *
 * Services double or drop newlines, quote with "> ", put zero-width spaces into empty lines, change
 * the dashes of the markers, split lines anywhere. None of that touches the base64 alphabets, so a
 * block is read by dropping everything that is not in them and is then written down canonically.
 * Whether it is a letter at all, the core decides.
 */

import type { BlockKind } from "../generated/protocol.ts"

/** A block in the one form in which it is handed on and compared. */
export interface Canonical {
    kind: BlockKind
    text: string
}

/** Longer blocks stay text; the person pastes them into Sotto. About 380 kB of letter. */
export const MAX_BLOCK_LEN = 512 * 1024

/** Shorter ones are a mention of Sotto, not a letter: the smallest sealed letter is ten times that. */
const MIN_BODY_LEN = 120

/** RFC 7468 lines. */
const LINE_LEN = 64

/** White space, invisible characters and quote marks: what services add between characters. */
const NOISE = "[\\s\\p{Cf}>|]"
const DASH = "[\\p{Pd}\\u2212]"

const LABEL = { letter: "AGE ENCRYPTED FILE", card: "SOTTO CONTACT CARD" } as const

/** No end marker is longer, whatever a service adds to it. */
const MARKER_REACH = 256

/** The letters of a marker with noise anywhere between them: a split falls where it falls. */
const loose = (words: string): string => [...words.replaceAll(" ", "")].join(`${NOISE}*`)

const BEGIN = new RegExp(
    `(?:${DASH}${NOISE}*){1,8}BEGIN${NOISE}*(?:${loose(LABEL.letter)}|${loose(LABEL.card)})` +
        `(?:${NOISE}*${DASH}){1,8}|(?<![A-Za-z0-9_.@/-])sotto1\\.(?=${NOISE}*[A-Za-z0-9_-])`,
    "gu",
)
const ARMOR_NOISE = new RegExp(`${NOISE}+`, "gu")
const ARMOR_FOREIGN = /[^A-Za-z0-9+/=]/u
const LINE_FOREIGN = /[^A-Za-z0-9_-]/u
const DASHES = new RegExp(DASH, "gu")

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

/** How far a body has been read. */
export type Progress = "more" | "foreign" | "done"

/** Reads the body of one block out of pieces of text, in the order in which they stand. */
export interface Body {
    /** Reads `text` from `from` on. */
    feed(text: string, from: number): Progress
    /** Behind the end marker in the piece that was fed last; valid when done. */
    readonly end: number
    /** The block, when done. */
    canonical(): Canonical
}

export function bodyOf(kind: BlockKind): Body {
    return kind === "line" ? lineBody() : armorBody(kind)
}

function lineBody(): Body {
    const parts: string[] = []
    let length = 0
    let end = 0
    return {
        feed(text, from) {
            const stop = text.indexOf(".", from)
            const piece = clean(stop < 0 ? text.slice(from) : text.slice(from, stop))
            if (LINE_FOREIGN.test(piece)) return "foreign"
            length += piece.length
            parts.push(piece)
            if (length > MAX_BLOCK_LEN) return "foreign"
            if (stop < 0) return "more"
            end = stop + 1
            return length < MIN_BODY_LEN ? "foreign" : "done"
        },
        get end() {
            return end
        },
        canonical: () => ({ kind: "line", text: `sotto1.${parts.join("")}.` }),
    }
}

function armorBody(kind: "letter" | "card"): Body {
    const label = LABEL[kind]
    const marker = `END${label.replaceAll(" ", "")}`
    const endPattern = new RegExp(`${loose(marker)}(?:${NOISE}*${DASH}){0,8}`, "u")
    const parts: string[] = []
    let length = 0
    let end = 0
    /** The part of an end marker that earlier pieces held, from its first dash. */
    let tail = ""

    function finish(text: string, from: number): Progress {
        const closing = tail + clean(text.slice(from, from + MARKER_REACH)).replaceAll(DASHES, "-")
        const found = closing.replace(/^-+/u, "")
        if (found.length < marker.length) {
            if (!marker.startsWith(found)) return "foreign"
            tail = closing
            return "more"
        }
        if (!found.startsWith(marker)) return "foreign"
        end = closingEnd(text, from)
        return length < MIN_BODY_LEN ? "foreign" : "done"
    }

    /** Behind the marker in `text`; a marker in several pieces is counted off from its end. */
    function closingEnd(text: string, from: number): number {
        const whole = tail === "" ? endPattern.exec(text.slice(from, from + MARKER_REACH)) : null
        if (whole !== null) return from + whole.index + whole[0].length
        const missing = marker.length - tail.replace(/^-+/u, "").length
        let at = from
        for (let seen = 0; at < text.length && seen < missing; at += 1) {
            if (/[A-Z]/u.test(text.charAt(at))) seen += 1
        }
        const dashes = new RegExp(`(?:${NOISE}*${DASH}){0,8}`, "uy")
        dashes.lastIndex = at
        return at + (dashes.exec(text)?.[0].length ?? 0)
    }

    return {
        feed(text, from) {
            if (tail !== "") return finish(text, from)
            DASHES.lastIndex = from
            const dash = DASHES.exec(text)?.index ?? -1
            DASHES.lastIndex = 0
            const piece = clean(dash < 0 ? text.slice(from) : text.slice(from, dash))
            if (ARMOR_FOREIGN.test(piece)) return "foreign"
            length += piece.length
            parts.push(piece)
            if (length > MAX_BLOCK_LEN) return "foreign"
            return dash < 0 ? "more" : finish(text, dash)
        },
        get end() {
            return end
        },
        canonical: () => ({ kind, text: armored(label, parts.join("")) }),
    }
}

function clean(piece: string): string {
    return piece.replace(ARMOR_NOISE, "")
}

function armored(label: string, base64: string): string {
    const lines: string[] = []
    for (let at = 0; at < base64.length; at += LINE_LEN) lines.push(base64.slice(at, at + LINE_LEN))
    return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`
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

/** A plain text without its blocks and without the quote marks that are left of them. */
export function withoutBlocks(text: string, blocks: readonly Placed[]): string {
    let rest = ""
    let at = 0
    for (const block of blocks) {
        rest += text.slice(at, block.start).replace(/[ \t>|]+$/u, "")
        at = block.end
    }
    const left = (rest + text.slice(at)).replace(/^[ \t>|]+$/gmu, "")
    return left.replace(/\n{3,}/gu, "\n\n").trim()
}
