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
 * @param {{timeout: number, what: () => string, every?: number}} options
 * @returns {Promise<T>}
 */
export async function until(ask, { timeout, what, every = 60 }) {
    const end = Date.now() + timeout * PATIENCE
    for (;;) {
        const answer = await ask()
        if (answer) return answer
        if (Date.now() > end) throw new Error(`after ${timeout * PATIENCE} ms: ${what()}`)
        await pause(every)
    }
}
