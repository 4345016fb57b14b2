import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { isWeb, patternOf } from "../lib/site.ts"
import { isKnownWebmail } from "./webmail.ts"

describe("sites", () => {
    it("a pattern is the host under its scheme, without the port", () => {
        assert.equal(patternOf("https://mail.example"), "https://mail.example/*")
        assert.equal(patternOf("http://127.0.0.1:8080"), "http://127.0.0.1/*")
        assert.equal(patternOf("http://[::1]:8080"), "http://[::1]/*")
    })

    it("only http and https are the web", () => {
        assert.ok(isWeb("https://a.example/"))
        assert.ok(!isWeb("chrome://settings"))
        assert.ok(!isWeb("file:///etc/passwd"))
        assert.ok(!isWeb(undefined))
    })

    it("webmail is known by its host or by its first label, never by a part of a name", () => {
        assert.ok(isKnownWebmail("https://mail.google.com"))
        assert.ok(isKnownWebmail("https://webmail.univ.example"))
        assert.ok(!isKnownWebmail("https://notwebmail.example"))
        assert.ok(!isKnownWebmail(""))
    })
})
