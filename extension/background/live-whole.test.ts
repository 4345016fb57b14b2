import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { CoreError } from "../lib/failure.ts"
import { wholly } from "./live-whole.ts"

describe("a step of the sessions", () => {
    it("gives what it gives, refusals too", async () => {
        const refusal = new CoreError("contact-blocked")
        const end = () => assert.fail("nothing failed")
        assert.equal(await wholly(() => Promise.resolve(refusal), end), refusal)
    })

    // A step that the core trapped in, or that its disk or the contacts refused, is done by half.
    for (const code of ["bug", "storage-full", "contact-unknown", "nothing-there"] as const) {
        it(`that meets ${code} throws the module away`, async () => {
            let ended = 0
            const failed = wholly(
                () => Promise.reject(new CoreError(code as CoreError["code"])),
                () => {
                    ended += 1
                },
            )
            await assert.rejects(failed, { code })
            assert.equal(ended, 1)
        })
    }

    it("that traps is a bug", async () => {
        let ended = 0
        const trapped = wholly(
            () => Promise.reject(new WebAssembly.RuntimeError("unreachable")),
            () => {
                ended += 1
            },
        )
        await assert.rejects(trapped, { code: "bug" })
        assert.equal(ended, 1)
    })

    it("that a lock interrupted ends nothing that began after it", async () => {
        const interrupted = wholly(
            () => Promise.reject(new CoreError("locked-meanwhile")),
            () => assert.fail("it has ended already"),
        )
        await assert.rejects(interrupted, { code: "locked-meanwhile" })
    })
})
