/** The core as the background has it: the real WASM, two people, throw-away instances. */

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { before, describe, it } from "node:test"
import type { DeskReply, DeskRequest, FoundBlock, Stamp } from "../generated/protocol.ts"
import initialise, {
    type Admissions,
    Core,
    decode_content_request,
    derive_kek,
    type Outcome,
    type Row,
    __wbg_reset_state as resetInstance,
} from "../generated/wasm/sotto.js"

/** What is read here of `tests/vectors/words.json`. */
interface WordsVector {
    expect: string
    output: { english: string; identity: string }
}

const passphrase = "correct horse battery"
const stamp: Stamp = {
    tab: 1,
    frame: 0,
    document: "page",
    origin: "https://mail.example",
    private: false,
}

/** A database and a session storage; each request has a core of its own. */
class Profile {
    rows = new Map<string, Row>()
    session: string | undefined
    admissions: Admissions

    core(): Core {
        return Core.load([...this.rows.values()], this.session, this.admissions)
    }

    ask<T extends DeskReply["type"]>(
        request: Extract<DeskRequest, { type: T }>,
    ): Extract<DeskReply, { type: T }> {
        const keys = this.core()
            .kdf_jobs(request)
            .map((job) => {
                resetInstance()
                return derive_kek(job)
            })
        if (keys.length > 0) resetInstance()
        return this.commit(this.core().handle(request, keys)) as Extract<DeskReply, { type: T }>
    }

    commit<R>(outcome: Outcome<R>): R {
        for (const { table, key, value } of outcome.writes) {
            const name = `${table} ${key.join(" ")}`
            if (value === null) this.rows.delete(name)
            else this.rows.set(name, { table, key, value })
        }
        if (outcome.session !== undefined) this.session = outcome.session ?? undefined
        return outcome.reply
    }

    create(name: string, address: string): void {
        this.ask({ type: "create", name, address, passphrase })
    }
}

function refusal(call: () => unknown): { name: string; code?: unknown; detail?: unknown } {
    try {
        call()
    } catch (error) {
        assert.ok(error instanceof Error, "a failure is a real Error")
        return error
    }
    return assert.fail("it was not refused")
}

describe("the core's bindings", () => {
    before(async () => {
        const module_or_path = readFileSync("extension/generated/wasm/sotto_bg.wasm")
        await initialise({ module_or_path })
    })

    it("carries a sealed letter from one person to a frame of the other", () => {
        const [alice, bob] = [new Profile(), new Profile()]
        alice.create("Alice", "alice@mail.example")
        bob.create("Bob", "bob@mail.example")
        const card = bob.ask({ type: "own-card" }).card
        const accepted = alice.ask({ type: "accept-card", card, verdict: "new" })
        const to = [accepted.contact.brief.id]
        const { draft } = alice.ask({
            type: "compose",
            context: null,
            to,
            replyTo: null,
            private: false,
        })
        const text = "Grüße 👋"
        const saved = { ...draft, type: "save-draft" as const }
        const { id, subject, form } = saved
        alice.ask({ type: "save-draft", id, to, addresses: [], subject, text, form })
        const { sealed } = alice.ask({ type: "seal", id, sealFor: ["Bob"] })

        const block: FoundBlock = {
            kind: "letter",
            text: sealed.text,
            messageFrom: ["alice@mail.example"],
            messageDate: Date.now(),
        }
        const first = bob.core()
        const token = "0f".repeat(16)
        assert.deepEqual(first.admit(token, block, stamp), [])
        bob.admissions = structuredClone(first.admissions())
        resetInstance()
        const frame = { ...stamp, frame: 4, document: "frame" }
        const core = bob.core()
        const reply = bob.commit(core.frame({ type: "open", reveal: false }, token, frame))
        assert.ok(reply.type === "open" && reply.letter)
        assert.equal(reply.letter.text, text)
        assert.equal(reply.letter.sender?.trust, "unknown")
        assert.deepEqual(reply.letter.notes, [])
        const answer = core.frame({ type: "reply" }, token, frame)
        assert.equal(answer.errand?.cards, reply.letter.card?.card)
        const elsewhere = { ...frame, document: "another" }
        const spent = refusal(() => core.frame({ type: "reply" }, token, elsewhere))
        assert.equal(spent.code, "token-spent")
    })

    it("locks, refuses a wrong passphrase and unlocks", () => {
        const alice = new Profile()
        alice.create("Alice", "alice@mail.example")
        assert.equal(alice.ask({ type: "lock" }).status.vault, "locked")
        assert.equal(alice.session, undefined)
        const wrong = refusal(() => alice.ask({ type: "unlock", passphrase: "wrong" }))
        assert.deepEqual([wrong.name, wrong.code], ["CoreError", "wrong-passphrase"])
        const { status } = alice.ask({ type: "unlock", passphrase })
        assert.deepEqual([status.vault, status.me?.name], ["unlocked", "Alice"])
    })

    it("restores from recovery words the identities of the vectors", () => {
        const me = { name: "Alice", address: "alice@mail.example", passphrase }
        const vectors: WordsVector[] = JSON.parse(readFileSync("tests/vectors/words.json", "utf8"))
        const [vector] = vectors.filter(({ expect }) => expect === "ok")
        assert.ok(vector)
        const alice = new Profile()
        alice.ask({ type: "restore", ...me, words: vector.output.english })
        const armor = alice.ask({ type: "own-card" }).card
        const card = Buffer.from(armor.replace(/-----[^-]+-----/gu, ""), "base64")
        assert.ok(card.includes(Buffer.from(vector.output.identity, "hex")))
        const words = "abandon ".repeat(24)
        const apart = refusal(() => new Profile().ask({ type: "restore", ...me, words }))
        assert.equal(apart.code, "words-checksum")
    })

    it("decodes messages strictly and survives what structured clones can hold", () => {
        const cycle: { type: string; self?: unknown } = { type: "hello" }
        cycle.self = cycle
        const deep = JSON.parse(`${"[".repeat(5000)}${"]".repeat(5000)}`)
        const hostile = [
            null,
            7,
            "hello",
            [],
            {},
            { type: "nonsense" },
            { type: "hello", more: 1 },
            { type: "report", letters: -1, cards: 0, editor: true, frames: true },
            { type: "report", letters: 1.5, cards: 0, editor: true, frames: true },
            { type: "report", letters: 1, cards: 0, editor: true },
            cycle,
            deep,
            { type: "hello", deep },
            { type: "admit", token: "0f".repeat(16), block: new Array(30_000).fill(0) },
            new Map([["type", "hello"]]),
        ]
        for (const body of hostile) {
            assert.equal(refusal(() => decode_content_request(body)).code, "malformed-message")
        }
        const report = { type: "report", letters: 1, cards: 0, editor: true, frames: true }
        assert.deepEqual(decode_content_request(report), report)
    })
})
