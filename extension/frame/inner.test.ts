import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { test } from "node:test"

import { INNER_STYLE, INNER_STYLE_DIGEST } from "./inner.ts"

test("the inner style is the one whose digest the policies name", () => {
    const digest = `sha256-${createHash("sha256").update(INNER_STYLE).digest("base64")}`
    assert.equal(INNER_STYLE_DIGEST, digest)
    const manifest = JSON.parse(readFileSync("manifest.json", "utf8")) as {
        content_security_policy: { extension_pages: string }
    }
    assert.ok(manifest.content_security_policy.extension_pages.includes(`'${digest}'`))
})
