/** The compiled core, which is in this file too. */

import initialise from "../generated/reader.js"
import packed from "../generated/reader_bg.wasm.gz"

let starting: Promise<unknown> | undefined

/** Rejects with `too-old` where the browser lacks something of 2023. */
export function started(): Promise<unknown> {
    starting ??= start().catch(() => {
        throw "too-old"
    })
    return starting
}

async function start(): Promise<void> {
    const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))
    await initialise({ module_or_path: await new Response(unpacked).arrayBuffer() })
}
