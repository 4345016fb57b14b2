// Bundles a script of this folder and runs it: Node 20 does not read TypeScript.
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { build } from "esbuild"

export async function runBundled(name) {
    const out = join(process.cwd(), `target/ui-fixture/${name}.mjs`)
    await mkdir("target/ui-fixture", { recursive: true })
    await build({
        entryPoints: [`tests/ui/${name}.ts`],
        bundle: true,
        platform: "node",
        format: "esm",
        packages: "external",
        outfile: out,
    })
    await import(pathToFileURL(out).href)
}
