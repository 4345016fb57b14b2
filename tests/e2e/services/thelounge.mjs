// The Lounge: a chat with a strict content security policy; what is uploaded becomes a link.

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePorts, runScript } from "./ports.mjs"

export async function startLounge() {
    const [http, irc] = await freePorts(2)
    const folder = await mkdtemp(join(tmpdir(), "tl-"))
    await import("node:fs/promises").then((fs) => fs.chmod(folder, 0o755))
    const env = { RUN: join(folder, "run"), HTTP_PORT: String(http), IRC_PORT: String(irc) }
    await runScript("thelounge", "start.sh", env)
    const uploads = join(env.RUN, "home/uploads")
    return {
        origin: `http://127.0.0.1:${http}`,
        /** What was uploaded: bytes, under names of the service. */
        async stored() {
            const entries = await readdir(uploads, { recursive: true, withFileTypes: true }).catch(
                () => [],
            )
            const files = entries.filter((entry) => entry.isFile())
            return Promise.all(
                files.map(async (entry) => ({
                    name: entry.name,
                    bytes: await readFile(join(entry.parentPath ?? entry.path, entry.name)),
                })),
            )
        },
        async close() {
            await runScript("thelounge", "stop.sh", env).catch((error) =>
                console.error(error.message),
            )
            await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => {})
        },
    }
}

/** Logs in, in a new tab; the channel is open. */
export async function openLounge(server, profile, user = "alice") {
    const tab = await profile.page(`${server.origin}/`)
    await tab.type("#signin-username", user)
    await tab.type("#signin-password", "secret")
    await tab.press("Enter")
    await tab.waitFor("#upload, [data-name='#test']", { timeout: 30_000 })
    if (!(await tab.has("#upload"))) await tab.click("[data-name='#test']")
    await tab.waitFor("#upload", { timeout: 30_000 })
    return tab
}
