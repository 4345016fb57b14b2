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

/** Formatters are dear to make, and lists show many times. */
const formats = new Map<string, Intl.DateTimeFormat>()

function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    const made = formats.get(name) ?? new Intl.DateTimeFormat(region(), options)
    formats.set(name, made)
    return made
}

/** "14:05". */
export function clock(at: TimestampMs): string {
    return format("clock", { timeStyle: "short" }).format(at)
}

/** "Tuesday 3 May", with the year where it is another one: over the messages of a day. */
export function dayLine(at: TimestampMs, now: TimestampMs = Date.now()): string {
    const thisYear = new Date(at).getFullYear() === new Date(now).getFullYear()
    const month = { weekday: "long", day: "numeric", month: "long" } as const
    return thisYear
        ? format("day", month).format(at)
        : format("dayOfYear", { ...month, year: "numeric" }).format(at)
}

/** Whether two times are of one day where the person is. */
export function isSameDay(a: TimestampMs, b: TimestampMs): boolean {
    return Math.abs(a - b) < DAY_MS && new Date(a).getDate() === new Date(b).getDate()
}
