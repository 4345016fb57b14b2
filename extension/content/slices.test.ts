import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { type Job, slices } from "./slices.ts"

/** Three steps, each longer than a slice. */
function* long(done: () => void): Job {
    for (let step = 0; step < 3; step += 1) {
        for (const end = performance.now() + 6; performance.now() < end; );
        yield
    }
    done()
}

describe("slices", () => {
    it("are idle when what was queued is done", async () => {
        const done: string[] = []
        const jobs = [long(() => done.push("search"))]
        const work = slices(() => jobs.shift())
        work.kick()
        assert.deepEqual(done, [], "it takes more than one slice")
        await work.idle()
        assert.deepEqual(done, ["search"])
    })

    it("are idle where nothing is queued, and when they are stopped", async () => {
        const work = slices(() => undefined)
        await work.idle()
        const stopped = slices(() => long(() => undefined))
        stopped.kick()
        const idle = stopped.idle()
        stopped.stop()
        await idle
    })
})
