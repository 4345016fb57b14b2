// A display of its own, and a keyboard and mouse on it: for what only the browser's own windows
// take, such as shortcuts and context menus, which no page driver reaches.

import { execFile, spawn } from "node:child_process"
import { promisify } from "node:util"
import { pause, until } from "./until.mjs"

const run = promisify(execFile)
const START_MS = 20_000
// A menu belongs to the window system: nothing in the page says that it stands. When its window is
// there, it has still to be painted and to take the keys.
const MENU_MS = 1000
const MENU_STEP_MS = 200

/** Starts an X server on a free display; browsers launched until `close` show themselves there. */
export async function startDisplay() {
    const server = spawn(
        "Xvfb",
        ["-displayfd", "3", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"],
        { stdio: ["ignore", "ignore", "ignore", "pipe"] },
    )
    let said = ""
    server.stdio[3].on("data", (data) => {
        said += data
    })
    await until(() => said.endsWith("\n"), { timeout: START_MS, what: () => "Xvfb did not start" })
    const before = process.env.DISPLAY
    const DISPLAY = `:${said.trim()}`
    process.env.DISPLAY = DISPLAY
    // Firefox takes keys only in a window that a window manager gave the focus.
    const manager = spawn("openbox", { stdio: "ignore" })
    const xdotool = (...args) => run("xdotool", args, { env: { ...process.env, DISPLAY } })
    const saver = (state) => run("xset", ["s", state], { env: { ...process.env, DISPLAY } })
    const windows = async () => {
        const { stdout } = await xdotool("search", "--onlyvisible", "--maxdepth", "1", "--name", "")
        return stdout.split("\n").length
    }
    return {
        /** Presses keys as the keyboard does: `alt+shift+l`, `Down`. */
        async press(...keys) {
            for (const key of keys) {
                await xdotool("key", key)
                await pause(MENU_STEP_MS)
            }
        },
        /** Presses a point of the screen; the window there gets the focus. */
        async clickAt({ x, y }) {
            await xdotool("mousemove", String(x), String(y), "click", "1")
            await pause(MENU_STEP_MS)
        },
        /** Presses the right button at a point of the screen. */
        async menuAt({ x, y }) {
            const before = await windows()
            await xdotool("mousemove", String(x), String(y), "click", "3")
            await until(async () => (await windows()) > before, {
                timeout: START_MS,
                what: () => "no menu opened",
            })
            await pause(MENU_MS)
        },
        /** The whole screen, with what stands over the browser's windows. */
        screenshot: (file) =>
            run("import", ["-window", "root", file], { env: { ...process.env, DISPLAY } }),
        /** The screen saver, which Chromium takes for the screen's lock. */
        async lockScreen() {
            await saver("activate")
        },
        async wakeScreen() {
            await saver("reset")
        },
        async close() {
            if (before === undefined) delete process.env.DISPLAY
            else process.env.DISPLAY = before
            for (const process of [manager, server]) {
                const ended = new Promise((resolve) => process.once("exit", resolve))
                process.kill()
                await ended
            }
        },
    }
}
