import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { once } from "./once.ts"

describe("once", () => {
    it("begins once for all who need it", async () => {
        let begun = 0
        const ready = once(async () => {
            begun += 1
        })
        await Promise.all([ready(), ready()])
        await ready()
        assert.equal(begun, 1)
    })

    it("begins again after it failed, for whoever comes next", async () => {
        let begun = 0
        const ready = once(async () => {
            begun += 1
            if (begun === 1) throw new Error("no module")
        })
        const both = await Promise.allSettled([ready(), ready()])
        assert.deepEqual(
            both.map(({ status }) => status),
            ["rejected", "rejected"],
        )
        assert.equal(begun, 1)
        await ready()
        await ready()
        assert.equal(begun, 2)
    })
})
