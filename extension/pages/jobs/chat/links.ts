/** Addresses in what somebody wrote. They are shown as they stand and lead where they say. */

export interface Part {
    text: string
    /** Where it leads; absent for plain words. */
    href?: string
}

const CANDIDATE = /https?:\/\/[^\s<>"'`\\^{|}\p{Cc}]+/giu
/** Invisible or direction-changing: what is read would not be where it leads. */
const DECEIVING = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u
/** What ends a sentence rather than an address. */
const TRAILING = /[.,;:!?…»”’]+$/u
const PAIRS = [
    ["(", ")"],
    ["[", "]"],
] as const

/** Splits a text into words and links, nothing left out. */
export function partsOf(text: string): Part[] {
    const parts: Part[] = []
    let at = 0
    for (const match of text.matchAll(CANDIDATE)) {
        const shown = trimmed(match[0])
        const href = target(shown)
        if (href === undefined) continue
        if (match.index > at) parts.push({ text: text.slice(at, match.index) })
        parts.push({ text: shown, href })
        at = match.index + shown.length
    }
    if (at < text.length) parts.push({ text: text.slice(at) })
    return parts
}

/** Without what belongs to the sentence around it: a full stop, a bracket that it did not open. */
function trimmed(candidate: string): string {
    let text = candidate.replace(TRAILING, "")
    for (const [open, close] of PAIRS) {
        while (text.endsWith(close) && countOf(text, close) > countOf(text, open)) {
            text = text.slice(0, -1).replace(TRAILING, "")
        }
    }
    return text
}

/** Where it leads, if that is what a reader would take it for. */
function target(shown: string): string | undefined {
    if (DECEIVING.test(shown) || !URL.canParse(shown)) return undefined
    const url = new URL(shown)
    const web = url.protocol === "https:" || url.protocol === "http:"
    // "https://bank.example@elsewhere.example" leads elsewhere.
    const plain = url.username === "" && url.password === ""
    return web && plain && url.hostname !== "" ? url.href : undefined
}

function countOf(text: string, character: string): number {
    return text.split(character).length - 1
}
