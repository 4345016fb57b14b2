import assert from "node:assert/strict"
import { test } from "node:test"
import type { ConversationBrief } from "../generated/protocol.ts"
import { freshIn, newest, newestOf } from "./fresh.ts"

const talk = (at: number, rest: object = {}, own = false) =>
    ({ unread: 1, muted: false, last: { at, author: { own } }, ...rest }) as ConversationBrief

test("what came after the last notification is fresh, once", () => {
    const changed = [talk(5), talk(9)]
    assert.deepEqual(freshIn(changed, 4), changed)
    assert.equal(newestOf(changed, 4), 9)
    assert.deepEqual(freshIn(changed, 9), [])
    assert.equal(newestOf([], 7), 7)
})

test("nothing rings for what is muted, seen, one's own, or for nothing", () => {
    const changed = [
        talk(9, { muted: true }),
        talk(9, { unread: 0 }),
        talk(9, {}, true),
        talk(9, { last: null }),
    ]
    assert.deepEqual(freshIn(changed, 0), [])
})

test("the notification is about what was said last", () => {
    assert.deepEqual(newest([talk(5), talk(9), talk(7)]), talk(9))
    assert.equal(newest([]), undefined)
})
