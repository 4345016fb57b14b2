/** How far work on bytes is, how fast lately, and how long it will take. */

import type { FileProgress } from "../generated/protocol.ts"

/** The rate is that of the last seconds; before the first there is none. */
const WINDOW_MS = 5_000
const FIRST_MS = 700

export class Pace {
    readonly #total: number
    readonly #now: () => number
    #done = 0
    #marks: { at: number; done: number }[]

    constructor(total: number, now: () => number = () => performance.now()) {
        this.#total = total
        this.#now = now
        this.#marks = [{ at: now(), done: 0 }]
    }

    add(bytes: number): void {
        this.#done += bytes
        const at = this.#now()
        this.#marks.push({ at, done: this.#done })
        const oldest = this.#marks.findIndex((mark) => at - mark.at <= WINDOW_MS)
        this.#marks = this.#marks.slice(Math.max(0, oldest - 1))
    }

    /** What was done before: it says nothing about how fast it goes. */
    skip(bytes: number): void {
        this.#done += bytes
        this.#marks = this.#marks.map(({ at, done }) => ({ at, done: done + bytes }))
    }

    progress(): FileProgress {
        const first = this.#marks[0] ?? { at: 0, done: 0 }
        const ms = this.#now() - first.at
        const rate = ms < FIRST_MS ? 0 : Math.round(((this.#done - first.done) * 1000) / ms)
        const left = this.#total - this.#done
        return {
            done: this.#done,
            total: this.#total,
            rate,
            leftS: rate > 0 ? Math.ceil(left / rate) : null,
        }
    }
}
