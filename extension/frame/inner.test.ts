import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { test } from "node:test"

import { INNER_STYLE, INNER_STYLE_DIGEST, innerDocument } from "./inner.ts"

test("the inner style is the one whose digest the policies name", () => {
    const digest = `sha256-${createHash("sha256").update(INNER_STYLE).digest("base64")}`
    assert.equal(INNER_STYLE_DIGEST, digest)
    const manifest = JSON.parse(readFileSync("manifest.json", "utf8")) as {
        content_security_policy: { extension_pages: string }
    }
    assert.ok(manifest.content_security_policy.extension_pages.includes(`'${digest}'`))
})

test("a letter is characters, whatever it says", () => {
    const page = innerDocument(`</body><script>alert("1")</script><img src='x' onerror=a&b>`)
    const body = page.slice(page.indexOf("<body"))
    assert.equal(body.match(/</gu)?.length, 1)
    assert.ok(body.includes("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;"))
    assert.ok(body.includes("onerror=a&amp;b&gt;"))
})
