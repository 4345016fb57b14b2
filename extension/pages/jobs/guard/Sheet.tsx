import { useState } from "preact/hooks"
import type { Failure, HoldErrand } from "../../../generated/protocol.ts"
import { askBeside, filesIn } from "../../../lib/messages.ts"
import { Button } from "../../../ui/Button.tsx"
import { useLoaded } from "../../../ui/client.ts"
import { FailureNotice, Notice } from "../../../ui/Notice.tsx"
import { Progress } from "../../../ui/State.tsx"
import { names, t } from "../../../ui/text.ts"
import { ContactView } from "../ContactView.tsx"
import { hostOf } from "./host.ts"
import { Picking } from "./Picking.tsx"
import { Sealing } from "./Sealing.tsx"
import { folderOf, type Stage } from "./stage.ts"
import { Unsealed } from "./Unsealed.tsx"
import { useSheet } from "./useSheet.ts"

interface Props {
    hold: HoldErrand
    tab: number
}

/** A site wants files: whose, for whom, and what becomes of them. */
export function Sheet({ hold, tab }: Props) {
    const held = useLoaded(hold.hold, async () => {
        if (hold.wanted.files === 0) return []
        const { beside } = await askBeside("shell", { type: "held", hold: hold.hold })
        return filesIn(beside)
    })
    const { state, choose, failure } = useSheet(hold, tab)
    if (failure ?? held.failure) return <Body failure={failure ?? held.failure} />
    if (!state || !held.value) return <Progress>{t("working")}</Progress>
    return <Held key={hold.hold} {...{ hold, tab, state, choose }} came={held.value} />
}

function Body({ failure }: { failure: Failure | undefined }) {
    return (
        <div class="panel-body">
            <FailureNotice failure={failure} />
        </div>
    )
}

type HeldProps = Props &
    Required<Pick<ReturnType<typeof useSheet>, "choose">> & {
        state: NonNullable<ReturnType<typeof useSheet>["state"]>
        came: File[]
    }

function Held({ hold, tab, state, choose, came }: HeldProps) {
    const folder = hold.wanted.folder ? folderOf(came) : undefined
    const first: Stage =
        state.sheet.atOnce && came.length > 0
            ? { at: "sealing", files: came, folder }
            : { at: "picking" }
    const [stage, setStage] = useState<Stage>(first)
    const back = () => setStage({ at: "picking" })
    switch (stage.at) {
        case "picking":
            return <Picking {...{ hold, tab, state, choose, came, folder }} onStage={setStage} />
        case "deciding":
            return (
                <div class="panel-body">
                    <ContactView id={stage.contact} onBack={() => void choose().then(back)} />
                </div>
            )
        case "sealing":
            return (
                <Sealing {...{ hold, tab }} sheet={state.sheet} stage={stage} onStage={setStage} />
            )
        case "unsealed":
            return <Unsealed hold={hold} files={stage.files} onStage={setStage} />
        case "over":
            return <Over {...stage} hold={hold} onAgain={back} />
    }
}

/** What became of it, and what to do now. */
function Over(props: Extract<Stage, { at: "over" }> & { hold: HoldErrand; onAgain: () => void }) {
    const host = hostOf(props.hold.site)
    const { outcome } = props
    return (
        <div class="panel-body" data-test="guard-over" data-outcome={outcome}>
            {outcome === "sealed" && (
                <Notice tone="good" title={t("guardGiven", host)}>
                    {t("guardGivenText", names(props.sealFor), names(props.names))}
                </Notice>
            )}
            {outcome === "unsealed" && (
                <Notice tone="caution" title={t("guardGivenUnsealed", host)}>
                    {names(props.names)}
                </Notice>
            )}
            {outcome === "gone" && (
                <Notice tone="caution" title={t("guardGone", host)}>
                    {t("guardGoneText")}
                </Notice>
            )}
            {outcome === "released" && <Notice>{t("guardReleased", host)}</Notice>}
            {outcome === "exempt" && <Notice>{t("guardExempted", host)}</Notice>}
            {outcome === "sealed" && <p class="small soft">{t("guardNextText")}</p>}
            {outcome === "gone" && (
                <div>
                    <Button test="guard-again" onPress={props.onAgain}>
                        {t("back")}
                    </Button>
                </div>
            )}
        </div>
    )
}
