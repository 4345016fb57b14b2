import assert from "node:assert/strict"
import { test } from "node:test"
import { partsOf } from "./links.ts"

const links = (text: string) => partsOf(text).flatMap(({ href }) => (href ? [href] : []))

test("nothing of a text is lost", () => {
    for (const text of [
        "see https://a.example/x. And (http://b.example/y)!",
        "https://a.example",
        "no link",
        "",
        "https:// nothing",
    ]) {
        assert.equal(
            partsOf(text)
                .map((part) => part.text)
                .join(""),
            text,
        )
    }
})

test("a link ends where its sentence goes on", () => {
    assert.deepEqual(links("(see https://a.example/x_(y).)"), ["https://a.example/x_(y)"])
    assert.deepEqual(links("https://a.example/?q=1, https://b.example/…"), [
        "https://a.example/?q=1",
        "https://b.example/",
    ])
})

test("only the web is linked", () => {
    for (const text of [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "chrome://settings",
        "moz-extension://x/pages/chat.html",
        "xhttps:/a",
    ]) {
        assert.deepEqual(links(text), [])
    }
})

test("what leads elsewhere than it reads is no link", () => {
    assert.deepEqual(links("https://bank.example@evil.example/"), [])
    assert.deepEqual(links("https://bank.example\u202e/moc.live"), [])
    assert.deepEqual(links("https://ba\u200bnk.example/"), [])
})

test("a name in another script leads to its wire form", () => {
    assert.deepEqual(links("http://bücher.example/"), ["http://xn--bcher-kva.example/"])
})
