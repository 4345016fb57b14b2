import { useEffect, useState } from "preact/hooks"
import type { FileJob } from "../../generated/protocol.ts"
import { askBeside } from "../../lib/messages.ts"
import { adviceFor } from "../../ui/advice.ts"
import { IconButton } from "../../ui/Button.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { names, t } from "../../ui/text.ts"
import { brief } from "../../ui/time.ts"
import { Work } from "../../ui/Work.tsx"
import { Interrupted } from "./Interrupted.tsx"
import { SealedCopies } from "./SealedCopies.tsx"

const LOOK_MS = 500

/** The jobs of the last day: they go on while no surface watches. */
export function JobList() {
    const [jobs, setJobs] = useState<readonly FileJob[]>([])
    const [turn, setTurn] = useState(0)
    const look = async () => {
        const { reply } = await askBeside("files", { type: "jobs" })
        setJobs(reply.jobs)
        return reply.jobs.some((job) => job.state === "running")
    }
    useEffect(() => {
        let timer: ReturnType<typeof setTimeout> | undefined
        const watch = async () => {
            const runs = await look().catch(() => false)
            if (runs) timer = setTimeout(watch, LOOK_MS)
        }
        void watch()
        return () => clearTimeout(timer)
    }, [turn])
    if (jobs.length === 0) return null
    return (
        <section class="stack" data-test="jobs">
            <div class="stack stack-tight">
                <h2>{t("filesJobs")}</h2>
                <p class="small soft">{t("filesJobsText")}</p>
            </div>
            {jobs.map((job) => (
                <div
                    key={job.id}
                    class="card stack stack-snug"
                    data-test="job"
                    data-state={job.state}
                >
                    <p class="row">
                        <span class="grow small strong">{names(job.files.map(nameOf))}</span>
                        <span class="tiny faint">{brief(job.at)}</span>
                        {job.state !== "running" && (
                            <IconButton
                                small
                                icon="trash"
                                test="forget-job"
                                label={t("filesForget")}
                                onPress={async () => {
                                    await askBeside("files", { type: "forget", id: job.id })
                                    await look()
                                }}
                            />
                        )}
                    </p>
                    <State job={job} onRuns={() => setTurn((at) => at + 1)} />
                </div>
            ))}
        </section>
    )
}

function nameOf({ name }: FileJob["files"][number]): string {
    return name
}

function State({ job, onRuns }: { job: FileJob; onRuns: () => void }) {
    switch (job.state) {
        case "running":
            return (
                <Work
                    label={t("filesSealing", names(job.names))}
                    progress={job.progress}
                    onCancel={async () => {
                        await askBeside("files", { type: "cancel", id: job.id })
                    }}
                />
            )
        case "interrupted":
            return <Interrupted job={job} onRuns={onRuns} />
        case "done":
            return <SealedCopies job={job} />
        case "failed":
            return (
                <Notice tone="caution" test="job-failed">
                    {adviceFor(job.failure ?? { code: "bug" })}
                </Notice>
            )
    }
}
