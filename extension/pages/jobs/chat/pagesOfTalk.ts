import type { ChatMessage } from "../../../generated/protocol.ts"

/** As many messages as one answer holds (docs of `live::MAX_PAGE`). */
export const PAGE = 60
/** Pages kept: what was scrolled past long ago is asked for again. */
const KEPT = 12

/** The part of a long conversation that is here: pages by position, the last used ones. */
export class TalkPages {
    private readonly pages = new Map<number, (ChatMessage | undefined)[]>()
    private readonly stale = new Set<number>()

    total: number

    constructor(total: number) {
        this.total = total
    }

    /** The message at a position, if it is here. */
    at(position: number): ChatMessage | undefined {
        return this.pages.get(pageOf(position))?.[position % PAGE]
    }

    /** The pages that lack something of `first..=last`, nearest to the middle first. */
    lacking(first: number, last: number): number[] {
        if (this.total === 0) return []
        const end = Math.min(last, this.total - 1)
        const pages: number[] = []
        for (let page = pageOf(Math.max(0, first)); page <= pageOf(end); page++) {
            if (this.lacks(page)) pages.push(page)
        }
        return pages
    }

    /** Whether something of a page is not here, or may have changed. */
    lacks(page: number): boolean {
        return this.stale.has(page) || !this.isWhole(page)
    }

    /** Takes an answer: everything of a page, or what there is of it. */
    take(page: number, messages: readonly ChatMessage[], total: number): void {
        this.resize(total)
        this.pages.delete(page)
        this.pages.set(page, [])
        this.stale.delete(page)
        for (const message of messages) this.put(message)
        this.forget(page)
    }

    /** Takes news: what changed, wherever it stands. */
    change(total: number, changed: readonly ChatMessage[], staleFrom: number | null): void {
        this.resize(total)
        if (staleFrom !== null) {
            for (const page of this.pages.keys()) {
                if (page >= pageOf(staleFrom)) this.stale.add(page)
            }
        }
        for (const message of changed) this.put(message)
    }

    /** The newest message for which `wanted` holds, among those that are here at the end. */
    newest(wanted: (message: ChatMessage) => boolean): ChatMessage | undefined {
        for (let position = this.total - 1; position >= 0; position--) {
            const message = this.at(position)
            if (!message) return undefined
            if (wanted(message)) return message
        }
        return undefined
    }

    /** Everything is to be asked for anew; meanwhile what is here is shown. */
    doubt(): void {
        for (const page of this.pages.keys()) this.stale.add(page)
    }

    private put(message: ChatMessage): void {
        if (message.position >= this.total) return
        const page = pageOf(message.position)
        const slots = this.pages.get(page) ?? []
        slots[message.position % PAGE] = message
        this.pages.set(page, slots)
    }

    private isWhole(page: number): boolean {
        const slots = this.pages.get(page)
        if (!slots) return false
        const wanted = Math.min(PAGE, this.total - page * PAGE)
        for (let slot = 0; slot < wanted; slot++) if (!slots[slot]) return false
        return true
    }

    private resize(total: number): void {
        this.total = total
        for (const [page, slots] of this.pages) {
            const room = Math.max(0, total - page * PAGE)
            if (slots.length > room) slots.length = room
            if (room === 0) this.pages.delete(page)
        }
    }

    /** Least recently asked for first; the end of the conversation always stays. */
    private forget(used: number): void {
        const end = pageOf(Math.max(0, this.total - 1))
        for (const page of this.pages.keys()) {
            if (this.pages.size <= KEPT) return
            if (page !== used && page !== end) this.pages.delete(page)
        }
    }
}

export function pageOf(position: number): number {
    return Math.floor(position / PAGE)
}
