import assert from "node:assert/strict"
import { describe, it } from "node:test"
import type { RowWrite } from "../generated/wasm/sotto.js"
import { after, rowsOf } from "./volatile.ts"

const key = Uint8Array.of(0, 32, 255)
const value = Uint8Array.from({ length: 600 }, (_, at) => at % 256)
const write = (rest: Partial<RowWrite>): RowWrite => ({
    table: "drafts",
    key,
    value,
    volatile: true,
    ...rest,
})

describe("rows of private windows", () => {
    it("come back as they were written", () => {
        const kept = after({}, [write({})])
        assert.deepEqual(rowsOf(structuredClone(kept ?? {})), [{ table: "drafts", key, value }])
    })

    it("are nothing of what goes to the disk", () => {
        assert.equal(after({}, [write({ volatile: false }), write({ value: null })]), undefined)
    })

    it("go when they are deleted, or when their key is written to the disk", () => {
        const kept = after({}, [write({}), write({ table: "undo" })]) ?? {}
        const one = after(kept, [write({ value: null, volatile: false })]) ?? {}
        assert.deepEqual(
            rowsOf(one).map(({ table }) => table),
            ["undo"],
        )
        assert.deepEqual(after(one, [write({ table: "undo", volatile: false })]), {})
    })
})
