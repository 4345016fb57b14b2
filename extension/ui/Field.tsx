import type { ComponentChildren, TargetedKeyboardEvent } from "preact"
import { useEffect, useId, useRef, useState } from "preact/hooks"
import { IconButton } from "./Button.tsx"
import { Icon, type IconName } from "./Icon.tsx"
import { t } from "./text.ts"

interface Common {
    test: string
    label: string
    value: string
    onInput: (value: string) => void
    hint?: ComponentChildren
    error?: string | undefined
    autofocus?: boolean
    /** Enter does what the surface's first button does. */
    onEnter?: () => void
    /** Escape undoes what was written, where that is one thing. */
    onEscape?: () => void
}

/** One line of text. No spell-checker that sends text out, no store of the browser. */
export function Field(
    props: Common & {
        inputMode?: "text" | "email" | "search"
        placeholder?: string
        icon?: IconName
        hideLabel?: boolean
    },
) {
    const { id, described, input } = useField(props)
    return (
        <div class="field">
            <label for={id} class={props.hideLabel ? "sr" : undefined}>
                {props.label}
            </label>
            <div class={props.error ? "field-box bad" : "field-box"}>
                {props.icon && <Icon name={props.icon} />}
                <input
                    ref={input}
                    id={id}
                    type="text"
                    inputMode={props.inputMode ?? "text"}
                    value={props.value}
                    placeholder={props.placeholder}
                    data-test={props.test}
                    spellcheck={false}
                    autocomplete="off"
                    aria-invalid={props.error !== undefined}
                    aria-describedby={described}
                    onInput={(event) => props.onInput(event.currentTarget.value)}
                    onKeyDown={keys(props)}
                />
            </div>
            <Below id={described} hint={props.hint} error={props.error} />
        </div>
    )
}

/** A passphrase, with a switch to show it. Outside any form, so no browser offers to keep it. */
export function PassphraseField(props: Common & { below?: ComponentChildren }) {
    const { id, described, input } = useField(props)
    const [shown, setShown] = useState(false)
    return (
        <div class="field">
            <label for={id}>{props.label}</label>
            <div class={props.error ? "field-box bad" : "field-box"}>
                <input
                    ref={input}
                    id={id}
                    {...(shown ? { type: "text" as const } : { type: "password" as const })}
                    class={shown ? "mono" : undefined}
                    value={props.value}
                    data-test={props.test}
                    spellcheck={false}
                    autocomplete="off"
                    autocapitalize="off"
                    data-1p-ignore="true"
                    data-bwignore="true"
                    data-lpignore="true"
                    aria-invalid={props.error !== undefined}
                    aria-describedby={described}
                    onInput={(event) => props.onInput(event.currentTarget.value)}
                    onKeyDown={keys(props)}
                />
                <IconButton
                    small
                    test={`${props.test}-show`}
                    label={shown ? t("passphraseHide") : t("passphraseShow")}
                    icon={shown ? "eyeOff" : "eye"}
                    pressed={shown}
                    onPress={() => setShown(!shown)}
                />
            </div>
            <Below id={described} hint={props.hint} error={props.error} />
            {props.below}
        </div>
    )
}

/** Several lines of text. */
export function Area(
    props: Common & { rows?: number; mono?: boolean; placeholder?: string; hideLabel?: boolean },
) {
    const { id, described, input } = useField<HTMLTextAreaElement>(props)
    return (
        <div class="field">
            <label for={id} class={props.hideLabel ? "sr" : undefined}>
                {props.label}
            </label>
            <div class={props.error ? "field-box bad" : "field-box"}>
                <textarea
                    ref={input}
                    id={id}
                    rows={props.rows ?? 5}
                    class={props.mono ? "mono" : undefined}
                    value={props.value}
                    placeholder={props.placeholder}
                    data-test={props.test}
                    dir="auto"
                    spellcheck={false}
                    autocomplete="off"
                    autocapitalize="off"
                    aria-invalid={props.error !== undefined}
                    aria-describedby={described}
                    onInput={(event) => props.onInput(event.currentTarget.value)}
                />
            </div>
            <Below id={described} hint={props.hint} error={props.error} />
        </div>
    )
}

function Below(props: { id: string; hint?: ComponentChildren; error?: string | undefined }) {
    return (
        <div id={props.id} aria-live="polite" hidden={!props.error && !props.hint}>
            {props.error ? (
                <p class="field-error" data-test="field-error">
                    <Icon name="alert" size={14} />
                    {props.error}
                </p>
            ) : (
                <p class="field-hint">{props.hint}</p>
            )}
        </div>
    )
}

function useField<T extends HTMLElement = HTMLInputElement>(props: Common) {
    const id = useId()
    const input = useRef<T>(null)
    useEffect(() => {
        if (props.autofocus) input.current?.focus()
    }, [props.autofocus])
    return { id, described: `${id}-below`, input }
}

function keys({ onEnter, onEscape }: Pick<Common, "onEnter" | "onEscape">) {
    const acts: Record<string, (() => void) | undefined> = { Enter: onEnter, Escape: onEscape }
    return (event: TargetedKeyboardEvent<HTMLInputElement>) => {
        const act = acts[event.key]
        if (event.isComposing || !act) return
        event.preventDefault()
        act()
    }
}

/** On or off, with what it means under its name. */
export function Switch(props: {
    test: string
    label: string
    hint?: string
    checked: boolean
    disabled?: boolean
    onChange: (checked: boolean) => void
}) {
    return (
        <label class="switch">
            <input
                type="checkbox"
                role="switch"
                checked={props.checked}
                aria-checked={props.checked}
                disabled={props.disabled}
                data-test={props.test}
                onChange={(event) => props.onChange(event.currentTarget.checked)}
            />
            <span class="stack stack-tight">
                <span class="strong">{props.label}</span>
                {props.hint && <span class="small soft">{props.hint}</span>}
            </span>
        </label>
    )
}
