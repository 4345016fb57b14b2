/** The vectors of `tests/vectors` through what TypeScript parses itself. */

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { it } from "node:test"
import { blocksIn } from "./armor.ts"

const letters = JSON.parse(readFileSync("tests/vectors/letter.json", "utf8")) as {
    vectors: { name: string; file: string }[]
}

function armor(label: string, base64: string): string {
    const lines = base64.match(/.{1,64}/gu) ?? []
    return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n")
}

it("letters are found in a page in both forms", () => {
    for (const { name, file } of letters.vectors) {
        const block = armor("AGE ENCRYPTED FILE", file)
        const line = `sotto1.${Buffer.from(file, "base64").toString("base64url")}.`
        const found = blocksIn(`Hello\n${block}\n> ${line.replace(/.{70}/gu, "$&\n> ")}\nBye.`)
        const text = found.map((one) => one.text)
        assert.deepEqual(text, [block, line], name)
    }
})
