/** Texts from the browser's own catalogues. A missing key or substitution does not compile. */

import type { MessageKey, Messages } from "../generated/messages.ts"
import { api } from "./browser.ts"

export function t<K extends MessageKey>(key: K, ...substitutions: Messages[K]): string {
    return api.i18n.getMessage(key, [...substitutions])
}

/** The language the browser shows its own interface in, for dates and the text of invitations. */
export function language(): string {
    return api.i18n.getUILanguage()
}
