import { strict as assert } from "node:assert"
import { describe, it } from "node:test"
import { recordOf, segmentsIn } from "./parts.ts"

const segment = (length: number) => new Uint8Array(length).fill(7)

describe("parts", () => {
    it("say where their segments lie", async () => {
        const part = new Blob([recordOf(4, 10), segment(10), recordOf(0, 3), segment(3)])
        assert.deepEqual(await segmentsIn(2, part), [
            { at: 4, place: [2, 8, 10] },
            { at: 0, place: [2, 26, 3] },
        ])
    })
    it("end where a write was cut off", async () => {
        const whole = [recordOf(1, 10), segment(10)]
        const one = [{ at: 1, place: [0, 8, 10] }]
        const cut = new Blob([...whole, recordOf(2, 10), segment(9)])
        assert.deepEqual(await segmentsIn(0, cut), one)
        const unsaid = new Blob([...whole, new Uint8Array(8), segment(10)])
        assert.deepEqual(await segmentsIn(0, unsaid), one)
        assert.deepEqual(await segmentsIn(0, new Blob([...whole, segment(4)])), one)
        assert.deepEqual(await segmentsIn(0, new Blob([])), [])
    })
    it("take no record that leads nowhere", async () => {
        const far = new Uint8Array(16).fill(255)
        assert.deepEqual(await segmentsIn(0, new Blob([far])), [])
    })
})
