/** @param {number} ms */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Asks again and again until the answer is true; says what was missing when it never is.
 * @template T
 * @param {() => T | Promise<T>} ask
 * @param {{timeout: number, what: () => string, every?: number}} options
 * @returns {Promise<T>}
 */
export async function until(ask, { timeout, what, every = 60 }) {
    const end = Date.now() + timeout
    for (;;) {
        const answer = await ask()
        if (answer) return answer
        if (Date.now() > end) throw new Error(`after ${timeout} ms: ${what()}`)
        await pause(every)
    }
}
