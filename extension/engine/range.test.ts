import assert from "node:assert/strict"
import { afterEach, describe, it, mock } from "node:test"
import { readRange } from "./range.ts"

const CONTENT = Uint8Array.from({ length: 300_000 }, (_, at) => (at * 31 + (at >> 8)) & 255)

/** A file of which the first `dead` reads give nothing and do not end. */
function stalling(dead: number): { file: Blob; asked: () => number } {
    const whole = new Blob([CONTENT])
    let asked = 0
    const slice = (from: number, to: number) => {
        asked += 1
        const piece = whole.slice(from, to)
        if (asked > dead) return piece
        return Object.assign(new Blob(), { arrayBuffer: () => new Promise(() => undefined) })
    }
    return { file: Object.assign(new Blob([CONTENT]), { slice }), asked: () => asked }
}

describe("reading a range", () => {
    afterEach(() => mock.timers.reset())

    it("gives its bytes", async () => {
        const { file, asked } = stalling(0)
        assert.deepEqual(await readRange(file, 10, 200_000), CONTENT.slice(10, 200_000))
        assert.equal(asked(), 1)
    })

    it("asks again for what does not come", async () => {
        // No time passes but what is told: the third question has as long as it takes.
        mock.timers.enable({ apis: ["setTimeout"] })
        const { file, asked } = stalling(2)
        const read = readRange(file, 50_000, 90_000, 10)
        for (const patience of [10, 20]) {
            mock.timers.tick(patience)
            await new Promise((done) => setImmediate(done))
        }
        assert.deepEqual(await read, CONTENT.slice(50_000, 90_000))
        assert.equal(asked(), 3)
    })

    it("gives up on what never comes", async () => {
        await assert.rejects(readRange(stalling(99).file, 1, 2, 1), { name: "NotFoundError" })
    })

    it("says that a file which ends too soon was changed", async () => {
        const short = new Blob([CONTENT.slice(0, 10)])
        await assert.rejects(readRange(short, 0, 11), { name: "NotReadableError" })
    })
    it("calls no read stopped that nobody stopped", async () => {
        const arrayBuffer = () => Promise.reject(new DOMException("", "AbortError"))
        const gone = Object.assign(new Blob([CONTENT]), {
            slice: () => Object.assign(new Blob(), { arrayBuffer }),
        })
        await assert.rejects(readRange(gone, 0, 10), { name: "NotFoundError" })
    })
})
