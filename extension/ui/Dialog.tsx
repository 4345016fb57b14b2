import type { ComponentChildren } from "preact"
import { useEffect, useId, useRef } from "preact/hooks"
import { Button } from "./Button.tsx"
import { t } from "./text.ts"

/** A question that must be answered first. The harmless answer has the focus. */
export function Confirm(props: {
    title: string
    children: ComponentChildren
    confirm: string
    test: string
    danger?: boolean
    disabled?: boolean
    onConfirm: () => void | Promise<void>
    onCancel: () => void
}) {
    const dialog = useRef<HTMLDialogElement>(null)
    const id = useId()
    useEffect(() => {
        const element = dialog.current
        element?.showModal()
        // Closed, not just taken away: the focus goes back to where the question was asked.
        return () => element?.close()
    }, [])
    return (
        <dialog
            ref={dialog}
            aria-labelledby={id}
            data-test={props.test}
            onCancel={(event) => {
                event.preventDefault()
                props.onCancel()
            }}
        >
            <div class="stack">
                <h2 id={id}>{props.title}</h2>
                <div class="stack stack-snug soft">{props.children}</div>
                <div class="actions">
                    <Button test={`${props.test}-cancel`} onPress={props.onCancel}>
                        {t("cancel")}
                    </Button>
                    <Button
                        test={`${props.test}-confirm`}
                        kind={props.danger ? "danger" : "primary"}
                        solid={props.danger ?? false}
                        disabled={props.disabled ?? false}
                        onPress={props.onConfirm}
                    >
                        {props.confirm}
                    </Button>
                </div>
            </div>
        </dialog>
    )
}
