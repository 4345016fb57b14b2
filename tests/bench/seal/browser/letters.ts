/**
 * A worker that seals a `File` into a file of the origin's private file system, or opens it, with
 * the library of somebody else, as its authors show it.
 */

import * as age from "age-encryption"
import sodium from "libsodium-wrappers"
import * as openpgp from "openpgp"

interface SyncAccess {
    write(bytes: Uint8Array, options: { at: number }): number
    truncate(size: number): void
    flush(): void
    close(): void
}

/** Seals or opens `file`, writing pieces in order. */
type Pass = (file: File, write: (bytes: Uint8Array) => void) => Promise<void>
interface Library {
    seal: Pass
    open: Pass
}

const KIB = 1024
const MIB = 1024 * KIB
const TAG = 17

async function drain(stream: ReadableStream<Uint8Array>, write: (bytes: Uint8Array) => void) {
    const reader = stream.getReader()
    for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        write(value)
    }
}

/** A file in pieces; with `ahead`, the next is read while one is worked on. */
async function* pieces(file: Blob, size: number, ahead: boolean) {
    const read = (at: number) => file.slice(at, at + size).arrayBuffer()
    let next = read(0)
    for (let at = 0; at < file.size; at += size) {
        const bytes = new Uint8Array(await next)
        const isLast = at + size >= file.size
        if (ahead && !isLast) next = read(at + size)
        yield { bytes, isLast }
        if (!ahead && !isLast) next = read(at + size)
    }
}

/** crypto_secretstream in chunks of `chunk` bytes, from pieces of `piece` chunks. */
async function secretstream(chunk: number, piece: number, ahead: boolean): Promise<Library> {
    await sodium.ready
    const key = sodium.crypto_secretstream_xchacha20poly1305_keygen()
    const { TAG_FINAL, TAG_MESSAGE } = {
        TAG_FINAL: sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL,
        TAG_MESSAGE: sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE,
    }
    const cut = (bytes: Uint8Array, size: number) =>
        Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
            bytes.subarray(at * size, (at + 1) * size),
        )
    const join = (parts: Uint8Array[]) => {
        if (parts.length === 1) return parts[0] as Uint8Array
        const whole = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0))
        let at = 0
        for (const part of parts) {
            whole.set(part, at)
            at += part.length
        }
        return whole
    }
    return {
        async seal(file, write) {
            const { state, header } = sodium.crypto_secretstream_xchacha20poly1305_init_push(key)
            write(header)
            for await (const { bytes, isLast } of pieces(file, piece * chunk, ahead)) {
                const parts = cut(bytes, chunk)
                const push = (part: Uint8Array, at: number) => {
                    const tag = isLast && at === parts.length - 1 ? TAG_FINAL : TAG_MESSAGE
                    return sodium.crypto_secretstream_xchacha20poly1305_push(state, part, null, tag)
                }
                write(join(parts.map(push)))
            }
        },
        async open(file, write) {
            const header = new Uint8Array(await file.slice(0, 24).arrayBuffer())
            const state = sodium.crypto_secretstream_xchacha20poly1305_init_pull(header, key)
            const rest = file.slice(24)
            for await (const { bytes } of pieces(rest, piece * (chunk + TAG), ahead)) {
                const pull = (part: Uint8Array) => {
                    const opened = sodium.crypto_secretstream_xchacha20poly1305_pull(state, part)
                    if (!opened) throw new Error("a chunk does not open")
                    return opened.message
                }
                write(join(cut(bytes, chunk + TAG).map(pull)))
            }
        },
    }
}

const libraries: Record<string, () => Promise<Library>> = {
    // Chunks as in age; four MiB are read, and the next four while they are sealed.
    libsodium: () => secretstream(64 * KIB, 64, true),
    // hat.sh reads 64 MiB, seals them as one message, then reads the next.
    hatsh: () => secretstream(64 * MIB, 1, false),
    async typage() {
        const identity = await age.generateHybridIdentity()
        const encrypter = new age.Encrypter()
        encrypter.addRecipient(await age.identityToRecipient(identity))
        const decrypter = new age.Decrypter()
        decrypter.addIdentity(identity)
        return {
            seal: async (file, write) => drain(await encrypter.encrypt(file.stream()), write),
            open: async (file, write) => drain(await decrypter.decrypt(file.stream()), write),
        }
    },
    async openpgpjs() {
        const { privateKey, publicKey } = await openpgp.generateKey({
            type: "curve25519",
            userIDs: [{ name: "Bench", email: "bench@example.org" }],
            format: "object",
        })
        return {
            async seal(file, write) {
                const message = await openpgp.createMessage({ binary: file.stream() })
                const sealed = await openpgp.encrypt({
                    message,
                    encryptionKeys: publicKey,
                    format: "binary",
                })
                await drain(sealed as ReadableStream<Uint8Array>, write)
            },
            async open(file, write) {
                const message = await openpgp.readMessage({ binaryMessage: file.stream() })
                const { data } = await openpgp.decrypt({
                    message,
                    decryptionKeys: privateKey,
                    format: "binary",
                })
                await drain(data as unknown as ReadableStream<Uint8Array>, write)
            },
        }
    },
}

interface Job {
    ready?: boolean
    who: string
    way: "seal" | "open"
    minMs: number
    plain: File
    at: number
}

let job: Job | undefined
let library: Library | undefined
let source: File | undefined

async function into(name: string, from: File, pass: Pass): Promise<number> {
    const folder = await navigator.storage.getDirectory()
    const file = await folder.getFileHandle(name, { create: true })
    const handle = await (
        file as unknown as { createSyncAccessHandle(): Promise<SyncAccess> }
    ).createSyncAccessHandle()
    handle.truncate(0)
    let written = 0
    const write = (bytes: Uint8Array) => {
        if (handle.write(bytes, { at: written }) !== bytes.length) throw new Error("disk full")
        written += bytes.length
    }
    try {
        await pass(from, write)
    } finally {
        handle.flush()
        handle.close()
    }
    return written
}

async function follow(message: Job): Promise<unknown> {
    if (message.ready) {
        job = message
        library = await libraries[message.who]?.()
        source = message.plain
        if (message.way === "open" && library) {
            await into(`sealed-${job.at}`, source, library.seal)
            const folder = await navigator.storage.getDirectory()
            source = await (await folder.getFileHandle(`sealed-${job.at}`)).getFile()
        }
        return {}
    }
    if (!job || !library || !source) throw new Error("not ready")
    const from = performance.now()
    let bytes = 0
    do {
        const written = await into(`out-${job.at}`, source, library[job.way])
        if (written < job.plain.size) throw new Error(`${written} bytes only`)
        bytes += job.plain.size
    } while (performance.now() - from < job.minMs)
    return { bytes, ms: performance.now() - from }
}

self.onmessage = ({ data }) => {
    follow(data).then(postMessage, (error) => postMessage({ error: String(error?.stack ?? error) }))
}
