/** What was chosen, dropped, pasted, or came with the page: the bytes of one age file. */

import { find_letter, prefix_len, SealedFile } from "../generated/reader.js"
import { started } from "./core.ts"

/** Larger files are refused: what is opened is held in memory until it is whole. */
const MAX_LEN = 512 * 1024 * 1024
/** Longest text that is searched for a sealed block. */
const MAX_TEXT_LEN = 64 * 1024 * 1024

const AGE = "age-encryption.org/"

export interface Source {
    bytes: Blob
    /** Its header, read. */
    sealed: SealedFile
    /** The name of the file it came from, if any. */
    name: string
}

/** An age file, an armored one, or any text with a sealed block in it, such as a reader's page. */
export async function fromFile(file: File): Promise<Source> {
    if (file.size > MAX_LEN) throw "too-large"
    const start = await file.slice(0, AGE.length).text()
    if (start === AGE) return fromBytes(file, file.name)
    if (file.size > MAX_TEXT_LEN) throw "not-sealed"
    return fromText(await file.text(), file.name)
}

export async function fromText(text: string, name = ""): Promise<Source> {
    await started()
    return fromBytes(new Blob([new Uint8Array(find_letter(text))]), name)
}

async function fromBytes(bytes: Blob, name: string): Promise<Source> {
    await started()
    const prefix = await bytes.slice(0, prefix_len()).arrayBuffer()
    return { bytes, sealed: SealedFile.read(new Uint8Array(prefix)), name }
}
