import assert from "node:assert/strict"
import { test } from "node:test"

import { heightFor } from "./height.ts"

function letter(payload: number): string {
    const header = `age-encryption.org/v1\n-> X25519 a\nb\n--- ${"M".repeat(43)}\n`
    const base64 = btoa(header + "\u0000".repeat(payload + 32))
    return `-----BEGIN AGE ENCRYPTED FILE-----\n${base64}\n-----END AGE ENCRYPTED FILE-----\n`
}

test("the height is the size class of the ciphertext", () => {
    assert.equal(heightFor("letter", letter(256)), 320)
    assert.equal(heightFor("letter", letter(512)), 320)
    assert.equal(heightFor("letter", letter(4096)), 640)
})

test("a chat line is as high as the block, or lower when it is short", () => {
    const line = (size: number) =>
        `sotto1.${(letter(size).split("\n")[1] ?? "").replaceAll("=", "")}.`
    assert.equal(heightFor("line", line(512)), 320)
    assert.equal(heightFor("line", line(256)), 160)
})

test("what cannot be measured gets the middle step", () => {
    assert.equal(heightFor("letter", "-----BEGIN X-----\n!!!\n-----END X-----"), 320)
})
