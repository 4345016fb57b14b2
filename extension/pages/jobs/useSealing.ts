import { useEffect, useRef, useState } from "preact/hooks"
import type { Failure, FileJob, FileRecipients } from "../../generated/protocol.ts"
import { toFailure } from "../../lib/failure.ts"
import {
    type OpenedSource,
    type SealChoice,
    type SealingJob,
    sealFiles,
    sendOn,
} from "../../lib/files.ts"
import { useStatus } from "../../ui/client.ts"

export interface SealingState {
    job: FileJob | undefined
    failure: Failure | undefined
    /** Seals; resolves with the job that is done, or with `undefined` when it failed. */
    seal: (files: readonly File[], choice: SealChoice) => Promise<{ id: string } | undefined>
    /** The same for an opened file that is sealed anew. */
    sendOn: (source: OpenedSource, to: FileRecipients) => Promise<{ id: string } | undefined>
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
    const watch = async (begun: SealingJob) => {
        setFailure(undefined)
        running.current = begun
        try {
            await begun.result
            return { id: await begun.id }
        } catch (error) {
            setJob(undefined)
            setFailure(toFailure(error))
            return undefined
        }
    }
    return {
        job,
        failure,
        seal: (files, choice) => watch(sealFiles(files, choice, setJob)),
        sendOn: (source, to) => watch(sendOn(source, to, setJob)),
        async cancel() {
            await running.current?.cancel()
        },
        clear() {
            setJob(undefined)
            setFailure(undefined)
        },
    }
}
