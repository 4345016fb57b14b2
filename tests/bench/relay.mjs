// `cargo xtask bench relay`: the relay beside mosquitto and bare JetStream, on the same machine, in
// the same run.
//
// Every way is measured in each of ROUNDS rounds, one after the other, with new servers and empty
// folders; the median of the rounds counts. Clients of all are one program
// (tests/bench/relay/src/main.rs).
//
//   deliver.p50, deliver.p99   from sending to receiving: 50 streams, 1,000 blobs of 512 bytes a second.
//                              Bar: at most twice the better of mosquitto and JetStream.
//   append.sqlite, .jetstream  blobs acknowledged for each second of processor time of all servers
//                              ("per core"), 16 streams with 32 blobs under way. Bar: JetStream store at
//                              least half of bare JetStream. SQLite waits for the disk; nats-server 2.9
//                              cannot be told to, it syncs every two minutes; mosquitto every half hour.
//   idle.rss                   bytes of the relay for each of 10,000 connections that subscribe and
//                              wait. Bar: 20 kB.
//   streams.growth             processor time of an append to any of 1,000,000 streams, over that of
//                              1,000. Bar: 1.5.
//
// ROUNDS, SECONDS, CONNECTIONS, STREAMS and ONLY (rows, by commas) make it smaller.

