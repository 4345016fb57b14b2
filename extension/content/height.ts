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
/** Characters of a seal stanza; one without a card has about half. */
const SEAL_WITH_CARD = 1800
const MAC_LINE = /\n--- [A-Za-z0-9+/]{43}\n/

export function heightFor(kind: BlockKind, text: string): Height {
    if (kind === "card") return 160
    const letter = bytesOf(text)
    const mac = MAC_LINE.exec(letter)
    if (mac === null) return 320
    const length = letter.length - mac.index - mac[0].length - PAYLOAD_OVERHEAD
    // Two lines fit beside verdict and buttons: enough for a chat, not for a letter.
    if (kind === "line" && length <= SMALL && !bringsCard(letter.slice(0, mac.index))) return 160
    return length <= MIDDLE ? 320 : 640
}

/** The first letters to someone bring a card, with something to decide: their seal is larger. */
function bringsCard(header: string): boolean {
    const seal = header.lastIndexOf("\n-> sotto.seal.v1\n")
    return seal >= 0 && header.length - seal > SEAL_WITH_CARD
}

/** The letter as bytes; empty when it is no base64. */
function bytesOf(text: string): string {
    const base64 = text.startsWith("sotto1.")
        ? text.slice("sotto1.".length).replaceAll("-", "+").replaceAll("_", "/").replaceAll(".", "")
        : text.replace(/-----[^\n]*-----/gu, "").replace(/\s+/gu, "")
    try {
        return atob(base64)
    } catch {
        return ""
    }
}
