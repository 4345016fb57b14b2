import assert from "node:assert/strict"
import { describe, it } from "node:test"
import {
    CHUNK,
    plainLength,
    plainSegments,
    SEGMENT_CHUNKS,
    sealedLength,
    sealedSegments,
    TAG,
} from "./tasks.ts"

const SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, SEGMENT_CHUNKS * CHUNK, 5 * 2 ** 30 + 7]

describe("segments", () => {
    it("cover a file once, in order, with one that is last", () => {
        for (const size of SIZES) {
            const segments = plainSegments(size)
            assert.equal(segments[0]?.from, 0)
            assert.equal(segments.at(-1)?.to, size)
            assert.deepEqual(
                segments.filter(({ isLast }) => isLast),
                [segments.at(-1)],
            )
            for (const [at, { first, from }] of segments.entries()) {
                assert.equal(first * CHUNK, from)
                assert.equal(from, segments[at - 1]?.to ?? 0)
            }
        }
    })

    it("of a plaintext and of its payload are of the same chunks", () => {
        for (const size of SIZES) {
            const sealed = sealedSegments(900, 900 + sealedLength(size))
            const plain = plainSegments(size)
            assert.deepEqual(
                sealed.map(({ first, isLast }) => [first, isLast]),
                plain.map(({ first, isLast }) => [first, isLast]),
            )
        }
    })

    it("lengths lead back", () => {
        for (const size of SIZES) assert.equal(plainLength(sealedLength(size)), size)
        assert.equal(plainLength(0), 0)
        assert.equal(plainLength(TAG), 0)
    })
})
