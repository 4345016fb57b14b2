import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { Pace } from "./pace.ts"

describe("the pace of a job", () => {
    it("is not known in the first moment", () => {
        let now = 0
        const pace = new Pace(1_000, () => now)
        now = 100
        pace.add(100)
        assert.deepEqual(pace.progress(), { done: 100, total: 1_000, rate: 0, leftS: null })
    })

    it("is that of the last seconds", () => {
        let now = 0
        const pace = new Pace(100_000, () => now)
        for (let second = 1; second <= 20; second += 1) {
            now = second * 1_000
            pace.add(second <= 10 ? 100 : 1_000)
        }
        const { done, rate, leftS } = pace.progress()
        assert.equal(done, 11_000)
        assert.equal(rate, 1_000)
        assert.equal(leftS, 89)
    })

    it("falls while nothing comes", () => {
        let now = 0
        const pace = new Pace(10_000, () => now)
        now = 1_000
        pace.add(1_000)
        now = 10_000
        assert.equal(pace.progress().rate, 100)
    })
})
