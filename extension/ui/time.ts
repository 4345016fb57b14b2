import type { TimestampMs } from "../generated/protocol.ts"
import { language } from "../lib/i18n.ts"
import { locale } from "./text.ts"

/** The catalogue's language in the person's own country: dates differ within one language. */
function region(): string {
    return language().startsWith(locale()) ? language() : locale()
}

const DAY_MS = 86_400_000

/** "3 May 2026". */
export function day(at: TimestampMs): string {
    return new Intl.DateTimeFormat(region(), { dateStyle: "long" }).format(at)
}

/** "3 May 2026, 14:05". */
export function dayAndTime(at: TimestampMs): string {
    return new Intl.DateTimeFormat(region(), { dateStyle: "long", timeStyle: "short" }).format(at)
}

/** The time of today, the day and month otherwise: for lists. */
export function brief(at: TimestampMs, now: TimestampMs = Date.now()): string {
    const recent = now - at < DAY_MS && new Date(at).getDate() === new Date(now).getDate()
    const style: Intl.DateTimeFormatOptions = recent
        ? { timeStyle: "short" }
        : { day: "numeric", month: "short" }
    return new Intl.DateTimeFormat(region(), style).format(at)
}
