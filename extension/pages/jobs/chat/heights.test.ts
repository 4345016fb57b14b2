import assert from "node:assert/strict"
import { test } from "node:test"
import { Heights } from "./heights.ts"

test("guessed rows lie one after the other", () => {
    const heights = new Heights(100_000, 48)
    assert.equal(heights.offset(100_000), 4_800_000)
    assert.equal(heights.offset(77), 77 * 48)
    assert.equal(heights.rowAt(77 * 48), 77)
    assert.equal(heights.rowAt(77 * 48 - 1), 76)
})

test("a measured row moves those after it, and no other", () => {
    const heights = new Heights(10, 48)
    heights.set(3, 100)
    assert.equal(heights.offset(3), 144)
    assert.equal(heights.offset(4), 244)
    assert.equal(heights.rowAt(243), 3)
    assert.equal(heights.rowAt(244), 4)
})

test("every offset is the sum of the heights before it, whatever was measured", () => {
    const heights = new Heights(1, 50)
    const plain = [50]
    for (let step = 0; step < 2_000; step++) {
        const total = step % 7 === 0 ? 1 + ((step * 31) % 400) : plain.length
        while (plain.length < total) plain.push(50)
        plain.length = total
        heights.resize(total)
        const row = (step * 17) % total
        plain[row] = 20 + ((step * 13) % 200)
        heights.set(row, plain[row] ?? 0)
        const probe = (step * 29) % total
        const sum = plain.slice(0, probe).reduce((all, one) => all + one, 0)
        assert.equal(heights.offset(probe), sum)
        assert.equal(heights.rowAt(sum), probe)
    }
})

test("outside there is the first row, or the last", () => {
    const heights = new Heights(3, 10)
    assert.equal(heights.rowAt(-5), 0)
    assert.equal(heights.rowAt(1_000), 2)
    assert.equal(new Heights(0, 10).rowAt(5), 0)
})
