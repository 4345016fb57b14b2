// What lies on the disk of a browser that runs.

import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"

/** Bytes of all files below a folder; what goes while it is looked at counts as nothing. */
export function bytesBelow(folder) {
    let sum = 0
    for (const entry of orNothing(() => readdirSync(folder, { withFileTypes: true })) ?? []) {
        const path = join(folder, entry.name)
        sum += entry.isDirectory() ? bytesBelow(path) : (orNothing(() => statSync(path).size) ?? 0)
    }
    return sum
}

function orNothing(look) {
    try {
        return look()
    } catch (error) {
        if (error.code === "ENOENT") return undefined
        throw error
    }
}
