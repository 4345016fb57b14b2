/**
 * The half of a worker that reads. Reading is mostly waiting for the browser's own processes; it
 * waits here while the other half computes.
 */

import type { ErrorCode } from "../generated/protocol.ts"
import { codeOf } from "./codes.ts"
import { readRange } from "./range.ts"

/** A range of a file. */
export interface Slice {
    file: Blob
    from: number
    to: number
}
export type FromReading = { bytes: Uint8Array<ArrayBuffer> } | { code: ErrorCode }

interface Scope {
    postMessage(message: FromReading, transfer?: Transferable[]): void
    onmessage: ((event: MessageEvent<Slice>) => void) | null
}

const scope = self as unknown as Scope

/** Answers leave in the order of the questions. */
let turn: Promise<void> = Promise.resolve()

scope.onmessage = ({ data }) => {
    const reading = readRange(data.file, data.from, data.to)
    // Awaited in its turn; a failure before that is not lost.
    reading.catch(() => undefined)
    turn = turn.then(() => answer(reading))
}

async function answer(reading: Promise<Uint8Array<ArrayBuffer>>): Promise<void> {
    try {
        const bytes = await reading
        scope.postMessage({ bytes }, [bytes.buffer])
    } catch (error) {
        scope.postMessage({ code: codeOf(error) })
    }
}
