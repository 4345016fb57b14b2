/** The vectors of `tests/vectors`, read through the built binding and by what TypeScript parses itself. */

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { after, before, describe, it, mock } from "node:test"
import type { DeskReply, DeskRequest } from "../generated/protocol.ts"
import initialise, { Core, type Row } from "../generated/wasm/sotto.js"

interface Proof {
    sender: string
    letter_id: string
    bare: boolean
    sent_at: number
    kind: number
    recipients: number
    name: string | null
    content: string
}
interface LetterVector {
    name: string
    reader: string
    expect: "opens" | "no-sender-proof" | "refused"
    file: string
    letter?: Proof
    content?: string
    code?: string
}
interface CardVector {
    name: string
    input: { card?: string; armor?: string; accepted?: string }
    expect: string
    output: { identity: string; name: string; addresses: string[] }
}
interface WordsVector {
    name: string
    input: { words?: string }
    expect: string
}
interface Reader {
    rows: { table: string; key: string; value: string }[]
    session: string
}
interface Letters {
    people: Record<string, { identity: string }>
    vectors: LetterVector[]
}

/** When the cards of the vectors are looked at. */
const CARDS_NOW = 1_764_000_000_000
const TEXT = 1
const MAIL = 2

function vectors<T>(name: string): T {
    return JSON.parse(readFileSync(`tests/vectors/${name}.json`, "utf8"))
}

const letters = vectors<Letters>("letter")
const cards = vectors<CardVector[]>("card")
const readers = vectors<Record<string, Reader>>("readers")
const words = vectors<WordsVector[]>("words")

const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"))

function armor(label: string, base64: string): string {
    const lines = base64.match(/.{1,64}/gu) ?? []
    return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n")
}

/** The core as it stands after unlocking on this person's machine. */
function coreOf(name: string): Core {
    const reader = readers[name]
    assert.ok(reader, name)
    const rows: Row[] = reader.rows.map(({ table, key, value }) => ({
        table,
        key: bytes(key),
        value: bytes(value),
    }))
    return Core.load(rows, reader.session, undefined)
}

function ask<T extends DeskReply["type"]>(
    core: Core,
    request: Extract<DeskRequest, { type: T }>,
): Extract<DeskReply, { type: T }> {
    return core.handle(request, []).reply as Extract<DeskReply, { type: T }>
}

/** The code of a refusal. */
function refusal(call: () => unknown): unknown {
    try {
        call()
    } catch (error) {
        return (error as { code?: unknown }).code
    }
    return assert.fail("it was not refused")
}

function open({ reader, file }: LetterVector) {
    const source = { tab: null, private: false, messageFrom: [], messageDate: null }
    const text = armor("AGE ENCRYPTED FILE", file)
    return ask(coreOf(reader), { type: "open", text, source, reveal: true }).letter
}

function opensAs(vector: LetterVector, proof: Proof): void {
    const letter = open(vector)
    assert.equal(letter.id, proof.letter_id)
    assert.equal(letter.sentAt, proof.sent_at)
    assert.equal(letter.subject, proof.name)
    assert.equal(letter.notes.includes("bare"), proof.bare)
    assert.equal(letter.recipients.length + letter.unnamedRecipients, proof.recipients)
    const own = letters.people[vector.reader]?.identity === proof.sender
    assert.deepEqual(
        [letter.sender?.own, letter.sender?.trust],
        [own, own ? "verified" : "unknown"],
    )
    const content = Buffer.from(proof.content, "base64").toString()
    if (proof.kind === TEXT) assert.equal(letter.text, content)
    else if (proof.kind === MAIL) assert.equal(letter.text, content.split("\r\n\r\n")[1])
    else assert.deepEqual([letter.text, letter.parts.length], ["", 1])
}

describe("the letters of the vectors", () => {
    before(async () => {
        const module_or_path = readFileSync("extension/generated/wasm/sotto_bg.wasm")
        await initialise({ module_or_path })
    })

    for (const vector of letters.vectors) {
        const { name, expect, letter, content, code } = vector
        // A password file says that it wants its password; that is its own request.
        if (name === "password-letter") continue
        it(`${name}: ${expect}`, () => {
            if (letter) opensAs(vector, letter)
            else if (expect === "refused")
                assert.equal(
                    refusal(() => open(vector)),
                    code,
                )
            else {
                const plain = open(vector)
                assert.equal(plain.sender, null)
                assert.equal(plain.text, Buffer.from(content ?? "", "base64").toString())
            }
        })
    }
})

describe("the cards of the vectors", () => {
    before(() => mock.timers.enable({ apis: ["Date"], now: CARDS_NOW }))
    after(() => mock.timers.reset())

    for (const { name, input, expect, output } of cards) {
        // What two cards of one identity are to each other is asked with a contact.
        if (input.accepted !== undefined) continue
        // Strict armor is read inside the core; a surface is given texts, and finds cards in them.
        if (expect === "malformed-armor") continue
        it(`${name}: ${expect}`, () => {
            const base64 = Buffer.from(input.card ?? "", "hex").toString("base64")
            const text = input.armor ?? armor("SOTTO CONTACT CARD", base64)
            const look = () => ask(coreOf("bob"), { type: "look-at-cards", text }).cards
            if (expect !== "ok") return assert.equal(refusal(look), expect)
            const [card] = look()
            assert.deepEqual(
                [card?.verdict, card?.name, card?.addresses],
                ["new", output.name, output.addresses],
            )
        })
    }
})

describe("the recovery words of the vectors", () => {
    for (const { name, input, expect } of words) {
        if (expect === "ok" || input.words === undefined) continue
        it(`${name}: ${expect}`, () => {
            const me = { name: "Alice", address: "alice@mail.example", passphrase: "long enough" }
            const request = { type: "restore" as const, ...me, words: input.words ?? "" }
            const empty = Core.load([], undefined, undefined)
            assert.equal(
                refusal(() => empty.kdf_jobs(request)),
                expect,
            )
        })
    }
})
