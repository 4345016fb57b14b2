/**
 * Work in slices. A page must not feel us: no call of ours lasts longer than a slice, and when many
 * mutations come we take a small share of the time and no more.
 */

/** Longest time one call works, in ms. */
const SLICE_MS = 5
/** Longest time the call works that the browser makes right after a mutation, in ms. */
const FIRST_MS = 3
/** Share of the time after which work waits for the next window. */
const WINDOW_MS = 500
const WINDOW_BUDGET_MS = 10
/** How often the clock is read. */
const STEPS = 32

/** Work that can be interrupted at each `yield`. */
export type Job = Generator<void, void, void>

export interface Slices {
    /** Works on what is queued, at once if the budget allows. */
    kick(): void
    /** Whether the running slice is over. Cheap: reads the clock now and then. */
    due(): boolean
    stop(): void
}

/**
 * `next` gives the jobs one after the other. `eager` jobs (the first scan of a page) may use the
 * whole of the idle time, all others the budget.
 */
export function slices(next: () => Job | undefined): Slices {
    let job: Job | undefined
    let scheduled = false
    let stopped = false
    let deadline = 0
    let steps = 0
    let windowStart = 0
    let used = 0

    function due(): boolean {
        steps += 1
        return steps % STEPS === 0 && performance.now() >= deadline
    }

    function work(limit: number): void {
        const start = performance.now()
        deadline = start + limit
        do {
            job ??= next()
            if (job === undefined) break
            if (job.next().done === true) job = undefined
        } while (performance.now() < deadline)
        const end = performance.now()
        if (end - windowStart > WINDOW_MS) {
            windowStart = start
            used = 0
        }
        used += end - start
        if (job !== undefined) schedule()
    }

    function schedule(): void {
        if (scheduled || stopped) return
        scheduled = true
        const run = (): void => {
            scheduled = false
            if (!stopped) work(SLICE_MS)
        }
        scheduler.postTask(run, { priority: "user-visible" }).catch(() => undefined)
    }

    return {
        kick() {
            if (scheduled || stopped) return
            if (used > WINDOW_BUDGET_MS && performance.now() - windowStart < WINDOW_MS) {
                scheduled = true
                setTimeout(() => {
                    scheduled = false
                    if (!stopped) work(SLICE_MS)
                }, 16)
                return
            }
            work(FIRST_MS)
        },
        due,
        stop() {
            stopped = true
        },
    }
}
