import type { ButtonHTMLAttributes, ComponentChildren } from "preact"
import { useRef } from "preact/hooks"

interface Props<V extends string> {
    label: string
    test: string
    options: readonly { value: V; label: string }[]
    value: V
    onChange: (value: V) => void
}

/** One of a few, beside each other: a choice. Arrow keys choose the next. */
export function Segments<V extends string>(props: Props<V>) {
    return (
        <Row {...props} role="radiogroup">
            {(chosen) => ({ role: "radio", "aria-checked": chosen })}
        </Row>
    )
}

/** Ways to look at the same thing: each shows another `TabPanel`. Arrow keys go to the next. */
export function Tabs<V extends string>(props: Props<V> & { panel: string }) {
    const { panel } = props
    return (
        <Row {...props} role="tablist">
            {(chosen, value) => ({
                role: "tab",
                "aria-selected": chosen,
                "aria-controls": chosen ? panel : undefined,
                id: tabId(panel, value),
            })}
        </Row>
    )
}

/** What the chosen of the `Tabs` shows. */
export function TabPanel(props: { id: string; of: string; children: ComponentChildren }) {
    return (
        <div
            id={props.id}
            class="stack"
            role="tabpanel"
            aria-labelledby={tabId(props.id, props.of)}
        >
            {props.children}
        </div>
    )
}

function tabId(panel: string, value: string): string {
    return `${panel}-${value}`
}

const STEP: Readonly<Record<string, number>> = {
    ArrowRight: 1,
    ArrowDown: 1,
    ArrowLeft: -1,
    ArrowUp: -1,
}

type OfOne = ButtonHTMLAttributes<HTMLButtonElement>

/** One stop of Tab; within it arrow keys. */
function Row<V extends string>(
    props: Props<V> & {
        role: "radiogroup" | "tablist"
        children: (chosen: boolean, value: V) => OfOne
    },
) {
    const { options, value } = props
    const list = useRef<HTMLDivElement>(null)
    const move = (step: number) => {
        const at = options.findIndex((option) => option.value === value)
        const next = (at + step + options.length) % options.length
        const option = options[next]
        if (!option) return
        props.onChange(option.value)
        list.current?.querySelectorAll("button")[next]?.focus()
    }
    return (
        // biome-ignore lint/a11y: what it is, is given
        <div
            ref={list}
            class="segments"
            role={props.role}
            aria-label={props.label}
            onKeyDown={(event) => {
                const step = STEP[event.key]
                if (step === undefined) return
                event.preventDefault()
                move(step)
            }}
        >
            {options.map((option) => (
                <button
                    key={option.value}
                    type="button"
                    {...props.children(option.value === value, option.value)}
                    tabIndex={option.value === value ? 0 : -1}
                    data-test={`${props.test}-${option.value}`}
                    onClick={() => props.onChange(option.value)}
                >
                    {option.label}
                </button>
            ))}
        </div>
    )
}
