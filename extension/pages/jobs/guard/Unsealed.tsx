import type { HoldErrand } from "../../../generated/protocol.ts"
import { askBeside } from "../../../lib/messages.ts"
import { Button } from "../../../ui/Button.tsx"
import { desk, useDoing } from "../../../ui/client.ts"
import { FailureNotice, Notice } from "../../../ui/Notice.tsx"
import { t } from "../../../ui/text.ts"
import { hostOf } from "./host.ts"
import { FileList } from "./Picking.tsx"
import { type OnStage, over } from "./stage.ts"

/** The one way on which files leave as they are: which, and to whom, is read out before. */
export function Unsealed(props: { hold: HoldErrand; files: File[]; onStage: OnStage }) {
    const { hold, files, onStage } = props
    const host = hostOf(hold.site)
    const { failure, run } = useDoing()
    const send = () =>
        run(async () => {
            const names = files.map(({ name }) => name)
            const about = { hold: hold.hold, site: hold.site, names }
            const { pass } = await desk({ type: "send-unsealed", ...about })
            const deliver = { type: "deliver", hold: hold.hold, pass } as const
            const { reply } = await askBeside("shell", deliver, files)
            onStage(over(reply.delivered === "given" ? "unsealed" : "gone", names))
        })
    return (
        <>
            <div class="panel-body" data-test="guard-unsealed-sure">
                <Notice tone="danger" title={t("guardUnsealedTitle", host)}>
                    {t("guardUnsealedText", host)}
                </Notice>
                <FileList files={files} folder={undefined} />
            </div>
            <footer class="panel-foot">
                <FailureNotice failure={failure} />
                <Button wide test="guard-unsealed-back" onPress={() => onStage({ at: "picking" })}>
                    {t("back")}
                </Button>
                <Button wide kind="danger" test="guard-unsealed-confirm" onPress={send}>
                    {t("guardUnsealedConfirm", host)}
                </Button>
            </footer>
        </>
    )
}
