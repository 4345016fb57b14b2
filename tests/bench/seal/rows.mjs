// A row of the table, from the speeds of each round.

/** The share of scatter above which five runs prove nothing. */
const INCONCLUSIVE = 0.1

const rounded = (value, digits) => Math.round(value * 10 ** digits) / 10 ** digits

export const best = (speeds) => Math.max(...speeds)

/** Coefficient of variation: standard deviation over mean. */
export function scatter(speeds) {
    if (speeds.length < 2) return 0
    const mean = speeds.reduce((sum, one) => sum + one, 0) / speeds.length
    const square = speeds.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (speeds.length - 1)
    return Math.sqrt(square) / mean
}

/**
 * `ours` and `theirs`: MB/s of each round. A row without a bar is only reported. What is just below
 * its bar does not hold, also where it would be rounded to it.
 */
export function rowOf(id, ours, peer, theirs, bar) {
    const ratio = best(ours) / best(theirs)
    const cv = Math.max(scatter(ours), scatter(theirs))
    const inconclusive = cv > INCONCLUSIVE
    const holds = bar === null || (!inconclusive && ratio >= bar)
    const verdict = bar === null ? "reported" : holds ? "holds" : "does not hold"
    return {
        id,
        unit: "MB/s",
        ours: Math.round(best(ours)),
        peer,
        theirs: Math.round(best(theirs)),
        ratio: rounded(ratio, 3),
        bar,
        holds,
        cv: rounded(cv, 3),
        inconclusive,
        verdict: bar !== null && inconclusive ? "inconclusive" : verdict,
        runs: {
            ours: ours.map((one) => Math.round(one)),
            theirs: theirs.map((one) => Math.round(one)),
        },
    }
}
