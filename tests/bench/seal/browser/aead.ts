/** A worker that seals or opens 64 KiB chunks with the bare cipher of one implementation. */

import sodium from "libsodium-wrappers"
import initialise, { Chunks } from "../../../../target/bench/seal/bench.js"

const CHUNK = 65_536
/** The chunks that are sealed over and over: 16 MiB, more than the caches of one core hold. */
const RING = 256
/** Chunks that come into WASM memory at once. */
const GROUP = 16
const IN_FLIGHT = 16
const LEAST = 256 * 1024 * 1024

type Pass = () => void | Promise<void>
interface Cipher {
    seal: Pass
    open: Pass
}

const ring = new Uint8Array(RING * CHUNK)
for (let at = 0; at < ring.length; at += CHUNK)
    crypto.getRandomValues(ring.subarray(at, at + CHUNK))
const chunks = Array.from({ length: RING }, (_, at) => ring.subarray(at * CHUNK, (at + 1) * CHUNK))

/** Bytes are copied into WASM memory and sealed there, as the product's workers do. */
async function wasm(seal: "seal" | "seal_rustcrypto", open: "open" | "open_rustcrypto") {
    const { memory } = await initialise({ module_or_path: "bench_bg.wasm" })
    const groups = Array.from({ length: RING / GROUP }, (_, at) =>
        ring.subarray(at * GROUP * CHUNK, (at + 1) * GROUP * CHUNK),
    )
    const place = new Chunks(GROUP * CHUNK)
    const fill = (bytes: Uint8Array) =>
        new Uint8Array(memory.buffer, place.buffer(), bytes.length).set(bytes)
    const sealed = groups.map((group) => {
        fill(group)
        place[seal]()
        const bytes = new Uint8Array(memory.buffer, place.buffer(), group.length).slice()
        return bytes
    })
    return {
        seal() {
            for (const group of groups) {
                fill(group)
                place[seal]()
            }
        },
        open() {
            // Tags are those of the last group sealed: the same group is opened each time.
            const last = sealed.at(-1) as Uint8Array
            for (const _ of groups) {
                fill(last)
                if (!place[open]()) throw new Error("a chunk does not open")
            }
        },
    }
}

const ciphers: Record<string, () => Promise<Cipher>> = {
    sotto: () => wasm("seal", "open"),
    rustcrypto: () => wasm("seal_rustcrypto", "open_rustcrypto"),
    async libsodium() {
        await sodium.ready
        const key = sodium.crypto_secretstream_xchacha20poly1305_keygen()
        const { state, header } = sodium.crypto_secretstream_xchacha20poly1305_init_push(key)
        const push = (chunk: Uint8Array) =>
            sodium.crypto_secretstream_xchacha20poly1305_push(state, chunk, null, 0)
        const sealed = chunks.map(push)
        return {
            seal() {
                for (const chunk of chunks) push(chunk)
            },
            open() {
                const from = sodium.crypto_secretstream_xchacha20poly1305_init_pull(header, key)
                for (const chunk of sealed) {
                    const pulled = sodium.crypto_secretstream_xchacha20poly1305_pull(from, chunk)
                    if (!pulled) throw new Error("a chunk does not open")
                }
            },
        }
    },
    async webcrypto() {
        const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
            "encrypt",
            "decrypt",
        ])
        const iv = (at: number) => {
            const bytes = new Uint8Array(12)
            new DataView(bytes.buffer).setUint32(0, at)
            return { name: "AES-GCM", iv: bytes }
        }
        const sealed = await Promise.all(
            chunks.map((chunk, at) => crypto.subtle.encrypt(iv(at), key, chunk)),
        )
        const all = async (one: (at: number) => Promise<ArrayBuffer>) => {
            const waiting = Array.from({ length: RING }, (_, at) => at).values()
            const lane = async () => {
                for (const at of waiting) await one(at)
            }
            await Promise.all(Array.from({ length: IN_FLIGHT }, lane))
        }
        return {
            seal: () => all((at) => crypto.subtle.encrypt(iv(at), key, chunks[at] as BufferSource)),
            open: () => all((at) => crypto.subtle.decrypt(iv(at), key, sealed[at] as BufferSource)),
        }
    },
}

let pass: Pass | undefined
let minMs = 0

async function follow(job: {
    ready?: boolean
    who: string
    way: "seal" | "open"
    minMs: number
}): Promise<unknown> {
    if (job.ready) {
        const cipher = await ciphers[job.who]?.()
        pass = cipher?.[job.way]
        minMs = job.minMs
        // Until the browser has optimised it.
        for (let warm = 0; warm < 3; warm += 1) await pass?.()
        return {}
    }
    const from = performance.now()
    let bytes = 0
    do {
        await pass?.()
        bytes += ring.length
    } while (performance.now() - from < minMs || bytes < LEAST)
    return { bytes, ms: performance.now() - from }
}

self.onmessage = ({ data }) => {
    follow(data).then(postMessage, (error) => postMessage({ error: String(error) }))
}
