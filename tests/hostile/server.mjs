// The hostile site: pages on loopback whose bodies a test writes.

import { readFile } from "node:fs/promises"
import { createServer } from "node:http"

const SPY = new URL("spy.js", import.meta.url)

/** `pages` maps a path to `{ body, headers }`; `spied` pages run the spy before anything else. */
export async function site() {
    const pages = new Map()
    const asked = new Set()
    const spy = await readFile(SPY)
    const server = createServer((request, response) => {
        const path = (request.url ?? "/").split(/[?#]/)[0]
        asked.add(path)
        if (path === "/spy.js") {
            response.setHeader("content-type", "text/javascript")
            return response.end(spy)
        }
        const page = pages.get(path)
        if (page === undefined) {
            response.statusCode = 204
            return response.end()
        }
        response.setHeader("content-type", "text/html; charset=utf-8")
        for (const [name, value] of Object.entries(page.headers)) response.setHeader(name, value)
        const script = page.spied ? "<script src='/spy.js'></script>" : ""
        return response.end(
            `<!doctype html><html><head><title>mail</title>${script}</head><body>${page.body}</body></html>`,
        )
    })
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
    const origin = `http://127.0.0.1:${server.address().port}`
    return {
        origin,
        /** Puts a page at a path and gives its address. */
        page(path, body, { headers = {}, spied = true } = {}) {
            pages.set(path, { body, headers, spied })
            return origin + path
        },
        /** Whether a browser has asked for a path. */
        asked: (path) => asked.has(path),
        close: () => server.close(),
    }
}

/** Text as the content of an element. */
export const escaped = (text) =>
    text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c])
