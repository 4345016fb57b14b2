import type { ComponentChildren } from "preact"

/** Text to be sent or copied as it is. It scrolls, so the keyboard must reach it. */
export function SealedBlock(props: { label: string; test?: string; children: ComponentChildren }) {
    return (
        <section
            class="sealed-text"
            aria-label={props.label}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            tabIndex={0}
            data-test={props.test}
        >
            {props.children}
        </section>
    )
}
