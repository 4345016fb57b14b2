/** From sealed bytes to content that is known to be whole. */

import type { Source } from "./source.ts"

/** Bytes that are opened at a time; in between the page can be painted and cancelled. */
const PIECE_LEN = 4 * 1024 * 1024
/** Longest content that is shown as text. */
const MAX_SHOWN_LEN = 16 * 1024 * 1024

/** What was inside. Nothing proves who wrote it, nor what it says of itself. */
export interface Opened {
    content: Blob
    text: string | undefined
    /** There is nothing to save: it is a letter. */
    isText: boolean
    subject: string | undefined
    name: string | undefined
}

/** Nothing of the content leaves this function before its last chunk has been verified. */
export async function open(
    source: Source,
    password: string,
    tell: (part: number) => void,
    isCancelled: () => boolean,
): Promise<Opened | undefined> {
    const unlocked = source.sealed.unlock(password)
    const parts: Blob[] = []
    const { size } = source.bytes
    for (let at = source.sealed.payload_start(); at < size; at += PIECE_LEN) {
        const piece = await source.bytes.slice(at, at + PIECE_LEN).arrayBuffer()
        if (isCancelled()) return undefined
        parts.push(blobOf(unlocked.push(new Uint8Array(piece))))
        tell(Math.min(1, (at + PIECE_LEN) / size))
    }
    const whole = unlocked.finish()
    parts.push(blobOf(whole.rest()))
    const content = new Blob(parts, { type: "application/octet-stream" })
    const isShown = !whole.is_file() && content.size <= MAX_SHOWN_LEN
    const text = isShown ? whole.text(new Uint8Array(await content.arrayBuffer())) : undefined
    return {
        content,
        text,
        isText: whole.is_text() && text !== undefined,
        subject: whole.subject(),
        name: whole.name(),
    }
}

function blobOf(bytes: Uint8Array): Blob {
    return new Blob([new Uint8Array(bytes)])
}
