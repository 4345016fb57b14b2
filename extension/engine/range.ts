/**
 * A range of a file. A browser may give nothing at all: in Firefox a read of what a page made in its
 * memory and passed to the background does not return when it begins behind what has come across so
 * far. So what has not come in its time is asked for once more, each time with longer patience; the
 * earlier questions stand, for a slow device may still answer them.
 */

const FIRST_MS = 4_000
/** With doubled patience, a quarter of an hour in all. */
const QUESTIONS = 8

/** Rejects with what the browser says of the file; `NotFoundError` when it never says anything. */
export async function readRange(
    file: Blob,
    from: number,
    to: number,
    patience = FIRST_MS,
): Promise<Uint8Array<ArrayBuffer>> {
    const asked: Promise<Uint8Array<ArrayBuffer>>[] = []
    for (let at = 0; at < QUESTIONS; at += 1) {
        asked.push(ask(file, from, to))
        const bytes = await within(Promise.race(asked), patience * 2 ** at)
        if (bytes !== undefined) return bytes
    }
    throw new DOMException("", "NotFoundError")
}

async function ask(file: Blob, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await file.slice(from, to).arrayBuffer().catch(unreadable)
    // Firefox says nothing of a file that has become shorter.
    if (bytes.byteLength !== to - from) throw new DOMException("", "NotReadableError")
    return new Uint8Array(bytes)
}

/** Firefox calls a read aborted when the file is gone; nobody stopped anything. */
function unreadable(error: unknown): never {
    if (error instanceof DOMException && error.name === "AbortError")
        throw new DOMException("", "NotFoundError")
    throw error
}

/** What a promise gives in time, else nothing. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), ms)
    })
    try {
        return await Promise.race([promise, late])
    } finally {
        clearTimeout(timer)
    }
}
