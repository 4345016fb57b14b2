/** The inside of a block, read out of pieces of text. */

import type { BlockKind } from "../generated/protocol.ts"

/** A block in the one form in which it is handed on and compared. */
export interface Canonical {
    kind: BlockKind
    text: string
}

/** White space, invisible characters and quote marks: what services add between characters. */
export const NOISE = "[\\s\\p{Cf}>|]"
export const DASH = "[\\p{Pd}\\u2212]"

export const LABEL = { letter: "AGE ENCRYPTED FILE", card: "SOTTO CONTACT CARD" } as const

/** Longer blocks stay text; the person pastes them into Sotto. About 380 kB of letter. */
const MAX_BODY_LEN = 512 * 1024
/** Shorter ones are a mention of Sotto, not a letter: the smallest sealed letter is longer. */
const MIN_BODY_LEN = 120
/** RFC 7468 lines. */
const LINE_LEN = 64
/** No end marker is longer, whatever a service adds to it. */
const MARKER_REACH = 256
/** Words of prose are short and many; lines of base64 are neither. */
const WORD_LEN = 16
const WORDS_MAX = 48

const ALL_NOISE = new RegExp(`${NOISE}+`, "gu")
const DASHES = new RegExp(DASH, "gu")
const TRAILING_DASHES = new RegExp(`(?:${NOISE}*${DASH}){0,8}`, "uy")
const FOREIGN = { armor: /[^A-Za-z0-9+/=]/u, line: /[^A-Za-z0-9_-]/u } as const

/** The letters of a marker with noise anywhere between them: a split falls where it falls. */
export function loose(words: string): string {
    return [...words.replaceAll(" ", "")].join(`${NOISE}*`)
}

export function clean(piece: string): string {
    return piece.replace(ALL_NOISE, "")
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
    return kind === "line" ? new LineBody() : new ArmorBody(kind)
}

/** The characters of a body, as long as they are ones. */
class Characters {
    readonly #parts: string[] = []
    readonly #foreign: RegExp
    #length = 0
    #words = 0

    constructor(alphabet: keyof typeof FOREIGN) {
        this.#foreign = FOREIGN[alphabet]
    }

    /** `false` when this cannot be part of a block. */
    take(piece: string): boolean {
        const characters = clean(piece)
        if (this.#foreign.test(characters)) return false
        this.#length += characters.length
        this.#parts.push(characters)
        return this.#length <= MAX_BODY_LEN && this.#isNoProse(piece)
    }

    #isNoProse(piece: string): boolean {
        for (const word of piece.split(/\s+/u)) {
            if (word.length > WORD_LEN) this.#words = 0
            else if (word !== "") this.#words += 1
            if (this.#words > WORDS_MAX) return false
        }
        return true
    }

    isEnough(): boolean {
        return this.#length >= MIN_BODY_LEN
    }

    toString(): string {
        return this.#parts.join("")
    }
}

class LineBody implements Body {
    readonly #characters = new Characters("line")
    end = 0

    feed(text: string, from: number): Progress {
        const stop = text.indexOf(".", from)
        const piece = stop < 0 ? text.slice(from) : text.slice(from, stop)
        if (!this.#characters.take(piece)) return "foreign"
        if (stop < 0) return "more"
        this.end = stop + 1
        return this.#characters.isEnough() ? "done" : "foreign"
    }

    canonical(): Canonical {
        return { kind: "line", text: `sotto1.${this.#characters}.` }
    }
}

class ArmorBody implements Body {
    readonly #kind: "letter" | "card"
    readonly #characters = new Characters("armor")
    readonly #marker: string
    /** The part of an end marker that earlier pieces held, from its first dash. */
    #tail = ""
    end = 0

    constructor(kind: "letter" | "card") {
        this.#kind = kind
        this.#marker = `END${LABEL[kind].replaceAll(" ", "")}`
    }

    feed(text: string, from: number): Progress {
        if (this.#tail !== "") return this.#finish(text, from)
        const dash = firstDash(text, from)
        if (!this.#characters.take(text.slice(from, dash))) return "foreign"
        return dash === text.length ? "more" : this.#finish(text, dash)
    }

    #finish(text: string, from: number): Progress {
        const piece = clean(text.slice(from, from + MARKER_REACH)).replaceAll(DASHES, "-")
        const closing = this.#tail + piece
        const found = closing.replace(/^-+/u, "")
        if (found.length < this.#marker.length) {
            if (!this.#marker.startsWith(found)) return "foreign"
            this.#tail = closing
            return "more"
        }
        if (!found.startsWith(this.#marker)) return "foreign"
        const letters = this.#marker.length - this.#tail.replace(/^-+/u, "").length
        this.end = behindDashes(text, behindLetters(text, from, letters))
        return this.#characters.isEnough() ? "done" : "foreign"
    }

    canonical(): Canonical {
        const label = LABEL[this.#kind]
        const lines = this.#characters.toString().match(LINES) ?? []
        const text = `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`
        return { kind: this.#kind, text }
    }
}

const LINES = new RegExp(`.{1,${LINE_LEN}}`, "gu")

/** The length of the text where there is none. */
function firstDash(text: string, from: number): number {
    DASHES.lastIndex = from
    const dash = DASHES.exec(text)?.index ?? text.length
    DASHES.lastIndex = 0
    return dash
}

function behindLetters(text: string, from: number, letters: number): number {
    let at = from
    for (let seen = 0; at < text.length && seen < letters; at += 1) {
        if (/[A-Z]/u.test(text.charAt(at))) seen += 1
    }
    return at
}

function behindDashes(text: string, from: number): number {
    TRAILING_DASHES.lastIndex = from
    return from + (TRAILING_DASHES.exec(text)?.[0].length ?? 0)
}
