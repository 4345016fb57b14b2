// People without a browser, on the real relay, each with the whole core (tests/crowd).

import { execFile, spawn } from "node:child_process"
import { resolve } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const ROOT = fileURLToPath(new URL("../../../", import.meta.url))
/** What `cargo xtask` has built; without it, it is built here. */
const BUILT = process.env.SOTTO_CROWD_PATH
const BINARY = BUILT ?? resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target", "debug/sotto-crowd")

/** @param {{origin: string}} relay @param {number} count */
export async function startCrowd(relay, count) {
    const build = ["build", "--quiet", "--locked", "--package", "sotto-crowd"]
    if (!BUILT) await promisify(execFile)("cargo", build, { cwd: ROOT, maxBuffer: 1e8 })
    const child = spawn(BINARY, [relay.origin, String(count)], {
        stdio: ["pipe", "pipe", "inherit"],
    })
    const gone = new Promise((done) => child.once("exit", done))
    const asked = new Map()
    const followers = new Set()
    createInterface({ input: child.stdout }).on("line", (line) => {
        const said = JSON.parse(line)
        if (said.event) for (const follow of followers) follow(said)
        else asked.get(said.id)?.(said)
    })
    child.once("exit", () => {
        for (const answer of asked.values()) answer({ error: "the crowd is gone" })
    })
    let last = 0
    async function order(member, what) {
        last += 1
        const id = last
        const said = new Promise((done) => asked.set(id, done))
        child.stdin.write(`${JSON.stringify({ id, member, ...what })}\n`)
        const answer = await said
        asked.delete(id)
        if (answer.error) throw new Error(`member ${member}: ${answer.error}`)
        return answer.ok
    }
    return {
        count,
        live: (member, body) => order(member, { live: body }),
        desk: (member, body) => order(member, { desk: body }),
        setAway: (member, away) => order(member, { away }),
        /** Calls back with what members are told of messages. */
        follow(follow) {
            followers.add(follow)
            return () => followers.delete(follow)
        },
        async close() {
            child.stdin.end()
            const timer = setTimeout(() => child.kill("SIGKILL"), 5_000)
            await gone
            clearTimeout(timer)
        },
    }
}
