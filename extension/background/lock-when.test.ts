import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { dueNow } from "./lock-when.ts"

const settings = { lockWithScreen: true, idleMinutes: 15 }
const open = { vault: "unlocked", veiled: false, settings } as const
const veiled = { vault: "locked", veiled: true, settings } as const
const locked = { vault: "locked", veiled: false, settings } as const

describe("a person who is not there", () => {
    const idle = { isScreenLocked: false, isIdle: true }
    const away = { isScreenLocked: true, isIdle: true }

    it("veils an open vault by time, and nothing else", () => {
        assert.equal(dueNow(open, idle), "veil")
        assert.equal(dueNow(veiled, idle), undefined)
        assert.equal(dueNow(locked, idle), undefined)
        assert.equal(dueNow(open, { isScreenLocked: false, isIdle: false }), undefined)
        const never = { ...open, settings: { ...settings, idleMinutes: 0 } }
        assert.equal(dueNow(never, idle), undefined)
    })

    it("who locks the screen locks, an open vault and a veiled one", () => {
        assert.equal(dueNow(open, away), "lock")
        assert.equal(dueNow(veiled, away), "lock")
        assert.equal(dueNow(locked, away), undefined)
    })

    it("unless they do not want that", () => {
        const kept = { ...settings, lockWithScreen: false }
        assert.equal(dueNow({ ...veiled, settings: kept }, away), undefined)
        assert.equal(dueNow({ ...open, settings: kept }, away), "veil")
    })
})
