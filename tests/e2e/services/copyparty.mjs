// copyparty: uploads in chunks, announced by their hashes, resumed where they broke off.

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePorts, runScript } from "./ports.mjs"

const PASSWORD = "alice-secret"
/** On the page with the files: the way to the uploader, or itself. */
const UPLOADER = "#opa_up, #u2btn"

export async function startCopyparty() {
    const [http] = await freePorts(1)
    const folder = await mkdtemp(join(tmpdir(), "cp-"))
    const env = { RUN: join(folder, "run"), HTTP_PORT: String(http) }
    await runScript("copyparty", "start.sh", env)
    const share = join(env.RUN, "share")
    return {
        origin: `http://127.0.0.1:${http}`,
        /** What was uploaded whole: names and bytes. */
        async stored() {
            const names = (await readdir(share)).filter(
                (name) => !name.startsWith(".") && !name.endsWith(".PARTIAL"),
            )
            return Promise.all(
                names.map(async (name) => ({ name, bytes: await readFile(join(share, name)) })),
            )
        },
        async close() {
            await runScript("copyparty", "stop.sh", env).catch((error) =>
                console.error(error.message),
            )
            await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => {})
        },
    }
}

/** Logs in, in a new tab, and stands before the uploader. */
export async function openCopyparty(server, profile) {
    const tab = await profile.page(`${server.origin}/?h`)
    await tab.type("input[name=cppwd]", PASSWORD)
    await tab.press("Enter")
    // It greets, and goes to the files by itself a moment later.
    await tab.waitFor(UPLOADER)
    await showUploader(tab, server)
    return tab
}

export async function showUploader(tab, server) {
    await tab.goto(`${server.origin}/`)
    await tab.waitFor(UPLOADER)
    if (!(await tab.has("#u2btn"))) await tab.click("#opa_up")
    await tab.waitFor("#u2btn")
}

/** Its own button, and its question whether files or a folder. */
export async function pressUpload(tab) {
    await tab.click("#u2btn")
    await tab.waitFor("#modal-ok")
    await tab.click("#modal-ok")
}
