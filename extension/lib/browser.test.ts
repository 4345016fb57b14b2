import assert from "node:assert/strict"
import { beforeEach, describe, it } from "node:test"

/** What the browser says of the tab that a surface was asked from; `undefined`: it is gone. */
let asked: { windowId: number; index: number; incognito: boolean } | undefined
let created: object[] = []

const fake = {
    runtime: { getURL: (path: string) => `chrome-extension://sotto/${path}` },
    tabs: {
        get: async (id: number) => {
            if (asked === undefined) throw new Error(`No tab with id: ${id}.`)
            return asked
        },
        create: async (tab: object) => void created.push(tab),
    },
}

// The module takes the browser's API when it is loaded.
Object.assign(globalThis, { chrome: fake })
const { isPrivateTab, openTab } = await import("./browser.ts")

describe("a tab opened from another", () => {
    const place = { tab: 7, window: 1, gesture: "page" } as const
    const opened = { url: "chrome-extension://sotto/pages/panel.html", active: true }
    beforeEach(() => {
        created = []
    })

    it("stands beside it", async () => {
        asked = { windowId: 3, index: 4, incognito: false }
        await openTab("pages/panel.html", place)
        assert.deepEqual(created, [{ ...opened, windowId: 3, index: 5 }])
    })

    it("stands in no private window", async () => {
        asked = { windowId: 3, index: 4, incognito: true }
        await openTab("pages/panel.html", place)
        assert.deepEqual(created, [opened])
    })

    it("opens, and in no private window, when that one is gone", async () => {
        asked = undefined
        await openTab("pages/panel.html", place)
        assert.deepEqual(created, [opened])
        assert.equal(await isPrivateTab(7), true)
    })
})
