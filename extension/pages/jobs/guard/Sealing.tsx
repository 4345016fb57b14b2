import { useEffect } from "preact/hooks"
import type { GuardSheet, HoldErrand } from "../../../generated/protocol.ts"
import { isPrivateTab } from "../../../lib/browser.ts"
import { sealedFiles } from "../../../lib/files.ts"
import { askBeside } from "../../../lib/messages.ts"
import { Button } from "../../../ui/Button.tsx"
import { desk, useDoing } from "../../../ui/client.ts"
import { FailureNotice } from "../../../ui/Notice.tsx"
import { names, t } from "../../../ui/text.ts"
import { Work } from "../../../ui/Work.tsx"
import { ordersOf } from "../usePlan.ts"
import { useSealing } from "../useSealing.ts"
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
    const sealing = useSealing()
    const { failure, run } = useDoing()
    // One job for each order, once the stage is entered.
    useEffect(() => {
        void run(async () => {
            const isPrivate = await isPrivateTab(props.tab)
            const ids = await sealing.seal(stage.files, ...choicesOf(props, isPrivate))
            if (ids !== undefined) onStage(await give(props, ids))
        })
    }, [stage])
    const cancel = async () => {
        await sealing.cancel().catch(() => undefined)
        onStage({ at: "picking" })
    }
    const failed = sealing.failure ?? failure
    const label = t("guardSealing", names(namesOf(sheet)), hostOf(hold.site))
    return (
        <>
            <div class="panel-body" data-test="guard-sealing">
                <FileList files={stage.files} folder={stage.folder} />
                <FailureNotice failure={failed} />
                {!failed && (
                    <Work label={label} progress={sealing.job?.progress} onCancel={cancel} />
                )}
            </div>
            {failed && (
                <footer class="panel-foot">
                    <Button wide test="guard-back" onPress={() => onStage({ at: "picking" })}>
                        {t("back")}
                    </Button>
                </footer>
            )}
        </>
    )
}

/** Everybody who gets the files, together or apart. */
function namesOf({ sealFor, mixed, apart }: GuardSheet): string[] {
    return apart.length > 0 && mixed ? [...sealFor, ...mixed.names] : sealFor
}

function choicesOf({ hold, sheet, stage: { folder } }: Props, isPrivate: boolean) {
    const { naming } = sheet.guard
    const how = { site: hold.site, naming, private: isPrivate, ...(folder ? { folder } : {}) }
    return ordersOf(sheet).map((recipients) => ({ recipients, ...how }))
}

async function give({ hold, tab, sheet }: Props, ids: readonly string[]): Promise<Stage> {
    const sealed = (await Promise.all(ids.map(sealedFiles))).flat()
    const deliver = { type: "deliver", hold: hold.hold, pass: null } as const
    const { reply } = await askBeside("shell", deliver, sealed)
    await desk({ type: "guard-sealed", site: hold.site, tab, to: sheet.to })
    const given = reply.delivered === "given" ? "sealed" : "gone"
    return over(
        given,
        sealed.map(({ name }) => name),
        namesOf(sheet),
    )
}
