import assert from "node:assert/strict"
import { test } from "node:test"
import type { ConversationBrief } from "../generated/protocol.ts"
import { freshIn, newest, unreadAfter } from "./fresh.ts"

const talk = (id: string, unread: number, rest: object = {}) =>
    ({ id, unread, at: 1, muted: false, ...rest }) as ConversationBrief

test("where more is unread than was known something is fresh, once", () => {
    const changed = [talk("a", 1), talk("b", 2)]
    assert.deepEqual(freshIn(changed, {}), changed)
    const known = unreadAfter(changed, {})
    assert.deepEqual(freshIn(changed, known), [])
    assert.deepEqual(freshIn([talk("b", 3)], known), [talk("b", 3)])
})

test("what was read is forgotten, and what comes then is fresh", () => {
    const known = unreadAfter([talk("a", 0)], { a: 2, b: 1 })
    assert.deepEqual(known, { b: 1 })
    assert.deepEqual(freshIn([talk("a", 1)], known), [talk("a", 1)])
})

test("no clock decides: a relay that is behind is told of like another", () => {
    const known = unreadAfter([talk("a", 1, { at: 9 })], {})
    const late = talk("b", 1, { at: 3 })
    assert.deepEqual(freshIn([late], known), [late])
})

test("nothing rings for what is muted, neither then nor when it is not muted any more", () => {
    const muted = talk("a", 1, { muted: true })
    assert.deepEqual(freshIn([muted], {}), [])
    assert.deepEqual(freshIn([talk("a", 1)], unreadAfter([muted], {})), [])
})

test("the notification is about what was said last", () => {
    const [first, last] = [talk("a", 1, { at: 5 }), talk("b", 1, { at: 9 })]
    assert.deepEqual(newest([first, last, talk("c", 1, { at: 7 })]), last)
    assert.equal(newest([]), undefined)
})
