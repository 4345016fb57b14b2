import assert from "node:assert/strict"
import { describe, it } from "node:test"
import {
    CHUNK,
    piecesOf,
    plainLength,
    plainSegments,
    SEGMENT_CHUNKS,
    sealedLength,
    sealedSegments,
    TAG,
} from "./tasks.ts"

const SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, SEGMENT_CHUNKS.most * CHUNK, 5 * 2 ** 30 + 7]

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

    it("are cut into pieces of the same chunks", () => {
        const step = CHUNK + TAG
        const countOf = ({ from, to }: { from: number; to: number }) =>
            Math.ceil((to - from) / step)
        const sealed = SIZES.flatMap((size) => sealedSegments(900, 900 + sealedLength(size)))
        for (const one of [...sealed.slice(0, 300), ...sealed.slice(-3)]) {
            const expected = new Uint8Array(32 * countOf(one)).map((_, at) => at >> 5)
            const pieces = [...piecesOf({ ...one, work: "open", sink: "back", expected })]
            const ends = pieces.map(({ to }) => to)
            assert.deepEqual(
                pieces.map(({ from }) => from),
                [one.from, ...ends.slice(0, -1)],
            )
            assert.equal(ends.at(-1), one.to)
            assert.deepEqual(
                pieces.map(({ first }) => first - one.first),
                pieces.map(({ from }) => (from - one.from) / step),
            )
            assert.deepEqual(
                pieces.map(({ isLast }) => isLast),
                pieces.map(({ to }) => one.isLast && to === one.to),
            )
            assert.deepEqual(
                pieces.map((piece) => [piece.expected?.[0], piece.expected?.length]),
                pieces.map((piece) => [piece.first - one.first, 32 * countOf(piece)]),
            )
        }
    })

    it("of a file are enough for several workers and large where it is large", () => {
        assert.equal(plainSegments(25e6).length, 12)
        assert.equal(plainSegments(256 * 2 ** 20).length, 32)
        assert.equal(plainSegments(2 ** 30)[0]?.to, 8 * 2 ** 20)
    })

    it("lengths lead back", () => {
        for (const size of SIZES) assert.equal(plainLength(sealedLength(size)), size)
        assert.equal(plainLength(0), 0)
        assert.equal(plainLength(TAG), 0)
    })
})
