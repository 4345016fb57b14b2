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
const FRAME_MS = 16
/** How often the clock is read. */
const STEPS = 32

/** Work that can be interrupted at each `yield`. */
export type Job = Generator<void, void, void>

/** What a job asks to know when to pause. */
export interface Pace {
    /** Whether the running slice is over. Cheap: reads the clock now and then. */
    due(): boolean
    /** The same, for steps that are dear by themselves. */
    isOver(): boolean
}

export interface Slices extends Pace {
    /** Works on what is queued, at once if the budget allows. */
    kick(): void
    /** Nothing is queued any more, or it was stopped. */
    idle(): Promise<void>
    stop(): void
}

/** Takes the oldest out of a set. */
export function shift<T>(set: Set<T>): T | undefined {
    const [first] = set
    if (first !== undefined) set.delete(first)
    return first
}

/** `next` gives the jobs, one after the other. */
export function slices(next: () => Job | undefined): Slices {
    let job: Job | undefined
    let scheduled = false
    let stopped = false
    let running = false
    let deadline = 0
    let steps = 0
    let windowStart = 0
    let used = 0
    let waiting: (() => void)[] = []

    function due(): boolean {
        steps += 1
        return steps % STEPS === 0 && performance.now() >= deadline
    }

    function work(limit: number): void {
        const start = performance.now()
        deadline = start + limit
        running = true
        while (advance() && performance.now() < deadline);
        running = false
        count(start, performance.now())
        if (job !== undefined) schedule()
        else settle()
    }

    function settle(): void {
        for (const tell of waiting) tell()
        waiting = []
    }

    /** One step of the present job or of the next; `false` when there is none. */
    function advance(): boolean {
        job ??= next()
        if (job?.next().done === true) {
            job = next()
        }
        return job !== undefined
    }

    function count(start: number, end: number): void {
        if (end - windowStart > WINDOW_MS) {
            windowStart = start
            used = 0
        }
        used += end - start
    }

    function run(): void {
        scheduled = false
        if (!stopped) work(SLICE_MS)
    }

    /**
     * After what waits already, or with the next picture: what came together is worked on together.
     * (`scheduler.postTask` would be meant for this; Firefox calls nothing back in content scripts.)
     */
    function schedule(ms = 0): void {
        if (scheduled || stopped) return
        scheduled = true
        setTimeout(run, ms)
    }

    return {
        kick() {
            if (scheduled || stopped || running) return
            const spent = used > WINDOW_BUDGET_MS
            if (spent && performance.now() - windowStart < WINDOW_MS) schedule(FRAME_MS)
            else work(FIRST_MS)
        },
        async idle() {
            if (scheduled && !stopped) await new Promise<void>((told) => waiting.push(told))
        },
        due,
        isOver: () => performance.now() >= deadline,
        stop() {
            stopped = true
            settle()
        },
    }
}
