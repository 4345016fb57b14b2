import type { MessageKey, Messages } from "../generated/messages.ts"
import { t } from "../lib/i18n.ts"

export { t }

/** Stems of messages that come as `stem_one` and `stem_other`, both with the number alone. */
type CountStem = {
    [K in MessageKey]: K extends `${infer Stem}_one`
        ? Messages[K] extends [string]
            ? `${Stem}_other` extends MessageKey
                ? Stem
                : never
            : never
        : never
}[MessageKey]

/** The language of the catalogue in use; the browser's own may be one we do not have. */
export function locale(): string {
    return t("localeCode")
}

/** A message with a number in it, in the grammatical form of the language. */
export function count(stem: CountStem, amount: number): string {
    const one = new Intl.PluralRules(locale()).select(amount) === "one"
    const shown = new Intl.NumberFormat(locale()).format(amount)
    return one ? t(`${stem}_one`, shown) : t(`${stem}_other`, shown)
}

/** "Bob", "Bob and Carol", "Bob, Carol and Dave". */
export function names(list: readonly string[]): string {
    return new Intl.ListFormat(locale(), { type: "conjunction" }).format(list)
}
