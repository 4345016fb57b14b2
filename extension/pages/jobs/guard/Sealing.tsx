import { useEffect, useState } from "preact/hooks"
import type { Failure, FileJob, GuardSheet, HoldErrand } from "../../../generated/protocol.ts"
import { toFailure } from "../../../lib/failure.ts"
import { type SealingJob, sealFiles } from "../../../lib/files.ts"
import { askBeside } from "../../../lib/messages.ts"
import { Button } from "../../../ui/Button.tsx"
import { desk } from "../../../ui/client.ts"
import { FailureNotice } from "../../../ui/Notice.tsx"
import { count, locale, names, t } from "../../../ui/text.ts"
import { hostOf, sizeOf } from "./host.ts"
import { FileList } from "./Picking.tsx"
import { type OnStage, over, type Stage } from "./stage.ts"

interface Props {
    hold: HoldErrand
    tab: number
    sheet: GuardSheet
    stage: Extract<Stage, { at: "sealing" }>
    onStage: OnStage
}

/** Seals, and hands the sealed files to the page that waits. */
export function Sealing(props: Props) {
    const { hold, sheet, stage, onStage } = props
    const [job, setJob] = useState<FileJob>()
    const [failure, setFailure] = useState<Failure>()
    const [sealing, setSealing] = useState<SealingJob>()
    // One job for each stage that is entered.
    useEffect(() => {
        const work = begin(props, setJob)
        setSealing(work)
        work.result
            .then((sealed) => give(props, sealed))
            .then(onStage, (error: unknown) => setFailure(toFailure(error)))
    }, [stage])
    const cancel = async () => {
        if (!failure) await sealing?.cancel().catch(() => undefined)
        onStage({ at: "picking" })
    }
    return (
        <>
            <div class="panel-body" data-test="guard-sealing">
                <p class="strong">{t("guardSealing", names(sheet.sealFor), hostOf(hold.site))}</p>
                <FileList files={stage.files} />
                {job && !failure && <Bar job={job} />}
                <FailureNotice failure={failure} />
            </div>
            <footer class="panel-foot">
                <Button wide test="guard-cancel" onPress={cancel}>
                    {failure ? t("back") : t("cancel")}
                </Button>
            </footer>
        </>
    )
}

function begin({ hold, sheet, stage }: Props, onProgress: (job: FileJob) => void): SealingJob {
    const { files, folder } = stage
    const recipients = { type: "contacts", to: sheet.to, sealFor: sheet.sealFor } as const
    const choice = { recipients, site: hold.site, ...(folder ? { folder } : {}) }
    return sealFiles(files, choice, onProgress)
}

async function give({ hold, tab, sheet }: Props, sealed: File[]): Promise<Stage> {
    const deliver = { type: "deliver", hold: hold.hold, pass: null } as const
    const { reply } = await askBeside("shell", deliver, sealed)
    await desk({ type: "guard-sealed", site: hold.site, tab, to: sheet.to })
    const given = reply.delivered === "given" ? "sealed" : "gone"
    return over(
        given,
        sealed.map(({ name }) => name),
        sheet.sealFor,
    )
}

function Bar({ job: { progress } }: { job: FileJob }) {
    const { done, total, rate, leftS } = progress
    const part = total > 0 ? done / total : 0
    const amount = t("guardProgress", sizeOf(done, locale()), sizeOf(total, locale()))
    const speed = rate > 0 ? ` · ${sizeOf(rate, locale())}/s` : ""
    return (
        <div class="stack stack-tight" role="status">
            <progress max={1} value={part} aria-label={amount} data-test="guard-progress" />
            <p class="tiny soft">
                {amount}
                {speed}
                {leftS !== null && ` · ${count("guardLeft", leftS)}`}
            </p>
        </div>
    )
}
