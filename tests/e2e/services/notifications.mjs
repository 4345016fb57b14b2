// A desktop's own notifications: a session bus with dunst on it, which draws them on the display
// that stands (drivers/display.mjs) and notes what each one says.

import { execFile, spawn } from "node:child_process"
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { until } from "../drivers/until.mjs"

const run = promisify(execFile)
const START_MS = 20_000

/** Browsers launched until `close` show their notifications here. */
export async function startNotifications() {
    const folder = await mkdtemp(join(tmpdir(), "notes-"))
    const log = join(folder, "log")
    const note = join(folder, "note.sh")
    await writeFile(log, "")
    await writeFile(
        note,
        `#!/bin/sh\nprintf '%s\\0%s\\0' "$DUNST_SUMMARY" "$DUNST_BODY" >>${log}\n`,
    )
    await chmod(note, 0o755)
    const config = join(folder, "dunstrc")
    await writeFile(
        config,
        `[global]\nidle_threshold = 0\nwidth = 500\nformat = "<b>%s</b>\\n%b"\nscale = 1\n` +
            `[urgency_low]\ntimeout = 0\n[urgency_normal]\ntimeout = 0\n[urgency_critical]\ntimeout = 0\n` +
            `[note]\nscript = ${note}\n`,
    )
    const bus = spawn("dbus-daemon", ["--session", "--nofork", "--nopidfile", "--print-address"], {
        stdio: ["ignore", "pipe", "ignore"],
    })
    let said = ""
    bus.stdout.on("data", (data) => {
        said += data
    })
    await until(() => said.endsWith("\n"), { timeout: START_MS, what: () => "no bus" })
    const before = process.env.DBUS_SESSION_BUS_ADDRESS
    process.env.DBUS_SESSION_BUS_ADDRESS = said.trim()
    const dunst = spawn("dunst", ["-conf", config], { stdio: "ignore" })
    const control = (...args) => run("dunstctl", args).then(({ stdout }) => stdout.trim())
    await until(() => control("is-paused").catch(() => ""), {
        timeout: START_MS,
        what: () => "no dunst",
    })
    return {
        /** All that was ever shown: title and text. */
        async told() {
            const parts = (await readFile(log, "utf8")).split("\0").slice(0, -1)
            return parts.flatMap((part, at) =>
                at % 2 === 0 ? [{ title: part, text: parts[at + 1] }] : [],
            )
        },
        /** How many stand on the screen. */
        standing: async () => Number(await control("count", "displayed")),
        /** Presses the one that stands. */
        press: () => control("action", "0"),
        /** Takes away what stands. */
        clear: () => control("close-all"),
        async close() {
            if (before === undefined) delete process.env.DBUS_SESSION_BUS_ADDRESS
            else process.env.DBUS_SESSION_BUS_ADDRESS = before
            for (const child of [dunst, bus]) {
                const ended = new Promise((done) => child.once("exit", done))
                if (child.exitCode === null && child.kill()) await ended
            }
            await rm(folder, { recursive: true, force: true })
        },
    }
}
