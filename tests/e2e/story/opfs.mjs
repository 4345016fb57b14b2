// What the extension keeps in the origin's private file system, as a page of its own sees it.

import { strict as assert } from "node:assert"
import { until } from "../drivers/until.mjs"

/**
 * Every file: its path, and its size in bytes. What is deleted while this looks is left out.
 * @returns {Promise<{path: string, size: number}[]>}
 */
export function stored(page) {
    return page.eval(async () => {
        const files = []
        const walk = async (folder, path) => {
            for await (const [name, entry] of folder.entries()) {
                try {
                    if (entry.kind === "directory") await walk(entry, `${path}${name}/`)
                    else files.push({ path: `${path}${name}`, size: (await entry.getFile()).size })
                } catch (error) {
                    if (error.name !== "NotFoundError") throw error
                }
            }
        }
        await walk(await navigator.storage.getDirectory(), "")
        return files
    })
}

/** Waits until nothing is left whose path has that in it: what a page leaves is swept after it. */
export async function nothingLeft(page, part, timeout = 20_000) {
    let left = []
    await until(
        async () => {
            left = await pathsWith(page, part)
            return left.length === 0
        },
        { timeout, what: () => `left: ${left}` },
    )
}

/** Now, and without waiting for it. `except`: paths that stood there before. */
export async function assertNothingLeft(page, part, except = []) {
    const left = await pathsWith(page, part)
    assert.deepEqual(
        left.filter((path) => !except.includes(path)),
        [],
    )
}

/** The paths that have that in it. */
export async function pathsWith(page, part) {
    return (await stored(page)).map(({ path }) => path).filter((path) => path.includes(part))
}
