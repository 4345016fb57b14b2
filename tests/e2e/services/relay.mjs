// The real relay, as a process with a file of its own, or with JetStream behind it. It can be killed
// and started again.

import { execFile, spawn } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { until } from "../drivers/until.mjs"
import { freePorts } from "./ports.mjs"

const ROOT = fileURLToPath(new URL("../../../", import.meta.url))
/** The relay that `cargo xtask` has built; without it, it is built here. */
const BUILT = process.env.SOTTO_RELAY
const BUILD = ["build", "--quiet", "--locked", "--package", "sotto-relay"]
const BINARY = BUILT ?? resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target", "debug/sotto-relay")
/** A test of some seconds says more than a person in an hour. */
const FAST = { SOTTO_RELAY_LOG: "warn" }

/** Whether somebody listens there. */
function listens(port) {
    return new Promise((done) => {
        const socket = connect(port, "127.0.0.1", () => {
            socket.destroy()
            done(true)
        })
        socket.on("error", () => done(false))
    })
}

/** For whom one address is a crowd. */
export const UNLIMITED = `[limits]
connects_per_minute = 0
requests_per_second = 0
blobs_per_second = 0
streams_per_hour = 0
bytes_per_day = 0
connections_per_address = 10000
`

/**
 * `pass`: without it no stream is made, 64 hex digits; `nats`: the address of a server; `limits`:
 * what the file says of them.
 * @param {{pass?: string, nats?: string, limits?: string}} [options]
 */
export async function startRelay({ pass = "", nats, limits = "" } = {}) {
    if (!BUILT) await promisify(execFile)("cargo", BUILD, { cwd: ROOT, maxBuffer: 1e8 })
    const [port, metrics] = await freePorts(2)
    const folder = await mkdtemp(join(tmpdir(), "relay-"))
    const config = join(folder, "relay.toml")
    const store = nats ? `[nats]\nservers = ["${nats}"]\n` : ""
    await writeFile(config, `metrics = "127.0.0.1:${metrics}"\n${store}${limits}`)
    const env = {
        ...process.env,
        ...FAST,
        SOTTO_RELAY_CONFIG: config,
        SOTTO_RELAY_LISTEN: `127.0.0.1:${port}`,
        SOTTO_RELAY_PASS: pass,
        SOTTO_RELAY_STORE: join(folder, "relay.db"),
    }
    let child
    const relay = {
        origin: `ws://127.0.0.1:${port}`,
        async start() {
            child = spawn(BINARY, [], { env, cwd: folder, stdio: ["ignore", "ignore", "inherit"] })
            await until(() => listens(port), { timeout: 20_000, what: () => "no relay listens" })
        },
        /** As the machine's power would. */
        async kill() {
            const gone = new Promise((done) => child.once("exit", done))
            child.kill("SIGKILL")
            await gone
        },
        /** It is killed, and begins anew with nothing of what it kept. */
        async lose() {
            await relay.kill()
            for (const end of ["", "-wal", "-shm"]) {
                await rm(`${env.SOTTO_RELAY_STORE}${end}`, { force: true })
            }
            await relay.start()
        },
        /** Connections to it, of whatever process. */
        async connections() {
            const { stdout } = await promisify(execFile)("ss", ["-Htn", "dport", "=", `:${port}`])
            return stdout.split("\n").filter((line) => line.startsWith("ESTAB")).length
        },
        /** One of its numbers since it was started, as Prometheus reads it. */
        async metric(name) {
            const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text()
            const value = text.match(new RegExp(`^sotto_relay_${name} (\\d+)$`, "m"))?.[1]
            if (value === undefined) throw new Error(`the relay counts no ${name}`)
            return Number(value)
        },
        async close() {
            if (child?.exitCode === null && child.signalCode === null) await relay.kill()
            await rm(folder, { recursive: true, force: true })
        },
    }
    await relay.start()
    return relay
}
