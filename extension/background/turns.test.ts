import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { CoreError } from "../lib/failure.ts"
import { turns } from "./turns.ts"

/** As the WASM module throws it. */
function refusal(code: string): Error {
    return Object.assign(new Error(code), { name: "CoreError", code })
}

function gate() {
    let open = () => {}
    const opened = new Promise<void>((resolve) => {
        open = resolve
    })
    return { open, opened }
}

describe("turns", () => {
    it("requests do not overlap and keep their order", async () => {
        const { take } = turns(() => {})
        const seen: string[] = []
        const work = (name: string) => async () => {
            seen.push(`${name} begins`)
            await new Promise((resolve) => setTimeout(resolve, 5))
            seen.push(`${name} ends`)
        }
        await Promise.all([take(work("first")), take(work("second"))])
        assert.deepEqual(seen, ["first begins", "first ends", "second begins", "second ends"])
    })

    it("a reply computed before a lock is dropped", async () => {
        const { take, raise } = turns(() => {})
        const { open, opened } = gate()
        const reply = take(async (check) => {
            await opened
            check()
            return "plaintext"
        })
        raise()
        open()
        await assert.rejects(reply, { code: "locked-meanwhile" })
    })

    it("what waits when a lock comes is never begun", async () => {
        const { take, raise } = turns(() => {})
        const { open, opened } = gate()
        let begun = false
        const running = gate()
        const first = take(async () => {
            running.open()
            await opened
        })
        const second = take(async () => {
            begun = true
        })
        await running.opened
        raise()
        open()
        await first
        await assert.rejects(second, { code: "locked-meanwhile" })
        assert.equal(begun, false)
    })

    it("what is asked after a lock is answered", async () => {
        const { take, raise } = turns(() => {})
        raise()
        assert.equal(await take(async () => "locked"), "locked")
    })

    it("a refusal of the core keeps the instance and its code", async () => {
        let spoiled = 0
        const { take } = turns(() => {
            spoiled += 1
        })
        const refused = take(async () => {
            throw refusal("wrong-passphrase")
        })
        await assert.rejects(refused, { code: "wrong-passphrase" })
        assert.equal(spoiled, 0)
    })

    it("a trap is a bug, throws the instance away, and the next request works", async () => {
        let spoiled = 0
        const { take } = turns(() => {
            spoiled += 1
        })
        const trapped = take(async () => {
            throw new WebAssembly.RuntimeError("unreachable")
        })
        await assert.rejects(trapped, { name: "CoreError", code: "bug" })
        assert.equal(spoiled, 1)
        assert.equal(await take(async () => "well"), "well")
    })

    it("a commit that fails throws the instance away: it is ahead of the disk", async () => {
        let spoiled = 0
        const { take } = turns(() => {
            spoiled += 1
        })
        const full = take(async () => {
            throw new CoreError("storage-full")
        })
        await assert.rejects(full, { code: "storage-full" })
        assert.equal(spoiled, 1)
    })

    it("a reply dropped by a lock throws the instance away: its writes were not committed", async () => {
        let spoiled = 0
        const { take, raise } = turns(() => {
            spoiled += 1
        })
        const reply = take(async (check) => {
            raise()
            check()
        })
        await assert.rejects(reply, { code: "locked-meanwhile" })
        assert.equal(spoiled, 1)
    })
})
