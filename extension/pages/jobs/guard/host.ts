/** A site as people call it. */
export function hostOf(origin: string): string {
    return origin.replace(/^https?:\/\//u, "")
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const

/** "25 MB", in the language of the surface. */
export function sizeOf(bytes: number, locale: string): string {
    const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
    const unit = UNITS[step] ?? "byte"
    const amount = bytes / 1000 ** step
    return new Intl.NumberFormat(locale, {
        style: "unit",
        unit,
        unitDisplay: "short",
        maximumFractionDigits: amount < 10 && step > 0 ? 1 : 0,
    }).format(amount)
}
