import assert from "node:assert/strict"
import { test } from "node:test"

import { blocksIn, findBegin, withoutBlocks } from "./armor.ts"
import { bodyOf } from "./body.ts"

const BASE64 = `YWdlLWVuY3J5cHRpb24ub3JnL3Yx${"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNk".repeat(12)}Zg==`
const LINES = BASE64.match(/.{1,64}/gu) ?? []
const BLOCK = `-----BEGIN AGE ENCRYPTED FILE-----\n${LINES.join("\n")}\n-----END AGE ENCRYPTED FILE-----\n`
const LINE_BODY = BASE64.replaceAll("=", "").replaceAll("+", "-")
const LINE = `sotto1.${LINE_BODY}.`

function only(text: string): string {
    const blocks = blocksIn(text)
    assert.equal(blocks.length, 1)
    return blocks[0]?.text ?? ""
}

test("a block that nobody touched is itself", () => {
    assert.equal(only(BLOCK), BLOCK)
    assert.equal(only(LINE), LINE)
})

const MANGLED: Record<string, (block: string) => string> = {
    "doubled newlines": (b) => b.replaceAll("\n", "\n\n"),
    "dropped newlines": (b) => b.replaceAll("\n", ""),
    "spaces for newlines": (b) => b.replaceAll("\n", " "),
    "windows newlines": (b) => b.replaceAll("\n", "\r\n"),
    "zero-width spaces on empty lines": (b) => b.replaceAll("\n", "\n\u200b\n"),
    "quote marks": (b) => b.replaceAll(/^/gmu, "> "),
    "nested quote marks": (b) => b.replaceAll(/^/gmu, "> > >"),
    "em dashes": (b) => b.replaceAll("-----", "—–-"),
    "spaced dashes": (b) => b.replaceAll("-----", "- - - - -"),
    "no-break spaces": (b) => b.replaceAll(" ", "\u00a0"),
    "lines split at 20": (b) => b.replaceAll(/.{20}/gu, "$&\n"),
    indentation: (b) => b.replaceAll(/^/gmu, "\t   "),
}

for (const [name, mangle] of Object.entries(MANGLED)) {
    test(`a block survives ${name}`, () => assert.equal(only(`Hi.\n${mangle(BLOCK)}\nBye.`), BLOCK))
}

test("a line survives splits and invisible characters", () => {
    assert.equal(only(LINE.replaceAll(/.{35}/gu, "$&\n\u200b")), LINE)
    assert.equal(only(`see sotto1.\n${LINE_BODY}. Bye.`), LINE)
})

test("a block in pieces is read piece by piece, wherever they are cut", () => {
    for (const size of [20, 64, 350, 998]) {
        const begin = findBegin(BLOCK, 0)
        assert.ok(begin)
        const body = bodyOf(begin.kind)
        const pieces = BLOCK.slice(begin.end).match(new RegExp(`[^]{1,${size}}`, "gu")) ?? []
        let progress = ""
        let read = 0
        for (const piece of pieces) {
            progress = body.feed(piece, 0)
            read += piece.length
            if (progress !== "more") break
        }
        assert.equal(progress, "done", `size ${size}`)
        assert.equal(body.canonical().text, BLOCK)
        assert.ok(BLOCK.length - begin.end - read <= 6, "at most dashes are left")
    }
})

test("the end of a block is where its marker ends", () => {
    const text = `Hello\n${BLOCK}\nregards`
    const [block] = blocksIn(text)
    assert.equal(text.slice(block?.start, block?.end), BLOCK.trimEnd())
    const [line] = blocksIn(`a ${LINE} b`)
    assert.equal(`a ${LINE} b`.slice(line?.start, line?.end), LINE)
})

test("what is no block is left alone", () => {
    assert.deepEqual(blocksIn("-----BEGIN AGE ENCRYPTED FILE-----\nnot base64!\n"), [])
    assert.deepEqual(blocksIn(BLOCK.replace("-----END AGE", "-----END PGP")), [])
    assert.deepEqual(blocksIn(BLOCK.slice(0, 400)), [])
    assert.deepEqual(blocksIn("sotto1.com is a name. sotto1.short."), [])
    assert.deepEqual(blocksIn(`x-${LINE}`), [])
    const prose = "all of these are words of base64 letters ".repeat(20)
    assert.deepEqual(blocksIn(BLOCK.replace(LINES[3] ?? "", prose)), [])
    assert.deepEqual(blocksIn(BLOCK.replace(LINES[3] ?? "", "Hello, Bob.")), [])
})

test("several blocks and kinds are found in their order", () => {
    const card = BLOCK.replaceAll("AGE ENCRYPTED FILE", "SOTTO CONTACT CARD")
    const kinds = blocksIn(`${BLOCK}\n${card}\n${LINE}`).map(({ kind }) => kind)
    assert.deepEqual(kinds, ["letter", "card", "line"])
})

test("text without its blocks keeps what the person wrote", () => {
    const text = `Dear Bob,\n\n${BLOCK.replaceAll(/^/gmu, "> ")}\n\n\nAlice`
    assert.equal(withoutBlocks(text, blocksIn(text)), "Dear Bob,\n\nAlice")
})

test("what a reply quotes is not taken for what was typed", () => {
    const quoted = `Offers sealed mail.\n\n${BLOCK}`.replace(/^/gmu, "> ")
    const reply = `Hello, see below:\n\nOn 2026-11-21 23:24, alice@mail.example wrote:\n${quoted}\n`
    assert.equal(withoutBlocks(reply, blocksIn(reply)), "Hello, see below:")
})
