import type { ComponentChildren } from "preact"
import type { Failure } from "../generated/protocol.ts"
import { adviceFor } from "./advice.ts"
import { Icon, type IconName } from "./Icon.tsx"

type Tone = "plain" | "good" | "caution" | "danger"

const ICONS = { plain: "info", good: "check", caution: "alert", danger: "alert" } satisfies Record<
    Tone,
    IconName
>

interface Props {
    tone?: Tone
    icon?: IconName
    title?: string
    test?: string
    children?: ComponentChildren
    actions?: ComponentChildren
}

/** Something to know, and what to do about it. Danger is said at once, the rest in turn. */
export function Notice({ tone = "plain", icon, title, test, children, actions }: Props) {
    return (
        <div
            class={`notice notice-${tone}`}
            role={tone === "danger" ? "alert" : "status"}
            data-test={test}
        >
            <Icon name={icon ?? ICONS[tone]} size={18} />
            <div class="stack stack-tight grow">
                {title && <p class="strong">{title}</p>}
                {children && <div>{children}</div>}
                {actions && <div class="actions">{actions}</div>}
            </div>
        </div>
    )
}

/** A failure in words: what happened, and what to do next. */
export function FailureNotice({
    failure,
    actions,
}: {
    failure: Failure | undefined
    actions?: ComponentChildren
}) {
    if (!failure) return null
    return (
        <div data-code={failure.code}>
            <Notice tone="danger" test="failure" actions={actions}>
                {adviceFor(failure)}
            </Notice>
        </div>
    )
}
