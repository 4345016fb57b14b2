import type { FileProgress } from "../generated/protocol.ts"
import { size, span } from "./amount.ts"
import { Button } from "./Button.tsx"
import { t } from "./text.ts"

/** Work on bytes: how far, how fast, how long, and a way out. */
export function Work(props: {
    label: string
    progress: FileProgress | undefined
    onCancel: () => void | Promise<void>
}) {
    const { done = 0, total = 0, rate = 0, leftS = null } = props.progress ?? {}
    const share = total > 0 ? done / total : 0
    return (
        <div class="work stack stack-tight" data-test="work" data-done={done} data-total={total}>
            <p class="row">
                <span class="grow">{props.label}</span>
                <Button size="small" test="cancel" icon="close" onPress={props.onCancel}>
                    {t("filesCancel")}
                </Button>
            </p>
            <progress max={1} value={share} aria-label={props.label} />
            <p class="tiny faint" role="status">
                {t("filesOf", size(done), size(total))}
                {rate > 0 && ` · ${t("filesRate", size(rate))}`}
                {leftS !== null && leftS > 0 && ` · ${t("filesLeft", span(leftS))}`}
            </p>
        </div>
    )
}
