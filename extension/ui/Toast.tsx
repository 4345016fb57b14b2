import { useEffect, useState } from "preact/hooks"
import { Button } from "./Button.tsx"
import { t } from "./text.ts"

interface Toast {
    id: number
    text: string
    undo?: () => void | Promise<void>
}

/** Long enough to read it and to reach *Undo* by keyboard. */
const SHOWN_MS = 9_000

let shown: Toast[] = []
let last = 0
let repaint: (toasts: Toast[]) => void = () => undefined

function show(next: Toast[]): void {
    shown = next
    repaint(next)
}

function dismiss(id: number): void {
    show(shown.filter((entry) => entry.id !== id))
}

/** Says what was done, and offers to take it back. */
export function toast(text: string, undo?: () => void | Promise<void>): void {
    last += 1
    const id = last
    show([...shown.slice(-2), undo ? { id, text, undo } : { id, text }])
    setTimeout(() => dismiss(id), SHOWN_MS)
}

/** Where toasts appear; once per surface. */
export function Toasts() {
    const [toasts, setToasts] = useState(shown)
    useEffect(() => {
        repaint = setToasts
        return () => {
            repaint = () => undefined
        }
    }, [])
    return (
        <div class="toasts no-print" role="status" aria-live="polite">
            {toasts.map(({ id, text, undo }) => (
                <div key={id} class="toast" data-test="toast">
                    <span class="grow">{text}</span>
                    {undo && (
                        <Button
                            size="small"
                            test="undo"
                            onPress={async () => {
                                await undo()
                                dismiss(id)
                            }}
                        >
                            {t("undo")}
                        </Button>
                    )}
                </div>
            ))}
        </div>
    )
}
