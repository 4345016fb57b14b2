import { useEffect, useRef, useState } from "preact/hooks"
import type { Failure, FileJob } from "../../generated/protocol.ts"
import { toFailure } from "../../lib/failure.ts"
import { type SealChoice, type SealingJob, sealFiles } from "../../lib/files.ts"
import { useStatus } from "../../ui/client.ts"

export interface SealingState {
    job: FileJob | undefined
    failure: Failure | undefined
    /** Seals; resolves with the job that is done, or with `undefined` when it failed. */
    seal: (files: readonly File[], choice: SealChoice) => Promise<{ id: string } | undefined>
    cancel: () => Promise<void>
    clear: () => void
}

/** One sealing job as a surface shows it. The job itself outlives the surface. */
export function useSealing(): SealingState {
    const [job, setJob] = useState<FileJob>()
    const [failure, setFailure] = useState<Failure>()
    const running = useRef<SealingJob>(undefined)
    const epoch = useStatus()?.epoch
    // What was painted under an older epoch says nothing any more.
    useEffect(() => () => setJob(undefined), [epoch])
    return {
        job,
        failure,
        async seal(files, choice) {
            setFailure(undefined)
            running.current = sealFiles(files, choice, setJob)
            try {
                await running.current.result
                return { id: await running.current.id }
            } catch (error) {
                setJob(undefined)
                setFailure(toFailure(error))
                return undefined
            }
        },
        async cancel() {
            await running.current?.cancel()
        },
        clear() {
            setJob(undefined)
            setFailure(undefined)
        },
    }
}
