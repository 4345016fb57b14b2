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
    type Task,
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
        for (const size of SIZES) {
            const [work, sink] = ["open", "back"] as const
            const tasks = sealedSegments(900, 900 + sealedLength(size))
            for (const one of [tasks[0], tasks.at(-1)]) {
                const count = Math.ceil(((one?.to ?? 0) - (one?.from ?? 0)) / (CHUNK + TAG))
                const expected = new Uint8Array(32 * count).map((_, at) => at >> 5)
                const pieces = [...piecesOf({ ...one, work, sink, expected } as Task)]
                assert.equal(pieces[0]?.from, one?.from)
                assert.equal(pieces.at(-1)?.to, one?.to)
                assert.equal(pieces.at(-1)?.isLast, one?.isLast)
                for (const [at, piece] of pieces.entries()) {
                    assert.equal(piece.from, pieces[at - 1]?.to ?? one?.from)
                    const chunks = (piece.from - (one?.from ?? 0)) / (CHUNK + TAG)
                    assert.equal(piece.first, (one?.first ?? 0) + chunks)
                    assert.equal(piece.expected?.[0], chunks & 255)
                    assert.equal(
                        piece.expected?.length,
                        32 * Math.ceil((piece.to - piece.from) / (CHUNK + TAG)),
                    )
                }
            }
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
