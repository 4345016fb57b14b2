import type { ComponentChildren } from "preact"
import type { FilePlan } from "../../generated/protocol.ts"
import { obstacle } from "../../ui/advice.ts"
import { Button } from "../../ui/Button.tsx"
import { names, t } from "../../ui/text.ts"

interface Props {
    plan: FilePlan
    test: string
    onPress: () => Promise<void>
    /** Other ways, beside the button. */
    children?: ComponentChildren
}

/** The button that seals, with the names it seals for; below it, why it cannot. */
export function SealFor({ plan: { sealFor, blockedBy }, test, onPress, children }: Props) {
    const why = `${test}-why`
    return (
        <>
            <div class="row row-wrap">
                <Button
                    kind="primary"
                    icon="lock"
                    test={test}
                    disabled={blockedBy !== null}
                    describedBy={why}
                    onPress={onPress}
                >
                    {sealFor.length > 0 ? t("sealFor", names(sealFor)) : t("seal")}
                </Button>
                {children}
            </div>
            <p id={why} class="small soft" hidden={blockedBy === null}>
                {blockedBy && obstacle(blockedBy)}
            </p>
        </>
    )
}
