import { useEffect, useState } from "preact/hooks"
import type { Failure, FileJob, GuardSheet, HoldErrand } from "../../../generated/protocol.ts"
import { toFailure } from "../../../lib/failure.ts"
import { type SealingJob, sealFiles } from "../../../lib/files.ts"
import { askBeside } from "../../../lib/messages.ts"
import { Button } from "../../../ui/Button.tsx"
import { desk } from "../../../ui/client.ts"
import { FailureNotice } from "../../../ui/Notice.tsx"
import { names, t } from "../../../ui/text.ts"
import { Work } from "../../../ui/Work.tsx"
import { hostOf } from "./host.ts"
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
    const label = t("guardSealing", names(sheet.sealFor), hostOf(hold.site))
    const cancel = async () => {
        await sealing?.cancel().catch(() => undefined)
        onStage({ at: "picking" })
    }
    return (
        <>
            <div class="panel-body" data-test="guard-sealing">
                <FileList files={stage.files} />
                <FailureNotice failure={failure} />
                {!failure && (
                    <Work label={label} progress={job?.progress} onCancel={cancel} />
                )}
            </div>
            {failure && (
                <footer class="panel-foot">
                    <Button wide test="guard-back" onPress={() => onStage({ at: "picking" })}>
                        {t("back")}
                    </Button>
                </footer>
            )}
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
