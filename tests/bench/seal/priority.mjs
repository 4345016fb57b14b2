// A bench run with `nice -n -15` is to be nearly undisturbed; but browsers set the priority of
// their processes themselves, to that of everybody else. So it is given to them again and again.

import { readdirSync, readFileSync } from "node:fs"
import { getPriority, setPriority } from "node:os"

const EVERY_MS = 200

/** All processes started by this one, theirs included. */
function descendants() {
    const parents = new Map()
    for (const name of readdirSync("/proc")) {
        if (!/^\d+$/.test(name)) continue
        try {
            const stat = readFileSync(`/proc/${name}/stat`, "utf8")
            const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])
            parents.set(Number(name), parent)
        } catch {
            // It has just ended.
        }
    }
    const ours = new Set([process.pid])
    let before = 0
    while (ours.size > before) {
        before = ours.size
        for (const [child, parent] of parents) if (ours.has(parent)) ours.add(child)
    }
    return ours
}

/** Gives this process's priority to every thread of its descendants; answers with the way to stop. */
export function keepPriority() {
    const priority = getPriority()
    if (priority >= 0 || process.platform !== "linux") return () => {}
    const give = () => {
        for (const child of descendants()) {
            try {
                for (const thread of readdirSync(`/proc/${child}/task`))
                    if (getPriority(Number(thread)) !== priority)
                        setPriority(Number(thread), priority)
            } catch {
                // It has just ended.
            }
        }
    }
    give()
    const timer = setInterval(give, EVERY_MS)
    return () => clearInterval(timer)
}
