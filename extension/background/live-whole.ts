/** A step is done as a whole, or what did it is thrown away. */

import { CoreError, fromFailure, toFailure } from "../lib/failure.ts"

/** Does `work`; after a failure, whoever's it is, `end`. */
export async function wholly<T>(work: () => Promise<T>, end: () => void): Promise<T> {
    try {
        return await work()
    } catch (error) {
        const failure = toFailure(error)
        // What the lock interrupted has ended already; what began after it goes on.
        if (failure.code !== "locked-meanwhile") end()
        throw error instanceof CoreError ? error : fromFailure(failure)
    }
}
