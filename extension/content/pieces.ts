/**
 * A line that a chat split into several messages.
 *
 * Every message stands in an element of its own, with a time and a name beside it. The pieces of one
 * line are in elements alike; what stands between two of them belongs to the messages, not to the
 * line.
 */

import type { Body, Progress } from "./body.ts"

/** Text between two pieces, in characters: times and names are short. */
const BESIDE_MAX = 200

/** Reads the body of a line that begins in `first`, past what stands between its pieces. */
export function inPieces(first: Text, body: Body): (text: Text) => Progress {
    const own = first.parentElement
    if (own === null) return () => "foreign"
    const alike = selectorOf(own)
    let beside = 0
    return (text) => {
        const isPiece = own.contains(text) || text.parentElement?.closest(alike)
        beside = isPiece ? 0 : beside + text.data.trim().length
        if (isPiece) return body.feed(text.data, 0)
        return beside <= BESIDE_MAX ? "more" : "foreign"
    }
}

/** Elements of the same name and classes. */
function selectorOf({ localName, classList }: Element): string {
    return [localName, ...classList].map((name) => CSS.escape(name)).join(".")
}
