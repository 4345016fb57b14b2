import type { ComponentChildren } from "preact"
import { Icon, type IconName } from "./Icon.tsx"

/** Nothing here yet: what it would be, and how it comes. */
export function EmptyState(props: {
    icon: IconName
    title: string
    children?: ComponentChildren
    actions?: ComponentChildren
}) {
    return (
        <div class="empty" data-test="empty">
            <Icon name={props.icon} size={28} />
            <h2>{props.title}</h2>
            {props.children && <p>{props.children}</p>}
            {props.actions && <div class="actions">{props.actions}</div>}
        </div>
    )
}

/** Work whose length is not known. */
export function Progress({ children }: { children: ComponentChildren }) {
    return (
        <p class="progress" role="status" data-test="progress">
            <span class="spin" aria-hidden="true" />
            {children}
        </p>
    )
}
