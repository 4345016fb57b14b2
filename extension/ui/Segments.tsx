import { useRef } from "preact/hooks"

/** A few ways to look at the same thing; arrow keys move between them. */
export function Segments<V extends string>(props: {
    label: string
    test: string
    options: readonly { value: V; label: string }[]
    value: V
    onChange: (value: V) => void
}) {
    const list = useRef<HTMLDivElement>(null)
    const move = (step: number) => {
        const at = props.options.findIndex((option) => option.value === props.value)
        const next = (at + step + props.options.length) % props.options.length
        const option = props.options[next]
        if (!option) return
        props.onChange(option.value)
        list.current?.querySelectorAll("button")[next]?.focus()
    }
    return (
        <div
            ref={list}
            class="segments"
            role="tablist"
            aria-label={props.label}
            onKeyDown={(event) => {
                if (event.key === "ArrowRight") move(1)
                if (event.key === "ArrowLeft") move(-1)
            }}
        >
            {props.options.map(({ value, label }) => (
                <button
                    key={value}
                    type="button"
                    role="tab"
                    aria-selected={value === props.value}
                    tabIndex={value === props.value ? 0 : -1}
                    data-test={`${props.test}-${value}`}
                    onClick={() => props.onChange(value)}
                >
                    {label}
                </button>
            ))}
        </div>
    )
}
