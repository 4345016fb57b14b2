// The bench's page on loopback: bundled peers, and the product's engine and WASM as they are packed.

import { readFile } from "node:fs/promises"
import { createServer } from "node:http"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const PACKAGE = process.env.SOTTO_PACKAGE ?? "dist/chromium"
const KINDS = { js: "text/javascript", wasm: "application/wasm", html: "text/html" }

/** The one module of the engine that only an extension can run: where its files are. */
const atRoot = {
    name: "files at the root",
    setup({ onLoad }) {
        onLoad({ filter: /extension\/lib\/browser\.ts$/ }, () => ({
            contents: "export const api = { runtime: { getURL: (path) => '/' + path } }",
        }))
    },
}

async function bundled(name) {
    const { outputFiles } = await build({
        entryPoints: [here(`browser/${name}.ts`)],
        bundle: true,
        format: "esm",
        write: false,
        minify: true,
        target: ["chrome148", "firefox153"],
        plugins: [atRoot],
        external: ["node:*", "crypto", "fs", "path", "module", "url"],
        logLevel: "error",
    })
    return outputFiles[0].contents
}

/** A script of the engine as it is packed; `SOURCE=1`: from its source, for who works on it. */
const engine = (name) =>
    process.env.SOURCE
        ? bundled(`../../../../extension/engine/${name}`)
        : readFile(`${PACKAGE}/engine/${name}.js`)

/** Serves the bench; gives its address. */
export async function serve() {
    const files = new Map([
        ["/", "<!doctype html><title>bench</title><script type=module src=page.js></script>"],
        ["/bench_bg.wasm", await readFile("target/bench/seal/bench_bg.wasm")],
        ["/sotto.wasm", await readFile(`${PACKAGE}/sotto.wasm`)],
        ["/engine/worker.js", await engine("worker")],
        ["/engine/reading.js", await engine("reading")],
    ])
    for (const name of ["page", "aead", "letters"]) files.set(`/${name}.js`, await bundled(name))
    const server = createServer((request, response) => {
        const path = (request.url ?? "/").split("?")[0]
        const file = files.get(path)
        response.statusCode = file === undefined ? 404 : 200
        response.setHeader("content-type", KINDS[path.split(".").at(-1)] ?? KINDS.html)
        response.end(file)
    })
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
    return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() }
}
