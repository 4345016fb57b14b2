/** The live sessions as a surface sees them: questions, and what is told over the port. */

import { useEffect, useRef, useState } from "preact/hooks"
import type { Failure, LiveEvent, LiveRequest, LiveStatus } from "../generated/protocol.ts"
import { toFailure } from "../lib/failure.ts"
import { ask, type ReplyTo, watchLive } from "../lib/messages.ts"

/** Asks the live sessions. */
export function live<R extends LiveRequest>(request: R): Promise<ReplyTo<"live", R["type"]>> {
    return ask("live", request)
}

interface Listener {
    onEvent: (event: LiveEvent) => void
    /** Events were missed: what is shown has to be asked for anew. */
    onAgain: () => void
}

const listeners = new Set<Listener>()
let following = false

/** One port for a surface, whatever listens. */
function follow(): void {
    if (following) return
    following = true
    watchLive(
        (event) => {
            for (const { onEvent } of listeners) onEvent(event)
        },
        () => {
            for (const { onAgain } of listeners) onAgain()
        },
    )
}

/** Hears every event while the component stands. The latest paint's functions are called. */
export function useLive(onEvent: Listener["onEvent"], onAgain: Listener["onAgain"]): void {
    const latest = useRef({ onEvent, onAgain })
    latest.current = { onEvent, onAgain }
    useEffect(() => {
        const listener: Listener = {
            onEvent: (event) => latest.current.onEvent(event),
            onAgain: () => latest.current.onAgain(),
        }
        listeners.add(listener)
        follow()
        return () => {
            listeners.delete(listener)
        }
    }, [])
}

interface Live {
    live: LiveStatus | undefined
    failure: Failure | undefined
    /** Takes what a request of this surface answered, before the event says the same. */
    take: (live: LiveStatus) => void
    reload: () => void
}

/** How live stands, painted anew on every change. */
export function useLiveStatus(): Live {
    const [status, setStatus] = useState<LiveStatus>()
    const [failure, setFailure] = useState<Failure>()
    const take = (next: LiveStatus) => {
        setStatus(next)
        setFailure(undefined)
    }
    const load = () => {
        live({ type: "live-status" }).then(
            (reply) => take(reply.live),
            (error: unknown) => setFailure(toFailure(error)),
        )
    }
    useLive((event) => event.type === "live-status" && take(event.live), load)
    // Once; afterwards events tell.
    useEffect(load, [])
    return { live: status, failure, take, reload: load }
}
