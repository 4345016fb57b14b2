// The same file natively: the core with all processors, stock `age`, and the crate under `rage`.

import { execFileSync, spawnSync } from "node:child_process"
import { randomFillSync } from "node:crypto"
import { createWriteStream } from "node:fs"
import { mkdtemp, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { rowOf } from "./rows.mjs"

const MIN_MS = 2000
const OURS = "target/release/sotto-bench"
const MIB = 1024 * 1024

async function randomFile(path, size) {
    const stream = createWriteStream(path)
    for (let at = 0; at < size; at += MIB)
        await new Promise((resolve) => stream.write(randomFillSync(Buffer.alloc(MIB)), resolve))
    await new Promise((resolve) => stream.end(resolve))
}

function run(command, args) {
    const { status, stderr, error } = spawnSync(command, args)
    if (status !== 0) throw new Error(`${command} ${args}: ${error ?? stderr}`)
}

/** MB/s of whole commands, from start to end, as a person at a shell waits for them. */
async function speed([command, ...args], out, size) {
    let [bytes, ms] = [0, 0]
    while (ms < MIN_MS) {
        await rm(out, { force: true })
        const from = performance.now()
        run(command, args)
        ms += performance.now() - from
        bytes += size
    }
    if ((await stat(out)).size < size) throw new Error(`${command}: ${out} is too short`)
    return bytes / ms / 1000
}

/** Rows of sealing and opening one file natively. */
export async function nativeRows({ size, rounds }) {
    const dir = await mkdtemp(join(tmpdir(), "bench-seal-"))
    try {
        return await measured(dir, size, rounds)
    } finally {
        await rm(dir, { recursive: true, force: true })
    }
}

async function measured(dir, size, rounds) {
    const at = (name) => join(dir, name)
    await randomFile(at("plain"), size)
    execFileSync("age-keygen", ["-o", at("key")], { stdio: "ignore" })
    const recipient = execFileSync("age-keygen", ["-y", at("key")], { encoding: "utf8" }).trim()
    const version = execFileSync("age", ["--version"], { encoding: "utf8" }).trim()
    const seal = {
        sotto: [OURS, "seal", "sotto", at("plain"), at("sotto")],
        age: ["age", "-r", recipient, "-o", at("age"), at("plain")],
        rage: [OURS, "seal", "age", at("plain"), at("rage")],
    }
    const open = {
        sotto: [OURS, "open", "sotto", at("sotto"), at("sotto.out")],
        age: ["age", "-d", "-i", at("key"), "-o", at("age.out"), at("age")],
        rage: [OURS, "open", "age", at("rage"), at("rage.out")],
    }
    const speeds = {}
    for (let round = 0; round < rounds; round += 1)
        for (const [way, all] of Object.entries({ seal, open }))
            for (const [who, command] of Object.entries(all)) {
                const out = way === "seal" ? at(who) : at(`${who}.out`)
                const key = `${way}.${who}`
                speeds[key] = [...(speeds[key] ?? []), await speed(command, out, size)]
            }
    const peers = {
        age: `age ${version} (Debian)`,
        rage: "the age crate 0.11, on which rage stands",
    }
    return ["seal", "open"].flatMap((way) =>
        Object.entries(peers).map(([who, peer]) =>
            rowOf(
                `${way}.native.${who}.N`,
                speeds[`${way}.sotto`],
                peer,
                speeds[`${way}.${who}`],
                way === "seal" ? 1.5 : null,
            ),
        ),
    )
}
