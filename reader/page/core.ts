/** The compiled core, which is in this file too. */

import initialise from "../generated/reader.js"
import module from "../generated/reader_bg.wasm"

let starting: Promise<unknown> | undefined

/** Rejects with `too-old` where the browser lacks something of 2023. */
export function started(): Promise<unknown> {
    starting ??= initialise({ module_or_path: module }).catch(() => {
        throw "too-old"
    })
    return starting
}
