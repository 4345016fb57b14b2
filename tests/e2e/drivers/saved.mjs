// Files that a browser saves.

import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { until } from "./until.mjs"

/** What a browser leaves beside a file that it is still writing. */
const PARTIAL = /\.(crdownload|part)$/

/** The one file that comes into a folder, when it is whole. @param {string} folder @param {number} timeout */
export async function saved(folder, timeout) {
    const name = await until(
        async () => {
            const names = await readdir(folder)
            return names.some((one) => PARTIAL.test(one)) ? undefined : names[0]
        },
        { timeout, what: () => "nothing was saved" },
    )
    const path = join(folder, name)
    return { path, text: await readFile(path, "utf8") }
}
