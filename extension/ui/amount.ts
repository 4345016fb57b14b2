import { locale } from "./text.ts"

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const

/** "1.4 MB", in the language of the catalogue. */
export function size(bytes: number): string {
    const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
    const amount = bytes / 1000 ** step
    return new Intl.NumberFormat(locale(), {
        style: "unit",
        unit: UNITS[step] ?? "byte",
        unitDisplay: step === 0 ? "long" : "short",
        maximumFractionDigits: step === 0 || amount >= 100 ? 0 : 1,
    }).format(amount)
}

/** "40 sec", "3 min", "2 hr": what a person waits by. */
export function span(seconds: number): string {
    const [amount, unit] =
        seconds < 90
            ? [seconds, "second"]
            : seconds < 5_400
              ? [Math.round(seconds / 60), "minute"]
              : [Math.round(seconds / 3_600), "hour"]
    const style = { style: "unit", unit, unitDisplay: "short" } as const
    return new Intl.NumberFormat(locale(), style).format(amount)
}
