import type { OpenedSource } from "../../lib/files.ts"
import { FailureNotice } from "../../ui/Notice.tsx"
import { names, t } from "../../ui/text.ts"
import { Work } from "../../ui/Work.tsx"
import { MixedQuestion } from "./MixedQuestion.tsx"
import { Recipients } from "./Recipients.tsx"
import { SealedCopies } from "./SealedCopies.tsx"
import { SealFor } from "./SealFor.tsx"
import { usePlan } from "./usePlan.ts"
import { useSealing } from "./useSealing.ts"

/** An opened file for somebody else: a sealed file of the person's own, made in one pass. */
export function SendOn({ source, isPrivate }: { source: OpenedSource; isPrivate: boolean }) {
    const { plan, orders, choice } = usePlan()
    const sealing = useSealing()
    const who = names(plan.sealFor)
    if (sealing.isDone) {
        return (
            <>
                {sealing.made.map((job) => (
                    <SealedCopies key={job.id} job={job} />
                ))}
            </>
        )
    }
    if (sealing.job) {
        return (
            <Work
                label={t("filesSealing", who)}
                progress={sealing.job.progress}
                onCancel={sealing.cancel}
            />
        )
    }
    const seal = async () => {
        await sealing.sendOn(source, isPrivate, ...orders)
    }
    return (
        <section class="stack stack-snug" data-test="sending-on">
            <Recipients recipients={plan.recipients} choice={choice} />
            <MixedQuestion about="files" mixed={plan.mixed} decide={choice.decideClassical} />
            <FailureNotice failure={sealing.failure} />
            <SealFor plan={plan} test="send-on-now" onPress={seal} />
        </section>
    )
}
