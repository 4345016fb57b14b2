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
