// The memory of a browser's processes, as the kernel counts it.

import { readdir, readFile } from "node:fs/promises"

/** Resident bytes of every process below `root`, itself included, by process id. */
export async function residents(root) {
    const all = (await readdir("/proc")).filter((name) => /^\d+$/u.test(name))
    const found = await Promise.all(all.map((id) => statusOf(Number(id))))
    const known = found.filter((one) => one !== undefined)
    const family = new Set([root])
    for (let size = 0; size !== family.size; ) {
        size = family.size
        for (const { id, parent } of known) if (family.has(parent)) family.add(id)
    }
    return new Map(known.filter(({ id }) => family.has(id)).map(({ id, bytes }) => [id, bytes]))
}

/** A process may end while it is looked at. */
async function statusOf(id) {
    try {
        const status = await readFile(`/proc/${id}/status`, "utf8")
        const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "mu").exec(status)?.[1])
        const bytes = field("VmRSS") * 1024
        return Number.isNaN(bytes) ? undefined : { id, parent: field("PPid"), bytes }
    } catch {
        return undefined
    }
}

const SAMPLE_MS = 100

/** What a process of the browser is for; one that has ended is not known any more. */
async function kindOf(id) {
    try {
        const line = (await readFile(`/proc/${id}/cmdline`, "utf8")).replaceAll("\0", " ")
        const [, kind = "browser"] = /--type=(\S+)/u.exec(line) ?? []
        const [, service] = /--utility-sub-type=(\S+)/u.exec(line) ?? []
        const own = line.includes("--extension-process") ? " (extension)" : ""
        return `${service ?? kind}${own}`
    } catch {
        return "ended"
    }
}

/** Watches from now on; the answer of `end` is by how much each process grew, the most first. */
export function watch(root, idle) {
    const most = new Map()
    // A process that comes later is measured from when it is first seen.
    const from = new Map(idle)
    let looking = Promise.resolve()
    const look = async () => {
        for (const [id, bytes] of await residents(root)) {
            if (!from.has(id)) from.set(id, bytes)
            most.set(id, Math.max(most.get(id) ?? 0, bytes - from.get(id)))
        }
    }
    const timer = setInterval(() => {
        looking = looking.then(look)
    }, SAMPLE_MS)
    return {
        async end() {
            clearInterval(timer)
            await looking
            await look()
            const grown = [...most].sort(([, one], [, other]) => other - one)
            return Promise.all(
                grown.map(async ([id, bytes]) => ({ what: await kindOf(id), bytes })),
            )
        },
    }
}

/** The processes once none of them grew or shrank by more than a MB for a second. */
export async function atRest(root) {
    let before = await residents(root)
    for (let turn = 0; turn < 60; turn += 1) {
        await new Promise((resolve) => setTimeout(resolve, 1_000))
        const now = await residents(root)
        const still = [...now].every(([id, bytes]) => Math.abs(bytes - (before.get(id) ?? 0)) < 1e6)
        if (still) return now
        before = now
    }
    return before
}
