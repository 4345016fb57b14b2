import assert from "node:assert/strict"
import { beforeEach, describe, it } from "node:test"
import type { ChatMessage } from "../../../generated/protocol.ts"
import type { Pen, Written } from "./pen.ts"

interface Asked {
    id: number
    body: { type: string; text?: string }
}

/** What the background keeps as the draft. */
let kept = ""

const fake = {
    runtime: {
        getURL: (path: string) => `chrome-extension://sotto/${path}`,
        sendMessage: async ({ id, body }: Asked) => {
            if (body.type === "keep-draft") kept = body.text ?? ""
            return { id, ok: { type: body.type } }
        },
    },
}

// The module takes the browser's API when it is loaded.
Object.assign(globalThis, { chrome: fake })
const { penOf } = await import("./pen.ts")

/** What is given away, each answered when the test says so. */
class Hand {
    readonly texts: string[] = []
    readonly #answers: ((error?: Error) => void)[] = []

    readonly give = ({ text }: Written) => {
        this.texts.push(text)
        return new Promise<void>((sent, failed) => {
            this.#answers.push((error) => (error ? failed(error) : sent()))
        })
    }

    /** Answers the oldest that waits. */
    async answer(error?: Error): Promise<void> {
        await passes()
        this.#answers.shift()?.(error)
        await passes()
    }
}

const REFUSED = new Error("refused")
const passes = () => new Promise((done) => setTimeout(done, 2))
let pen: Pen
let hand: Hand
let sent: Promise<unknown>

/** Lines, each ended with Enter, and what is typed after them. */
function types(...lines: string[]): void {
    const last = lines.pop() ?? ""
    const sends = lines.map((line) => {
        pen.write(line)
        return pen.send(hand.give)
    })
    pen.write(last)
    sent = Promise.all(sends)
}

const own = (text: string) => ({ id: "1", body: { type: "text", text } }) as unknown as ChatMessage

describe("what is written", () => {
    beforeEach(() => {
        kept = ""
        hand = new Hand()
        pen = penOf(crypto.randomUUID(), { text: "", replyTo: null })
    })

    it("leaves line after line, and the rest stays", async () => {
        types("a", "b", "c")
        assert.equal(pen.state.text, "c")
        await passes()
        assert.deepEqual(hand.texts, ["a"], "one after the other")
        await hand.answer()
        await hand.answer()
        assert.deepEqual(hand.texts, ["a", "b"])
        assert.equal(pen.state.text, "c")
        assert.equal(pen.isSending, false)
    })

    it("is kept for as long as it may come back", async () => {
        types("a", "b", "c")
        await passes()
        await pen.save()
        assert.equal(kept, "b\nc", "the first is given")
        await hand.answer()
        assert.equal(kept, "b\nc")
        await pen.save()
        assert.equal(kept, "c")
        await hand.answer()
        assert.equal(kept, "c")
    })

    it("comes back in order when the first cannot be sent, and nothing overtakes it", async () => {
        types("a", "b", "c")
        await hand.answer(REFUSED)
        await sent
        assert.equal(pen.state.refused?.code, "bug")
        assert.deepEqual(hand.texts, ["a"])
        assert.equal(pen.state.text, "a\nb\nc")
        assert.equal(kept, "a\nb\nc")
    })

    it("comes back behind what was sent", async () => {
        types("a", "b", "")
        await hand.answer()
        await hand.answer(REFUSED)
        await sent
        assert.equal(pen.state.text, "b")
        assert.equal(kept, "b")
    })

    it("comes back to the draft where a message is being changed by then", async () => {
        types("a", "b")
        pen.edit(own("old"))
        await hand.answer(REFUSED)
        await sent
        assert.equal(pen.state.text, "old")
        pen.stopEditing()
        assert.equal(pen.state.text, "a\nb")
    })

    it("is in the same hands when one leaves the conversation and comes back", async () => {
        const talk = crypto.randomUUID()
        pen = penOf(talk, { text: "", replyTo: null })
        types("a", "")
        pen.leave()
        assert.equal(kept, "", "what is given is no draft")
        assert.equal(penOf(talk, { text: "", replyTo: null }), pen)
        await hand.answer(REFUSED)
        assert.deepEqual([pen.state.text, kept], ["a", "a"])
        assert.notEqual(penOf(talk, { text: "a", replyTo: null }), pen)
    })

    it("of a changed message stays until it is changed; the draft comes back after it", async () => {
        pen.write("draft")
        pen.edit(own("old"))
        types("new", "new and on")
        assert.equal(pen.state.editing?.id, "1")
        await passes()
        await pen.save()
        assert.equal(kept, "draft and on", "it is no change of the message")
        await hand.answer()
        await sent
        assert.equal(pen.state.editing, undefined)
        assert.equal(pen.state.text, "draft and on")
    })

    it("typed on behind a change belongs to the draft, also where the change waits or is left", async () => {
        types("a", "")
        pen.edit(own("old"))
        types("new", "new and on")
        await hand.answer()
        pen.stopEditing()
        assert.equal(pen.state.text, " and on")
        await hand.answer()
        await passes()
        assert.deepEqual([kept, pen.isSending], [" and on", false])
    })

    it("of a message that cannot be changed stays", async () => {
        pen.edit(own("old"))
        types("new", "new and on")
        await hand.answer(REFUSED)
        await sent
        assert.deepEqual([pen.state.editing?.id, pen.state.text], ["1", "new"])
        pen.stopEditing()
        assert.equal(pen.state.text, " and on")
    })
})
