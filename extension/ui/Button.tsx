import type { ComponentChildren } from "preact"
import { useState } from "preact/hooks"
import { Icon, type IconName } from "./Icon.tsx"

interface Props {
    test: string
    children: ComponentChildren
    /** A promise keeps the button busy, so that nothing is asked twice. */
    onPress: () => void | Promise<void>
    kind?: "primary" | "danger" | "quiet" | "plain"
    size?: "small" | "large"
    solid?: boolean
    wide?: boolean
    icon?: IconName
    disabled?: boolean
    describedBy?: string
    /** Its name, where several say the same; it begins with what it says. */
    label?: string
}

export function Button(props: Props) {
    const { busy, press } = useBusy(props.onPress)
    const classes = [
        "btn",
        props.kind && props.kind !== "plain" ? `btn-${props.kind}` : "",
        props.size ? `btn-${props.size}` : "",
        props.wide ? "btn-wide" : "",
        props.solid ? "solid" : "",
    ]
    return (
        <button
            type="button"
            class={classes.filter(Boolean).join(" ")}
            data-test={props.test}
            disabled={props.disabled}
            aria-label={props.label}
            aria-busy={busy}
            aria-describedby={props.describedBy}
            onClick={press}
        >
            {busy ? <span class="spin" /> : props.icon && <Icon name={props.icon} />}
            <span>{props.children}</span>
        </button>
    )
}

/** A button that shows an icon alone; the label is its name for everyone else. */
export function IconButton(props: {
    test: string
    label: string
    icon: IconName
    onPress: () => void | Promise<void>
    small?: boolean
    pressed?: boolean
}) {
    const { busy, press } = useBusy(props.onPress)
    return (
        <button
            type="button"
            class={`btn btn-quiet btn-icon${props.small ? " btn-small" : ""}`}
            data-test={props.test}
            aria-label={props.label}
            title={props.label}
            aria-pressed={props.pressed}
            aria-busy={busy}
            onClick={press}
        >
            {busy ? <span class="spin" /> : <Icon name={props.icon} size={18} />}
        </button>
    )
}

/** A button inside running text. */
export function LinkButton(props: {
    test: string
    children: ComponentChildren
    onPress: () => void | Promise<void>
}) {
    const { press } = useBusy(props.onPress)
    return (
        <button type="button" class="link" data-test={props.test} onClick={press}>
            {props.children}
        </button>
    )
}

function useBusy(onPress: () => void | Promise<void>) {
    const [busy, setBusy] = useState(false)
    const press = () => {
        if (busy) return
        const work = onPress()
        if (!work) return
        setBusy(true)
        work.finally(() => setBusy(false))
    }
    return { busy, press }
}
