/** The surfaces with a stand-in for the background, served under the extension's own policy. */

import { readFile } from "node:fs/promises"
import { createServer } from "node:http"
import { extname, join } from "node:path"
import { build } from "esbuild"

const ROOT = process.cwd()
const BUILT = join(ROOT, "target/ui-fixture")
const KINDS: Record<string, string> = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css",
    ".js": "text/javascript",
    ".png": "image/png",
}

export async function bundle(): Promise<void> {
    const names = ["welcome", "popup", "panel", "contacts", "chat", "letters", "files", "settings"]
    const catalogue = async (locale: string) =>
        JSON.parse(await readFile(`extension/locales/${locale}/messages.json`, "utf8"))
    const catalogues = { en: await catalogue("en"), fr: await catalogue("fr") }
    await build({
        entryPoints: ["tests/ui/fixture.ts"],
        bundle: true,
        outfile: join(BUILT, "fixture.js"),
        define: { CATALOGUES: JSON.stringify(catalogues) },
    })
    await build({
        entryPoints: names.map((name) => `extension/pages/${name}.tsx`),
        bundle: true,
        splitting: true,
        format: "esm",
        outdir: join(BUILT, "pages"),
        jsx: "automatic",
        jsxImportSource: "preact",
    })
}

/** The extension's files as they are, its scripts as just built, the fixture before them. */
async function serve(path: string): Promise<string | Buffer> {
    if (path.endsWith(".js")) return readFile(join(BUILT, path))
    const file = await readFile(join(ROOT, "extension", path))
    if (!path.endsWith(".html")) return file
    return file.toString().replace("<script", '<script src="/fixture.js"></script><script')
}

export async function listen(): Promise<{ port: number; close: () => void }> {
    const manifest = JSON.parse(await readFile("manifest.json", "utf8"))
    const policy: string = manifest.content_security_policy.extension_pages
    const server = createServer((request, response) => {
        response.setHeader("content-security-policy", policy)
        const path = new URL(request.url ?? "/", "http://x").pathname
        serve(path).then(
            (body) => {
                response.setHeader("content-type", KINDS[extname(path)] ?? "text/plain")
                response.end(body)
            },
            () => response.writeHead(404).end(),
        )
    })
    return new Promise((resolve) => {
        server.listen(0, "127.0.0.1", () => {
            const address = server.address()
            const port = typeof address === "object" && address ? address.port : 0
            resolve({ port, close: () => server.close() })
        })
    })
}
