import { type ComponentChildren, render } from "preact"
import type { MessageKey } from "../generated/messages.ts"
import { followStatus } from "./client.ts"
import { keepFocus } from "./focus.ts"
import { Toasts } from "./Toast.tsx"
import { locale, t } from "./text.ts"

type PlainKey =
    | "navChat"
    | "navContacts"
    | "navFiles"
    | "navLetters"
    | "navSettings"
    | "setUp"
    | "extensionName"

/** Paints a surface into its page. */
export function mount(title: PlainKey & MessageKey, surface: ComponentChildren): void {
    document.documentElement.lang = locale()
    document.title = title === "extensionName" ? t(title) : `${t(title)} · Sotto`
    followStatus()
    keepFocus()
    render(
        <>
            {surface}
            <Toasts />
        </>,
        document.body,
    )
}
