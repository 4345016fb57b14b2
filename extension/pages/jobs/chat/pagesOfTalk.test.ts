import assert from "node:assert/strict"
import { test } from "node:test"
import type { ChatMessage } from "../../../generated/protocol.ts"
import { PAGE, TalkPages } from "./pagesOfTalk.ts"

const message = (position: number, id = String(position)) =>
    ({ id, position }) as unknown as ChatMessage
const page = (number: number, total: number) =>
    Array.from({ length: Math.min(PAGE, total - number * PAGE) }, (_, slot) =>
        message(number * PAGE + slot),
    )

test("what is not here is asked for by page", () => {
    const pages = new TalkPages(150)
    assert.deepEqual(pages.lacking(55, 130), [0, 1, 2])
    pages.take(1, page(1, 150), 150)
    assert.deepEqual(pages.lacking(55, 130), [0, 2])
    assert.equal(pages.at(61)?.id, "61")
    assert.deepEqual(pages.lacking(140, 900), [2])
})

test("a new message completes the page it ends", () => {
    const pages = new TalkPages(61)
    pages.take(1, page(1, 61), 61)
    pages.change(62, [message(61)], null)
    assert.deepEqual(pages.lacking(60, 61), [])
    pages.change(64, [message(63)], null)
    assert.deepEqual(pages.lacking(60, 63), [1], "62 was missed")
})

test("what changed without being told is asked for again and shown meanwhile", () => {
    const pages = new TalkPages(150)
    for (const number of [0, 1, 2]) pages.take(number, page(number, 150), 150)
    pages.change(150, [], 70)
    assert.deepEqual(pages.lacking(0, 149), [1, 2])
    assert.equal(pages.at(70)?.id, "70")
    pages.take(1, page(1, 150), 150)
    assert.deepEqual(pages.lacking(0, 149), [2])
})

test("a message that vanishes takes its place with it", () => {
    const pages = new TalkPages(61)
    pages.take(1, page(1, 61), 61)
    pages.change(60, [], null)
    assert.equal(pages.at(60), undefined)
    assert.deepEqual(pages.lacking(60, 60), [])
    assert.deepEqual(pages.lacking(59, 60), [0])
})

test("few pages are kept, the end among them", () => {
    const total = 100_000
    const pages = new TalkPages(total)
    const end = Math.floor((total - 1) / PAGE)
    pages.take(end, page(end, total), total)
    for (let number = 0; number < 100; number++) pages.take(number, page(number, total), total)
    assert.deepEqual(pages.lacking(total - 1, total - 1), [])
    assert.deepEqual(pages.lacking(99 * PAGE, 99 * PAGE), [])
    assert.deepEqual(pages.lacking(0, 0), [0])
})

test("the newest of a kind is found among what is here", () => {
    const pages = new TalkPages(3)
    pages.take(0, page(0, 3), 3)
    assert.equal(pages.newest(({ id }) => id === "1")?.position, 1)
    assert.equal(
        pages.newest(() => false),
        undefined,
    )
})
