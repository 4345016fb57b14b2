// Runs a test program compiled to wasm32-wasip1: Cargo's runner for the vectors in WASM.
//
// The program sees the workspace under its own path, as the native tests do, and nothing else.

import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { WASI } from "node:wasi"

const [program, ...rest] = process.argv.slice(2)
const workspace = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "")

const wasi = new WASI({
    version: "preview1",
    args: [program, ...rest],
    env: { RUST_BACKTRACE: "0", PROPTEST_CASES: "32" },
    preopens: { [workspace]: workspace },
})
const module = await WebAssembly.compile(await readFile(program))
process.exitCode = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()))
