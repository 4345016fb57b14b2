/**
 * How high a letter's frame stands in the page.
 *
 * The page sees the height, so it may depend on nothing but what the page knows: the size class of
 * the ciphertext. It is fixed before anything is opened and the same for success and failure.
 */

import type { BlockKind } from "../generated/protocol.ts"

/** In CSS px; longer letters scroll. */
export type Height = 160 | 320 | 640

/** Padded plaintext, in bytes, that fits the first two steps. */
const SMALL = 256
const MIDDLE = 1280

/** Nonce and tag of an age payload of one chunk. */
const PAYLOAD_OVERHEAD = 32
const MAC_LINE = /\n--- [A-Za-z0-9+/]{43}\n/

export function heightFor(kind: BlockKind, text: string): Height {
    if (kind === "card") return 160
    const length = paddedLength(text)
    if (length === undefined) return 320
    return length <= SMALL ? 160 : length <= MIDDLE ? 320 : 640
}

/** What the letter's padded text measures, as everyone who sees the block can work out. */
function paddedLength(text: string): number | undefined {
    const base64 = text.startsWith("sotto1.")
        ? text.slice("sotto1.".length).replaceAll("-", "+").replaceAll("_", "/").replaceAll(".", "")
        : text.replace(/-----[^\n]*-----/gu, "").replace(/\s+/gu, "")
    try {
        const bytes = atob(base64)
        const mac = MAC_LINE.exec(bytes)
        return mac === null
            ? undefined
            : bytes.length - mac.index - mac[0].length - PAYLOAD_OVERHEAD
    } catch {
        return undefined
    }
}
