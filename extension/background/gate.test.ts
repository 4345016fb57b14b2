import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { admitted, type Self, type Sender, stampOf, tokenOf } from "./gate.ts"

/** What each browser stamped on real messages (fields that are not looked at left out). */
interface Samples {
    self: Self
    /** A page of ours in a tab. */
    tab: Sender
    /** Popup and panel: Chromium stamps neither tab nor frame. */
    popup: Sender
    content: Sender
    blank: Sender
    srcdoc: Sender
    frame: Sender
}

const page = { id: 1652371837, windowId: 3, incognito: false }
const chromiumId = "kcabalodmkagcpcmlinmkoekodjbgjpk"
const chromiumOrigin = `chrome-extension://${chromiumId}`
const firefoxOrigin = "moz-extension://7b1b1d1e-0000-4000-8000-000000000001"
const web = "http://127.0.0.1:33887"

const chromium: Samples = {
    self: { id: chromiumId, root: `${chromiumOrigin}/` },
    tab: {
        id: chromiumId,
        url: `${chromiumOrigin}/pages/panel.html?tab`,
        origin: chromiumOrigin,
        frameId: 0,
        documentId: "D99BCCA33DB8EEFD1BAE6B216AC75371",
        tab: page,
    },
    popup: {
        id: chromiumId,
        url: `${chromiumOrigin}/pages/popup.html`,
        origin: chromiumOrigin,
    },
    content: {
        id: chromiumId,
        url: `${web}/`,
        origin: web,
        frameId: 0,
        documentId: "1F44502748105BEDCA79910BA2F1E871",
        tab: page,
    },
    blank: {
        id: chromiumId,
        url: "about:blank",
        origin: web,
        frameId: 3,
        documentId: "C2E364CEB1DC5BDFEB26C109D415112E",
        tab: page,
    },
    srcdoc: {
        id: chromiumId,
        url: "about:srcdoc",
        origin: web,
        frameId: 4,
        documentId: "CD50A557EA70E60E6DA0D0327DA01E64",
        tab: page,
    },
    frame: {
        id: chromiumId,
        url: `${chromiumOrigin}/frame/frame.html#tok1`,
        origin: chromiumOrigin,
        frameId: 6,
        documentId: "E9B2DD470AECE01A7C5377616CC56BA2",
        tab: page,
    },
}

const firefoxId = "lab@sotto.example"
const firefox: Samples = {
    self: { id: firefoxId, root: `${firefoxOrigin}/` },
    tab: {
        id: firefoxId,
        url: `${firefoxOrigin}/pages/panel.html?w=1`,
        origin: firefoxOrigin,
        frameId: 0,
        documentId: "7580e40f-fb9a-eed3-d4ef-6055bc4f9b65",
        tab: page,
    },
    popup: {
        id: firefoxId,
        url: `${firefoxOrigin}/pages/popup.html`,
        origin: firefoxOrigin,
        frameId: 0,
        documentId: "fc577333-2558-151d-7d09-3ff2e3ba9a32",
    },
    content: {
        id: firefoxId,
        url: `${web}/`,
        origin: web,
        frameId: 0,
        documentId: "d9bbf26b-cf62-f0d3-bbcb-bcec4d9490d8",
        tab: page,
    },
    blank: {
        id: firefoxId,
        url: "about:blank",
        origin: web,
        frameId: 15032385537,
        documentId: "9c2b95bf-0229-12c6-dd1a-981fcc04a7ef",
        tab: page,
    },
    srcdoc: {
        id: firefoxId,
        url: "about:srcdoc",
        origin: web,
        frameId: 15032385538,
        documentId: "41cddc7c-ea92-b3d9-eec2-b059157a58c9",
        tab: page,
    },
    frame: {
        id: firefoxId,
        url: `${firefoxOrigin}/frame/frame.html#tok1`,
        origin: firefoxOrigin,
        frameId: 15032385540,
        documentId: "bead4f06-d389-9823-989c-a33288f2f083",
        tab: page,
    },
}

/** Which claims each sample may make; every other is refused. */
const rights: Record<Exclude<keyof Samples, "self">, string[]> = {
    tab: ["desk", "shell", "files"],
    popup: ["desk", "shell", "files"],
    content: ["content"],
    blank: ["content"],
    srcdoc: ["content"],
    frame: ["frame"],
}
const claims = [
    "desk",
    "shell",
    "content",
    "frame",
    "files",
    "engine",
    "order",
    "room",
    "constructor",
    "__proto__",
    "",
]

for (const [name, samples] of Object.entries({ chromium, firefox })) {
    describe(`gate in ${name}`, () => {
        const claimsOf = (sender: Sender) =>
            claims.filter((claim) => admitted(claim, sender, samples.self))

        for (const [kind, allowed] of Object.entries(rights)) {
            it(`a ${kind} proves ${allowed.join(" and ")} and nothing else`, () => {
                assert.deepEqual(claimsOf(samples[kind as keyof typeof rights]), allowed)
            })
        }

        it("the engine room proves its own claim, and no document in a tab does", () => {
            const { root } = samples.self
            const room = { ...samples.popup, url: `${root}engine/engine.html` }
            assert.deepEqual(claimsOf(room), ["engine"])
            assert.deepEqual(claimsOf({ ...room, tab: page }), [])
            assert.deepEqual(claimsOf({ ...room, origin: web }), [])
            assert.deepEqual(claimsOf({ ...room, url: `${room.url}?x` }), [])
        })

        it("another extension proves nothing", () => {
            for (const kind of Object.keys(rights)) {
                const sender = samples[kind as keyof typeof rights]
                assert.deepEqual(claimsOf({ ...sender, id: "other" }), [])
                assert.deepEqual(claimsOf({ ...sender, id: undefined }), [])
            }
        })

        it("a page of ours in a frame of a web page proves nothing", () => {
            assert.deepEqual(claimsOf({ ...samples.tab, frameId: 5 }), [])
        })

        it("a reader frame without a token, or as the page itself, proves nothing", () => {
            const { frame } = samples
            assert.deepEqual(claimsOf({ ...frame, url: frame.url?.split("#")[0] }), [])
            assert.deepEqual(claimsOf({ ...frame, frameId: 0 }), [])
            assert.deepEqual(claimsOf({ ...frame, tab: undefined }), [])
        })

        it("an address that only begins like ours is not ours", () => {
            const url = `${samples.self.root.slice(0, -1)}.evil.example/pages/popup.html`
            assert.deepEqual(claimsOf({ ...samples.popup, url }), [])
        })

        it("our address with the origin of a web page proves nothing", () => {
            assert.deepEqual(claimsOf({ ...samples.tab, origin: web }), [])
            assert.deepEqual(claimsOf({ ...samples.frame, origin: web }), [])
            assert.deepEqual(claimsOf({ ...samples.popup, origin: undefined }), [])
        })

        it("the stamp has the page's origin also where the address has none", () => {
            assert.equal(stampOf(samples.content).origin, web)
            assert.equal(stampOf(samples.blank).origin, web)
            assert.equal(stampOf({ ...samples.srcdoc, origin: "null" }).origin, "")
            assert.equal(stampOf(samples.frame).origin, "")
        })

        it("the frame number of a stamp fits 32 bits", () => {
            const { frame } = stampOf(samples.blank)
            assert.ok(Number.isInteger(frame) && frame >= 0 && frame < 2 ** 32)
            assert.notEqual(frame, stampOf(samples.srcdoc).frame)
        })

        it("the token is what stands after the hash", () => {
            assert.equal(tokenOf(samples.frame), "tok1")
            assert.equal(tokenOf(samples.popup), "")
        })
    })
}
