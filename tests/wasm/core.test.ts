// The compiled core as the background uses it, without a browser: rows in a map, an instance that
// is thrown away after each key derivation, and the vectors of tests/vectors.

import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { before, test } from "node:test"
import type { DeskReply, DeskRequest } from "../../extension/generated/protocol.ts"
import {
    __wbg_reset_state,
    Core,
    derive_kek,
    initSync,
    type Row,
} from "../../extension/generated/wasm/sotto.js"

interface WordsVector {
    expect: string
    output: { english: string; identity: string }
}

const PASSPHRASE = "six words nobody would think of"
const identityOf = { name: "Alice Example", address: "alice@mail.example" }

/** A profile: the rows of its database and what session storage holds. */
class Profile {
    readonly #rows = new Map<string, Row>()
    #session: string | null = null

    ask<T extends DeskRequest["type"]>(
        request: DeskRequest & { type: T },
    ): Extract<DeskReply, { type: T }> {
        const keys = this.#load().kdf_jobs(request).map(derived)
        const outcome = this.#load().handle(request, keys)
        for (const { table, key, value } of outcome.writes) {
            const at = `${table}/${Buffer.from(key).toString("hex")}`
            if (value === null) this.#rows.delete(at)
            else this.#rows.set(at, { table, key, value })
        }
        if (outcome.session !== undefined) this.#session = outcome.session
        return outcome.reply as Extract<DeskReply, { type: T }>
    }

    #load(): Core {
        __wbg_reset_state()
        return Core.load([...this.#rows.values()], this.#session)
    }
}

function derived(job: Uint8Array): Uint8Array {
    __wbg_reset_state()
    return derive_kek(job)
}

/** The bytes of an armored card. */
const bytesOf = (armor: string): Buffer =>
    Buffer.from(armor.replace(/-----[^-]+-----/gu, ""), "base64")

const codeOf = (action: () => unknown): string | undefined => {
    try {
        action()
    } catch (error) {
        return (error as { code?: string }).code
    }
    return undefined
}

before(async () => {
    const module = await readFile("extension/generated/wasm/sotto_bg.wasm")
    initSync({ module })
})

test("recovery words give the identity of the vectors", async () => {
    const vectors: WordsVector[] = JSON.parse(await readFile("tests/vectors/words.json", "utf8"))
    const [first] = vectors.filter((vector) => vector.expect === "ok")
    assert(first)
    const profile = new Profile()
    const { english, identity } = first.output
    profile.ask({ type: "restore", ...identityOf, words: english, passphrase: PASSPHRASE })
    const { card } = profile.ask({ type: "own-card" })
    assert(bytesOf(card).includes(Buffer.from(identity, "hex")))
})

test("words that do not fit together restore nothing", () => {
    const words = `${"abandon ".repeat(23)}abandon`
    const restore = { type: "restore", ...identityOf, words, passphrase: PASSPHRASE } as const
    assert.equal(
        codeOf(() => new Profile().ask(restore)),
        "words-checksum",
    )
})

test("a letter to oneself opens, altered it does not, and locking ends it", () => {
    const profile = new Profile()
    profile.ask({ type: "create", ...identityOf, passphrase: PASSPHRASE })
    const { status } = profile.ask({ type: "status" })
    const { draft } = profile.ask({ type: "compose", context: null, to: [], replyTo: null })
    const written = { subject: "Dinner", text: "At eight.", form: draft.form }
    const saved = profile.ask({
        type: "save-draft",
        id: draft.id,
        to: [],
        addresses: status.me?.addresses ?? [],
        ...written,
    })
    const { sealed } = profile.ask({
        type: "seal",
        id: draft.id,
        sealFor: saved.draft.sealFor,
    })
    const source = { tab: null, private: false, messageFrom: [], messageDate: null }
    const open = (text: string) => profile.ask({ type: "open", text, source, reveal: false })
    assert.equal(open(sealed.text).letter.text, written.text)
    const altered = sealed.text.replace(
        /.(\n-----END)/u,
        (end) => (end[0] === "A" ? "B" : "A") + end.slice(1),
    )
    assert.notEqual(
        codeOf(() => open(altered)),
        undefined,
    )
    profile.ask({ type: "lock" })
    assert.equal(
        codeOf(() => open(sealed.text)),
        "vault-locked",
    )
})
