/** @param {number} ms */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Deadlines of waiting are written for a machine that has nothing else to do. One that builds, tests
 * and runs three browsers on two cores is several times slower; what comes in time costs nothing.
 */
export const PATIENCE = 4

/**
 * Asks again and again until the answer is true; says what was missing when it never is.
 * @template T
 * @param {() => T | Promise<T>} ask
 * @param {{timeout: number, what: () => string, every?: number, patience?: number}} options
 * `patience` 1: what comes later came for another reason.
 * @returns {Promise<T>}
 */
export async function until(ask, { timeout, what, every = 60, patience = PATIENCE }) {
    const end = Date.now() + timeout * patience
    for (;;) {
        const answer = await ask()
        if (answer) return answer
        if (Date.now() > end) throw new Error(`after ${timeout * patience} ms: ${what()}`)
        await pause(every)
    }
}
