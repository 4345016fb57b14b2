/**
 * The page of the bench. Sealing and opening go through the product's own engine room, workers and
 * WASM; only what the background's core does (key, header, proof) is done by the bench's desk,
 * which has no vault. The peers have workers of their own.
 */

import { sealedCopy } from "../../../../extension/engine/copies.ts"
import { decrypt, verify } from "../../../../extension/engine/open.ts"
import { Room } from "../../../../extension/engine/room.ts"
import { DownloadSink } from "../../../../extension/engine/sink.ts"
import initialise, { Desk } from "../../../../target/bench/seal/bench.js"

interface Job {
    part: "aead" | "letter"
    way: "seal" | "open"
    who: string
    workers: number
    minMs: number
}
interface Measured {
    bytes: number
    ms: number
}

const HEAD = 65_536
const MIB = 1024 * 1024
const sources = new Map<string, File>()
let desk: Desk | undefined

/** Writes the file that everybody seals: bytes that no compression makes smaller. */
async function prepare(size: number): Promise<number> {
    await initialise({ module_or_path: "bench_bg.wasm" })
    desk = new Desk()
    const folder = await navigator.storage.getDirectory()
    const handle = await folder.getFileHandle("plain", { create: true })
    const writable = await handle.createWritable()
    const piece = new Uint8Array(MIB)
    for (let at = 0; at < size; at += MIB) {
        for (let from = 0; from < MIB; from += 65_536)
            crypto.getRandomValues(piece.subarray(from, from + 65_536))
        await writable.write(piece.subarray(0, Math.min(MIB, size - at)))
    }
    await writable.close()
    sources.set("plain", await handle.getFile())
    return navigator.hardwareConcurrency
}

async function run(job: Job): Promise<Measured> {
    // What the pool goes by.
    Object.defineProperty(navigator, "hardwareConcurrency", {
        value: job.workers,
        configurable: true,
    })
    if (job.part === "aead") return together(job, "aead.js")
    if (job.who !== "sotto") return together(job, "letters.js")
    const pass = job.way === "seal" ? sealLetter : openLetter
    if (job.way === "open" && !sources.has("sotto")) await sealLetter()
    const from = performance.now()
    let bytes = 0
    let outside = 0
    do {
        const { size, unmeasured } = await pass()
        bytes += size
        outside += unmeasured
    } while (performance.now() - from - outside < job.minMs)
    return { bytes, ms: performance.now() - from - outside }
}

/** As many workers as the job says do the same; what they do adds up. */
async function together(job: Job, script: string): Promise<Measured> {
    const workers = Array.from(
        { length: job.workers },
        () => new Worker(script, { type: "module" }),
    )
    const ask = (worker: Worker, message: unknown) =>
        new Promise<Measured>((resolve, reject) => {
            worker.onmessage = ({ data }) =>
                data.error === undefined ? resolve(data) : reject(new Error(data.error))
            worker.onerror = (event) => reject(new Error(event.message))
            worker.postMessage(message)
        })
    const plain = sources.get("plain")
    await Promise.all(workers.map((worker, at) => ask(worker, { ...job, plain, at, ready: true })))
    const from = performance.now()
    const done = await Promise.all(workers.map((worker) => ask(worker, {})))
    const ms = performance.now() - from
    for (const worker of workers) worker.terminate()
    const bytes = done.reduce((sum, one) => sum + one.bytes, 0)
    // One worker measures itself, without the way of the messages.
    return job.workers === 1 ? (done[0] as Measured) : { bytes, ms }
}

async function sealLetter(): Promise<{ size: number; unmeasured: number }> {
    const file = sources.get("plain") as File
    const own = desk as Desk
    const job = crypto.randomUUID()
    let unmeasured = 0
    await new Promise<void>((resolve, reject) => {
        const room = new Room({
            async header(_job, _index, length, digest) {
                return own.header(length, digest) as Uint8Array<ArrayBuffer>
            },
            async ended(_job, code) {
                if (code === null) resolve()
                else reject(new Error(code))
            },
        })
        const begun = own.begin() as Uint8Array<ArrayBuffer>
        const item = { index: 0, file, key: begun.slice(0, 32), nonce: begun.slice(32) }
        room.run(job, [item])
    })
    const copied = performance.now()
    const before = sources.get("job")
    sources.set("sotto", await sealedCopy(job, 0, "sotto"))
    sources.set("job", new File([], job))
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle("sealed")
    if (before !== undefined) await root.removeEntry(before.name, { recursive: true })
    unmeasured += performance.now() - copied
    return { size: file.size, unmeasured }
}

async function openLetter(): Promise<{ size: number; unmeasured: number }> {
    const file = sources.get("sotto") as File
    const own = desk as Desk
    const head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer())
    const key = own.look(head)
    const watch = { signal: new AbortController().signal, onProgress: () => undefined }
    const verified = await verify({ file, key, payloadOffset: own.offset() }, watch)
    own.agree(verified.length, verified.digest)
    const sink = await DownloadSink.open()
    await decrypt(verified, sink, watch)
    const opened = performance.now()
    const size = (await sink.file("opened")).size
    if (size !== (sources.get("plain") as File).size) throw new Error(`opened ${size} bytes`)
    await sink.delete()
    return { size, unmeasured: performance.now() - opened }
}

Object.assign(globalThis, { bench: { prepare, run } })
