/** One request at a time, and lock wins: what was asked before a lock has nothing to say after it. */

import { CoreError } from "../lib/failure.ts"
import { inOrder } from "../lib/order.ts"

export interface Turns {
    /** Runs `work` when all before it has ended. `check` throws once a lock has come since the call. */
    take<T>(work: (check: () => void) => Promise<T>): Promise<T>
    /** From now on everything asked so far is refused with `locked-meanwhile`. */
    raise(): void
}

/** `spoiled` is called when work failed in a way after which the instance cannot be trusted. */
export function turns(spoiled: () => void): Turns {
    let locks = 0
    const inTurn = inOrder()

    async function guarded<T>(work: () => Promise<T>): Promise<T> {
        try {
            return await work()
        } catch (error) {
            if (!isRefusal(error)) spoiled()
            throw isFailure(error) ? error : new CoreError("bug")
        }
    }

    return {
        take(work) {
            const asked = locks
            const check = () => {
                if (asked !== locks) throw new CoreError("locked-meanwhile")
            }
            return inTurn(async () => {
                check()
                return guarded(() => work(check))
            })
        },
        raise() {
            locks += 1
        },
    }
}

/** A failure with a code, whoever threw it. */
function isFailure(error: unknown): boolean {
    return error instanceof Error && error.name === "CoreError"
}

/**
 * What the core itself refuses (a plain `Error` of that name) has changed nothing in it. Failures
 * of ours, such as a commit that the disk refused, come after it has; a trap leaves anything.
 */
function isRefusal(error: unknown): boolean {
    return isFailure(error) && !(error instanceof CoreError)
}
