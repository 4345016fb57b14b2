// Everything comes to an end: what hangs is given up after its time, and what was started is killed.

import { readdirSync, readFileSync } from "node:fs"

/**
 * The outcome of `work`, or a failure when it takes longer.
 * @template T
 * @param {Promise<T>} work
 * @param {number} ms
 * @param {string} what said in the failure
 * @returns {Promise<T>}
 */
export function within(work, ms, what = "") {
    let timer
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`${what} not done after ${ms} ms`.trim())), ms)
    })
    return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** The processes of this machine, each with its parent. Empty where there is no `/proc`. */
function parents() {
    const found = new Map()
    try {
        for (const entry of readdirSync("/proc")) {
            if (!/^\d+$/.test(entry)) continue
            try {
                // The second field is a name in brackets, and may itself hold spaces and brackets.
                const fields = readFileSync(`/proc/${entry}/stat`, "utf8").split(") ").at(-1)
                found.set(Number(entry), Number(fields?.split(" ")[1]))
            } catch {
                // It has ended since.
            }
        }
    } catch {
        return found
    }
    return found
}

/** The processes that `pid` started, and those that these started. */
export function descendantsOf(pid) {
    const all = parents()
    const family = new Set([pid])
    for (let before = 0; before !== family.size; ) {
        before = family.size
        for (const [child, parent] of all) if (family.has(parent)) family.add(child)
    }
    family.delete(pid)
    return [...family]
}

/** Kills what this process started and what has not ended by itself. */
export function killRest() {
    for (const pid of descendantsOf(process.pid)) {
        try {
            process.kill(pid, "SIGKILL")
        } catch {
            // It has ended since.
        }
    }
}

/**
 * Runs `end` before this process leaves, whatever makes it leave: a signal (`timeout` sends one) or
 * a failure that nobody caught. What `end` cannot end in its time is killed.
 * @param {() => Promise<unknown>} end
 */
export function endWith(end) {
    let leaving = false
    const leave = async (code, why) => {
        if (leaving) return
        leaving = true
        console.error(why)
        await within(Promise.resolve().then(end), 30_000, "ending").catch((error) =>
            console.error(String(error)),
        )
        killRest()
        process.exit(code)
    }
    process.on("SIGTERM", () => leave(143, "told to end"))
    process.on("SIGINT", () => leave(130, "told to end"))
    process.on("SIGHUP", () => leave(129, "told to end"))
    process.on("uncaughtException", (error) => leave(1, error))
    process.on("unhandledRejection", (error) => leave(1, error))
}
