import { useCallback, useEffect, useRef, useState } from "preact/hooks"
import type { DeskRequest, Failure, ShellRequest, Status } from "../generated/protocol.ts"
import { toFailure } from "../lib/failure.ts"
import { ask, type ReplyTo, watchStatus } from "../lib/messages.ts"

/** Asks the core. */
export function desk<R extends DeskRequest>(request: R): Promise<ReplyTo<"desk", R["type"]>> {
    return ask("desk", request)
}

/** Asks the background for what only it can do: tabs, sites, editors. */
export function shell<R extends ShellRequest>(request: R): Promise<ReplyTo<"shell", R["type"]>> {
    return ask("shell", request)
}

let latest: Status | undefined
const listeners = new Set<(status: Status) => void>()

function publish(status: Status): void {
    latest = status
    for (const listener of listeners) listener(status)
}

/** Starts following the status; once per surface. */
export function followStatus(): void {
    watchStatus(publish)
}

/** The status, painted anew on every change; `undefined` until the background has answered. */
export function useStatus(): Status | undefined {
    const [status, setStatus] = useState(latest)
    useEffect(() => {
        listeners.add(setStatus)
        setStatus(latest)
        return () => {
            listeners.delete(setStatus)
        }
    }, [])
    return status
}

interface Doing {
    failure: Failure | undefined
    busy: boolean
    /** Runs one piece of work; a failure is kept to be shown, not thrown. */
    run: (work: () => Promise<void>) => Promise<void>
    clear: () => void
}

/** Work started by the person, with its failure to show beside it. */
export function useDoing(): Doing {
    const [failure, setFailure] = useState<Failure>()
    const [busy, setBusy] = useState(false)
    const run = useCallback(async (work: () => Promise<void>) => {
        setBusy(true)
        setFailure(undefined)
        try {
            await work()
        } catch (error) {
            setFailure(toFailure(error))
        } finally {
            setBusy(false)
        }
    }, [])
    const clear = useCallback(() => setFailure(undefined), [])
    return { failure, busy, run, clear }
}

interface Loaded<T> {
    value: T | undefined
    failure: Failure | undefined
    reload: () => void
}

/** Loads when the surface appears and whenever `key` changes; an overtaken answer is dropped. */
export function useLoaded<T>(key: unknown, load: () => Promise<T>): Loaded<T> {
    const [value, setValue] = useState<T>()
    const [failure, setFailure] = useState<Failure>()
    const [turn, setTurn] = useState(0)
    const latestLoad = useRef(load)
    latestLoad.current = load
    // `key` and `turn` say when to load anew; what is loaded, the latest paint says.
    useEffect(() => {
        let wanted = true
        latestLoad.current().then(
            (loaded) => {
                if (!wanted) return
                setValue(() => loaded)
                setFailure(undefined)
            },
            (error: unknown) => wanted && setFailure(toFailure(error)),
        )
        return () => {
            wanted = false
        }
    }, [key, turn])
    const reload = useCallback(() => setTurn((at) => at + 1), [])
    return { value, failure, reload }
}
