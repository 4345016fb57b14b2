/**
 * A line that a chat split into several messages.
 *
 * Every message stands in an element of its own, with a time and a name beside it. The pieces of one
 * line are in elements alike; what stands between two of them belongs to the messages, not to the
 * line.
 */

/** Text between two pieces, in characters: times and names are short. */
const BESIDE_MAX = 200

export interface Pieces {
    /** Whether the next text is a piece, stands beside the pieces, or is too far from them. */
    judge(text: Text): "piece" | "beside" | "apart"
}

/** The pieces of what begins in `first`. */
export function piecesOf(first: Text): Pieces {
    const own = first.parentElement
    const alike = own === null ? undefined : selectorOf(own)
    let beside = 0
    return {
        judge(text) {
            const parent = text.parentElement
            if (alike === undefined || parent === null) return "apart"
            if (own?.contains(parent) || parent.closest(alike) !== null) {
                beside = 0
                return "piece"
            }
            beside += text.data.trim().length
            return beside <= BESIDE_MAX ? "beside" : "apart"
        },
    }
}

/** Elements of the same name and classes. */
function selectorOf({ localName, classList }: Element): string {
    return [localName, ...classList].map((name) => CSS.escape(name)).join(".")
}
