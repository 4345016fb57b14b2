/**
 * Reading a file ahead, by a worker of the worker. What the browser spends on a slice by itself is
 * the same for a large one, so slices are large; and bytes come through a pipe that somebody must
 * empty, which a worker that computes does not. As a stream in the computing worker, reading took
 * half as much work again and twice the time.
 */

import { CoreError } from "../lib/failure.ts"
import type { FromReading, Slice } from "./reading.ts"

interface Waiter {
    resolve(bytes: Uint8Array<ArrayBuffer>): void
    reject(error: CoreError): void
}

export class Reader {
    readonly #worker = new Worker(new URL("reading.js", location.href), { type: "module" })
    readonly #waiters: Waiter[] = []

    constructor() {
        this.#worker.onmessage = ({ data }: MessageEvent<FromReading>) => {
            const waiter = this.#waiters.shift()
            if ("code" in data) waiter?.reject(new CoreError(data.code))
            else waiter?.resolve(data.bytes)
        }
        this.#worker.onerror = () => {
            for (const waiter of this.#waiters.splice(0))
                waiter.reject(new CoreError("worker-lost"))
        }
    }

    /** The bytes of a slice. Several may be asked for; they come in this order. */
    read(slice: Slice): Promise<Uint8Array<ArrayBuffer>> {
        return new Promise((resolve, reject) => {
            this.#waiters.push({ resolve, reject })
            this.#worker.postMessage(slice)
        })
    }
}
