const { port1: nowhere, port2: closed } = new MessageChannel()
closed.close()

/**
 * Gives the memory of bytes back now; the collector would let a whole file stand first. Detaching
 * them by `ArrayBuffer.prototype.transfer` frees nothing of what came by a message in Chromium,
 * whose event holds them too; passing them on does.
 */
export function free({ buffer }: Uint8Array<ArrayBuffer>): void {
    nowhere.postMessage(null, [buffer])
}

/** Pieces of bytes as one. */
export function concatenated(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0))
    let at = 0
    for (const piece of pieces) {
        whole.set(piece, at)
        at += piece.byteLength
    }
    return whole
}

export function equal(one: Uint8Array, other: Uint8Array): boolean {
    return one.byteLength === other.byteLength && one.every((byte, at) => byte === other[at])
}
