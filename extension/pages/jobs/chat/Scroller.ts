import { Heights } from "./heights.ts"

/** What a message is taken for until it was measured, in pixels. */
const GUESS = 46
/** Rows painted beyond what is seen, on either side. */
const BEYOND = 3
/** Nearer to the end than this is at the end. */
const NEAR_END = 4
/** How far from the upper edge a row is shown that was jumped to. */
const JUMP_MARGIN = 72

export interface Range {
    first: number
    last: number
}

interface Places {
    /** What scrolls. */
    box: HTMLElement
    /** As high as all rows together. */
    space: HTMLElement
    /** The painted rows, moved to their place. */
    block: HTMLElement
}

/**
 * Shows a few rows of many: those in sight, at their place, whatever heights turn out to be.
 *
 * One row is the anchor: it stays where the person sees it while rows above it are measured,
 * loaded or changed. At the end, the end is the anchor.
 */
export class Scroller {
    readonly heights: Heights
    atEnd = true
    /** Painted now. */
    range: Range = { first: 0, last: -1 }
    private places: Places | undefined
    private anchor = { row: 0, top: 0 }
    /** Where the upper edge is, or is on the way to: what is in sight depends on nothing else. */
    private top = 0
    private again = 0

    constructor(total: number, start: number | null) {
        this.heights = new Heights(total, GUESS)
        if (start !== null) {
            this.atEnd = false
            this.anchor = { row: start, top: JUMP_MARGIN }
        }
    }

    stand(places: Places): void {
        this.places = places
    }

    /** The person, or we, scrolled. */
    scrolled(): Range {
        const { box } = this.need()
        if (this.again === 0 && Math.abs(box.scrollTop - this.top) >= 1) {
            this.top = box.scrollTop
            const row = this.heights.rowAt(this.top)
            this.anchor = { row, top: this.heights.offset(row) - this.top }
            this.atEnd = this.top + box.clientHeight >= box.scrollHeight - NEAR_END
        }
        return this.inSight()
    }

    /** After painting: measures what is painted, and puts everything where it belongs. */
    settle(total: number): Range {
        const { block } = this.need()
        this.heights.resize(total)
        let row = this.range.first
        for (const element of block.children) {
            this.heights.set(row, element.getBoundingClientRect().height)
            row += 1
        }
        this.place()
        return this.inSight()
    }

    jump(row: number): Range {
        this.atEnd = false
        this.anchor = { row, top: JUMP_MARGIN }
        this.place()
        return this.inSight()
    }

    toEnd(): Range {
        this.atEnd = true
        this.place()
        return this.inSight()
    }

    /** Scrolls no further than it takes to see the whole row. */
    reveal(row: number): Range {
        const { box } = this.need()
        const top = this.heights.offset(row) - this.top
        const room = box.clientHeight - this.heights.height(row)
        if (top < 0 || top > room) {
            this.atEnd = false
            this.anchor = { row, top: top < 0 ? 0 : Math.max(0, room) }
            this.place()
        }
        return this.inSight()
    }

    /** Whether the end is in sight, for whatever reason. */
    isAtEnd(): boolean {
        const { box } = this.need()
        return this.top + box.clientHeight >= this.heights.offset(this.heights.total) - NEAR_END
    }

    /** The last row of which something is in sight. */
    lastSeen(): number {
        const { box } = this.need()
        return this.heights.rowAt(this.top + box.clientHeight - 1)
    }

    private place(): void {
        const { box, space, block } = this.need()
        const { heights } = this
        const all = heights.offset(heights.total)
        const room = box.clientHeight
        // Few messages stand at the lower edge, where one writes.
        const lead = Math.max(0, room - all)
        space.style.height = `${all + lead}px`
        block.style.top = `${lead + heights.offset(this.range.first)}px`
        const end = all + lead - room
        // Where nothing scrolls the end is in sight, and stays so when more is said.
        if (all <= room) this.atEnd = true
        const wanted = this.atEnd ? end : heights.offset(this.anchor.row) - this.anchor.top
        this.top = Math.max(0, Math.min(wanted, end))
        this.move(3)
    }

    /**
     * Chromium has been seen to hold a box that has just grown to its former height until the next
     * frame: what it cut off is made up for there, and its own scrolling is not the person's.
     */
    private move(tries: number): void {
        const { box } = this.need()
        if (Math.abs(box.scrollTop - this.top) < 1) return
        box.scrollTop = this.top
        cancelAnimationFrame(this.again)
        this.again = 0
        if (tries === 0 || Math.abs(box.scrollTop - this.top) < 1) return
        this.again = requestAnimationFrame(() => {
            this.again = 0
            this.move(tries - 1)
        })
    }

    private inSight(): Range {
        const { box } = this.need()
        const { heights } = this
        const first = heights.rowAt(this.top) - BEYOND
        const last = heights.rowAt(this.top + box.clientHeight) + BEYOND
        return { first: Math.max(0, first), last: Math.min(heights.total - 1, last) }
    }

    private need(): Places {
        if (!this.places) throw new Error("nothing is painted yet")
        return this.places
    }
}
