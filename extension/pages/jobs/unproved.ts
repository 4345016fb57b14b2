/** Files under a password: opened by the same two passes, proved by nothing. */

import { type Looked, type Verified, verify } from "../../engine/open.ts"
import type { Sink } from "../../engine/sink.ts"
import type { OpenedFile } from "../../generated/protocol.ts"
import { CoreError } from "../../lib/failure.ts"
import { askBeside } from "../../lib/messages.ts"

/** What a file says of itself. */
export interface UnprovedFile {
    /** The name that it claims, safe on every system. */
    claimed: string | null
    /** Bytes of plaintext before the content. */
    contentOffset: number
}

/** Rejects with `wrong-password` where it is another. */
export async function lookWithPassword(file: File, password: string): Promise<Looked> {
    const body = { type: "look-with-password", password } as const
    const { reply, beside } = await askBeside("files", body, [file])
    const [key] = beside
    if (!(key instanceof Uint8Array)) throw new CoreError("bug")
    return { file, key, payloadOffset: reply.payloadOffset }
}

/** Opens every chunk; only then is anything of it believed to be there. */
export async function openUnproved(
    looked: Looked,
    watch: Parameters<typeof verify>[1],
): Promise<{ opened: OpenedFile; verified: Verified; unproved: UnprovedFile }> {
    const verified = await verify(looked, watch)
    const source = { tab: null, private: false, messageFrom: [], messageDate: null }
    const body = { type: "opened-with-password", length: verified.length, source } as const
    const { reply } = await askBeside("files", body, [looked.file, looked.key])
    const { file, claimed, contentOffset } = reply
    return { opened: file, verified, unproved: { claimed, contentOffset } }
}

/** A place for what comes after the first `skipped` bytes. */
export function after(skipped: number, sink: Sink): Sink {
    return {
        write: async (position, bytes) => {
            const from = Math.max(0, skipped - position)
            if (from >= bytes.byteLength) return
            await sink.write(Math.max(0, position - skipped), bytes.subarray(from))
        },
        close: (order) => sink.close(order),
        abort: () => sink.abort(),
    }
}

/** The same of a file: nothing is copied. */
export function cut(file: File, skipped: number): File {
    if (skipped === 0) return file
    return new File([file.slice(skipped)], file.name, { lastModified: 0 })
}
