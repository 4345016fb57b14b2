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
    /** The job that runs, or the last one. */
    job: FileJob | undefined
    /** Jobs that are done; all of them once `isDone`. */
    made: readonly FileJob[]
    isDone: boolean
    failure: Failure | undefined
    /**
     * Seals the files once for each choice, one after the other; resolves with the ids of the jobs,
     * or with `undefined` when one failed.
     */
    seal: (
        files: readonly File[],
        ...choices: readonly SealChoice[]
    ) => Promise<string[] | undefined>
    /** The same for an opened file that is sealed anew. */
    sendOn: (
        source: OpenedSource,
        isPrivate: boolean,
        ...to: readonly FileRecipients[]
    ) => Promise<string[] | undefined>
    cancel: () => Promise<void>
    clear: () => void
}

type Begin = (onProgress: (job: FileJob) => void) => SealingJob

/** Sealing jobs as a surface shows them. The jobs themselves outlive the surface. */
export function useSealing(): SealingState {
    const [job, setJob] = useState<FileJob>()
    const [made, setMade] = useState<readonly FileJob[]>([])
    const [isDone, setDone] = useState(false)
    const [failure, setFailure] = useState<Failure>()
    const running = useRef<SealingJob>(undefined)
    const epoch = useStatus()?.epoch
    const clear = () => {
        setJob(undefined)
        setMade([])
        setDone(false)
        setFailure(undefined)
    }
    // What was painted under an older epoch says nothing any more.
    useEffect(() => () => setJob(undefined), [epoch])
    const one = async (begin: Begin): Promise<string> => {
        let last: FileJob | undefined
        const begun = begin((now) => {
            last = now
            setJob(now)
        })
        running.current = begun
        await begun.result
        const done = last
        if (done) setMade((before) => [...before, done])
        return begun.id
    }
    const all = async (begins: readonly Begin[]) => {
        clear()
        try {
            const ids: string[] = []
            for (const begin of begins) ids.push(await one(begin))
            setDone(true)
            return ids
        } catch (error) {
            clear()
            setFailure(toFailure(error))
            return undefined
        }
    }
    return {
        job,
        made,
        isDone,
        failure,
        seal: (files, ...choices) =>
            all(choices.map((choice) => (tell) => sealFiles(files, choice, tell))),
        sendOn: (source, isPrivate, ...to) =>
            all(to.map((one) => (tell) => sendOn(source, one, isPrivate, tell))),
        async cancel() {
            await running.current?.cancel()
        },
        clear,
    }
}