import { execFile, spawn } from "node:child_process"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { createConnection, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"

const run = promisify(execFile)

const ROUNDS = Number(process.env.ROUNDS ?? 3)
const SECONDS = Number(process.env.SECONDS ?? 5)
const CONNECTIONS = Number(process.env.CONNECTIONS ?? 10_000)
const STREAMS = Number(process.env.STREAMS ?? 1_000_000)
const FEW_STREAMS = 1_000
const ONLY = process.env.ONLY?.split(",")
const BIN = join(process.env.CARGO_TARGET_DIR ?? "target", "release")

const wanted = (id) => ONLY === undefined || ONLY.some((part) => id.startsWith(part))
const folder = await mkdtemp(join(tmpdir(), "sotto-bench-relay-"))
const running = new Set()

/** A port of loopback that nobody uses. */
async function freePort() {
    const server = createServer()
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
    const { port } = server.address()
    await new Promise((resolve) => server.close(resolve))
    return port
}

const answers = (port) =>
    new Promise((resolve) => {
        const socket = createConnection(port, "127.0.0.1")
        socket.once("connect", () => resolve(true)).once("error", () => resolve(false))
        socket.once("connect", () => socket.destroy())
    })

/** Starts a server and waits until it listens. */
async function start(program, args, port) {
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] })
    running.add(child)
    let log = ""
    child.stderr.on("data", (bytes) => {
        log = (log + bytes).slice(-2000)
    })
    for (let tries = 0; !(await answers(port)); tries += 1) {
        if (child.exitCode !== null || tries > 600) throw new Error(`${program}: ${log}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return child
}

async function stop(child) {
    const ended = new Promise((resolve) => child.once("exit", resolve))
    child.kill("SIGKILL")
    await ended
    running.delete(child)
}

const LIMITS = `
[limits]
connections = 30000
connections_per_address = 30000
connects_per_minute = 0
requests_per_second = 0
blobs_per_second = 0
streams_per_hour = 0
bytes_per_day = 0
stream_blobs = 10000000
stream_bytes = 100000000000
store_bytes = 10000000000
`

async function relay(place, settings) {
    const port = await freePort()
    const file = join(place, "relay.toml")
    const store = join(place, "relay.db")
    const head = `listen = "127.0.0.1:${port}"\nstore = "${store}"\n`
    await writeFile(file, head + settings + LIMITS)
    const child = await start(join(BIN, "sotto-relay"), [file], port)
    return { kind: "relay", port, processes: [child] }
}

/** nats-server as it comes, with JetStream on. */
async function nats(place) {
    const port = await freePort()
    const file = join(place, "nats.conf")
    const jetstream = `jetstream { store_dir: "${join(place, "nats")}", max_file_store: 20GB }`
    await writeFile(file, `listen: "127.0.0.1:${port}"\nmax_payload: 1MB\n${jetstream}\n`)
    const child = await start("/usr/sbin/nats-server", ["-c", file], port)
    return { kind: "nats", port, processes: [child] }
}

/** As Debian ships it, and without Nagle's delay, as its manual advises where latency matters. */
async function mosquitto(place) {
    const port = await freePort()
    const file = join(place, "mosquitto.conf")
    const lines = [
        `listener ${port} 127.0.0.1`,
        "allow_anonymous true",
        "persistence true",
        `persistence_location ${place}/`,
        "set_tcp_nodelay true",
        "user root",
        "log_type error",
    ]
    await writeFile(file, `${lines.join("\n")}\n`)
    const child = await start("/usr/sbin/mosquitto", ["-c", file], port)
    return { kind: "mqtt", port, processes: [child] }
}

const SERVERS = {
    sqlite: (place) => relay(place, ""),
    jetstream: async (place) => {
        const below = await nats(place)
        // A server that listens may not have its JetStream yet; the relay asks for 20 s.
        const above = await relay(place, `[nats]\nservers = ["nats://127.0.0.1:${below.port}"]\n`)
        return { ...above, processes: [...above.processes, ...below.processes] }
    },
    nats,
    mosquitto,
}

const pids = (server) => server.processes.map((child) => String(child.pid))

async function client(...args) {
    const { stdout } = await run(join(BIN, "sotto-bench-relay"), args.map(String))
    return JSON.parse(stdout)
}

/** New servers for each measurement. */
async function on(name, measure) {
    const place = await mkdtemp(join(folder, `${name}-`))
    const server = await SERVERS[name](place)
    try {
        return await measure(server, `127.0.0.1:${server.port}`)
    } finally {
        for (const child of server.processes) await stop(child)
        await rm(place, { recursive: true, force: true })
    }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const rounded = (value) => Math.round(value * 100) / 100

/** What `measure` says of each of `names`, interleaved. */
async function rounds(names, measure) {
    const results = Object.fromEntries(names.map((name) => [name, []]))
    for (let round = 0; round < ROUNDS; round += 1)
        for (const name of names) {
            const result = await on(name, measure)
            console.log(`${round + 1}/${ROUNDS} ${name} ${JSON.stringify(result)}`)
            results[name].push(result)
        }
    return (name, field) => median(results[name].map((result) => result[field]))
}

const rows = []

function row(id, unit, ours, peer, theirs, bar, holds) {
    const ratio = theirs === null ? null : rounded(ours / theirs)
    rows.push({ id, unit, ours: rounded(ours), peer, theirs, ratio, bar, holds })
}

const OURS = ["sqlite", "jetstream"]
const ALL = [...OURS, "nats", "mosquitto"]

async function deliver() {
    const of = await rounds(ALL, (server, address) =>
        client("deliver", server.kind, address, SECONDS),
    )
    for (const share of ["p50", "p99"])
        for (const name of OURS) {
            const field = `${share}_us`
            const peers = ["nats", "mosquitto"].map((peer) => [of(peer, field), peer])
            const [theirs, peer] = peers.toSorted((a, b) => a[0] - b[0])[0]
            const ours = of(name, field)
            row(`deliver.${share}.${name}`, "µs", ours, peer, theirs, "≤ 2", ours <= 2 * theirs)
        }
}

async function append() {
    const of = await rounds(ALL, (server, address) =>
        client("append", server.kind, address, SECONDS, ...pids(server)),
    )
    const bare = of("nats", "per_cpu_s")
    const [sqlite, jetstream] = OURS.map((name) => of(name, "per_cpu_s"))
    const unit = "blobs per cpu second"
    const mqtt = of("mosquitto", "per_cpu_s")
    row("append.sqlite", unit, sqlite, "mosquitto, without waiting for the disk", mqtt, null, true)
    const holds = jetstream >= 0.5 * bare
    row("append.jetstream", unit, jetstream, "bare JetStream", bare, "≥ 0.5", holds)
    for (const name of ALL) console.log(`append ${name}: ${of(name, "per_s")} blobs a second`)
}

async function idle() {
    const result = await on("sqlite", (server, address) =>
        client("idle", address, pids(server)[0], CONNECTIONS),
    )
    const kB = result.bytes_each / 1000
    row("idle.rss", "kB a connection", kB, `${CONNECTIONS} connections`, null, "≤ 20", kB <= 20)
}

async function growth() {
    const filled = async (name, streams) => {
        const place = await mkdtemp(join(folder, `${name}-`))
        const server = await SERVERS.sqlite(place)
        const address = `127.0.0.1:${server.port}`
        const begun = Date.now()
        await client("fill", address, streams)
        console.log(`filled ${streams} streams in ${(Date.now() - begun) / 1000} s`)
        return { server, address, streams, place }
    }
    const places = [await filled("few", FEW_STREAMS), await filled("many", STREAMS)]
    const costs = [[], []]
    for (let round = 0; round < ROUNDS; round += 1)
        for (const [index, { server, address, streams }] of places.entries()) {
            const result = await client("growth", address, streams, SECONDS, pids(server)[0])
            console.log(`${round + 1}/${ROUNDS} ${streams} streams ${JSON.stringify(result)}`)
            costs[index].push(result.cpu_us_each)
        }
    for (const { server, place } of places) {
        await stop(server.processes[0])
        await rm(place, { recursive: true, force: true })
    }
    const [few, many] = costs.map(median)
    const holds = many <= 1.5 * few
    row("streams.growth", "cpu µs an append", many, `${FEW_STREAMS} streams`, few, "≤ 1.5", holds)
}

try {
    for (const [id, measure] of Object.entries({ deliver, append, idle, streams: growth }))
        if (wanted(id)) await measure()
} finally {
    for (const child of running) child.kill("SIGKILL")
    await rm(folder, { recursive: true, force: true })
}
console.table(rows)
const cpu = (await readFile("/proc/cpuinfo", "utf8")).match(/model name\s*: (.*)/)?.[1]
const machine = {
    cpu,
    rounds: ROUNDS,
    seconds: SECONDS,
    connections: CONNECTIONS,
    streams: STREAMS,
}
await writeFile("target/bench/relay.json", `${JSON.stringify({ machine, rows }, null, 2)}\n`)
if (rows.some((one) => !one.holds)) process.exitCode = 1
