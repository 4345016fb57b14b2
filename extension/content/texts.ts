/** Blocks in texts: markers found, bodies gathered over as many nodes as they take. */

import type { BlockKind } from "../generated/protocol.ts"
import { type Begin, findBegin, mayBegin } from "./armor.ts"
import { type Body, bodyOf, type Canonical, type Progress } from "./body.ts"
import { inPieces } from "./pieces.ts"
import { type Job, type Pace, shift } from "./slices.ts"
import { isReadable, type Place, textsBehind } from "./walk.ts"

/** A block where it stands in the page. */
export interface Found extends Canonical {
    start: Place
    end: Place
    /** Every text that holds a part of it. */
    texts: Text[]
}

/** Markers without their end are kept for this many texts: the page may still be writing. */
const OPEN_MAX = 32

export class TextSearch {
    readonly #pace: Pace
    readonly #found: (found: Found) => void
    readonly #open = new Map<Text, BlockKind>()
    readonly #retried = new Set<Text>()
    #owned = new WeakSet<Text>()
    #stirred = false

    constructor(pace: Pace, found: (found: Found) => void) {
        this.#pace = pace
        this.#found = found
    }

    /** Cheap enough for every text of a page. */
    mayMatter(text: string): boolean {
        return mayBegin(text) || (this.#open.size > 0 && mayContinue(text))
    }

    /** The same of all the text of a branch: beside a last short piece stand times and names. */
    mayMatterIn(branch: string): boolean {
        return this.mayMatter(branch) || (this.#open.size > 0 && branch.includes("."))
    }

    /** Whether a text is known to belong to a block. */
    owns(text: Text): boolean {
        return this.#owned.has(text)
    }

    release(texts: readonly Text[]): void {
        for (const text of texts) this.#owned.delete(text)
    }

    forgetAll(): void {
        this.#open.clear()
        this.#retried.clear()
        this.#owned = new WeakSet()
    }

    /** Blocks that begin in `text`; whether it may end one that began before is noted. */
    *search(text: Text): Job {
        if (this.#owned.has(text) || !text.isConnected) return
        if (this.#open.size > 0 && mayContinue(text.data)) this.#noteEnd(text.data)
        yield* this.#searchMarkers(text)
    }

    /** The next unfinished block that is worth another look. */
    retry(): Job | undefined {
        const text = shift(this.#retried)
        return text === undefined ? undefined : this.#searchMarkers(text)
    }

    /** All unfinished blocks are worth another look. */
    retryAll(): void {
        for (const text of this.#open.keys()) this.#retried.add(text)
    }

    /** Whether something came, since this was last asked, that unfinished blocks may go on with. */
    wasStirred(): boolean {
        const stirred = this.#stirred && this.#open.size > 0
        this.#stirred = false
        return stirred
    }

    #noteEnd(added: string): void {
        this.#stirred = true
        const armorEnds = added.includes("END")
        for (const [text, kind] of this.#open) {
            if (kind === "line" ? added.includes(".") : armorEnds) this.#retried.add(text)
        }
    }

    *#searchMarkers(text: Text): Job {
        this.#open.delete(text)
        if (!text.isConnected || !mayBegin(text.data) || !isReadable(text)) return
        let begin = findBegin(text.data, 0)
        while (begin !== undefined && !this.#owned.has(text)) {
            const found = yield* this.#gather(text, begin)
            // What is left of the text behind a block is searched when the block has its place.
            if (found !== undefined) return this.#take(found)
            this.#leaveOpen(text, begin.kind)
            begin = findBegin(text.data, begin.end)
        }
    }

    *#gather(text: Text, begin: Begin): Generator<void, Found | undefined, void> {
        if (begin.kind === "line") {
            const found = yield* this.#join(text, begin, inPieces)
            if (found !== undefined) return found
        }
        return yield* this.#join(text, begin)
    }

    /** Reads on until the block ends. */
    *#join(text: Text, begin: Begin, how = inOne): Generator<void, Found | undefined, void> {
        const body = bodyOf(begin.kind)
        const feed = how(text, body)
        const texts = [text]
        let progress = body.feed(text.data, begin.end)
        const walker = textsBehind(text)
        while (progress === "more") {
            const next = walker.nextNode() as Text | null
            if (next === null || this.#owned.has(next)) return undefined
            texts.push(next)
            progress = feed(next)
            if (this.#pace.due()) yield
        }
        if (progress === "foreign" || !texts.every((part) => part.isConnected)) return undefined
        const start = { node: text, offset: quoteStart(text.data, begin.start) }
        const end = { node: texts.at(-1) ?? text, offset: body.end }
        return { ...body.canonical(), start, end, texts }
    }

    #take(found: Found): void {
        for (const text of found.texts) {
            this.#owned.add(text)
            this.#open.delete(text)
        }
        this.#found(found)
    }

    #leaveOpen(text: Text, kind: BlockKind): void {
        this.#open.set(text, kind)
        const [oldest] = this.#open.keys()
        if (this.#open.size > OPEN_MAX && oldest !== undefined) this.#open.delete(oldest)
    }
}

/** Every text belongs to the block. */
function inOne(_first: Text, body: Body): (text: Text) => Progress {
    return (text) => body.feed(text.data, 0)
}

/** Text that a block may consist of has a long run of base64, or the end of one. */
function mayContinue(text: string): boolean {
    return /[A-Za-z0-9+/_-]{12}|END|^\s*[A-Za-z0-9_-]{0,12}\.\s*$/u.test(text)
}

/** The quote marks before a marker belong to the block. */
function quoteStart(text: string, at: number): number {
    return at - (/[ \t>|]*$/u.exec(text.slice(Math.max(0, at - 16), at))?.[0].length ?? 0)
}
