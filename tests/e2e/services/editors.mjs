// A page with the plainest editors there are, for the generic path and for the drivers themselves.

import { createServer } from "node:http"

const page = (body) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Editors</title>
<style>body{font:16px sans-serif;margin:2em} textarea,[contenteditable]{display:block;width:40em;height:12em;border:1px solid #888;margin:1em 0;overflow:auto}</style>
${body}</html>`

const pages = {
    "/textarea": page(
        `<h1>Post something</h1><form method="post" action="/post"><textarea id="text" name="text"></textarea><button id="send">Send</button></form>`,
    ),
    "/rich": page(
        `<h1>Write</h1><div id="text" contenteditable="true" role="textbox" aria-multiline="true"></div><button id="send">Send</button>`,
    ),
    "/two": page(`<h1>Two</h1><textarea id="first"></textarea><textarea id="second"></textarea>`),
    // Each keeps less than it is given, as services do.
    "/limited": page(
        `<h1>A short answer</h1><textarea id="text" name="text" maxlength="300"></textarea>`,
    ),
    "/cuts": page(`<h1>A short note</h1><div id="text" contenteditable="true"></div>
<script>text.addEventListener("input", () => {
    if (text.textContent.length > 300) text.textContent = text.textContent.slice(0, 300)
})</script>`),
    "/reworks": page(`<h1>A fine note</h1><div id="text" contenteditable="true"></div>
<script>text.addEventListener("input", () => {
    if (/[A-Z]/.test(text.textContent)) text.textContent = text.textContent.toLowerCase()
})</script>`),
    // From a message on its script waits for the server, and answers nobody until `release`.
    "/busy": page(`<h1>Busy</h1><textarea id="text"></textarea>
<script>addEventListener("message", () => {
    const asked = new XMLHttpRequest()
    asked.open("GET", "/held", false)
    asked.send()
})</script>`),
    "/plain": page("<h1>Nothing to write here</h1>"),
}

/** Ways in which a page keeps frames of others out. */
const HEADERS = {
    "/show-sandboxed": { "content-security-policy": "sandbox allow-scripts" },
    "/show-isolated": {
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
    },
}

/** Serves the editors on a free loopback port; `/show` shows whatever `put` was given. */
export async function startEditors() {
    let shown = ""
    const posts = []
    const held = []
    const server = createServer((request, response) => {
        const path = new URL(request.url ?? "/", "http://x").pathname
        response.setHeader("content-type", "text/html; charset=utf-8")
        if (path === "/post") {
            let body = ""
            request.on("data", (chunk) => {
                body += chunk
            })
            request.on("end", () => {
                posts.push(new URLSearchParams(body).get("text") ?? "")
                response.end(page("<h1>Posted</h1>"))
            })
            return
        }
        if (path === "/held") return held.push(response)
        for (const [name, value] of Object.entries(HEADERS[path] ?? {}))
            response.setHeader(name, value)
        if (path.startsWith("/show"))
            return response.end(page(`<h1>A message</h1><div id="message">${shown}</div>`))
        response.statusCode = pages[path] ? 200 : 404
        response.end(pages[path] ?? page("<h1>No such page</h1>"))
    })
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
    const origin = `http://127.0.0.1:${server.address().port}`
    return {
        origin,
        posts,
        /** What `/show` shows from now on. @param {string} html */
        put(html) {
            shown = html
        },
        /** Text as a service would show it. @param {string} text */
        putText(text) {
            shown = `<pre>${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</pre>`
        },
        /** Pages that wait for the server go on. */
        release() {
            for (const response of held.splice(0)) response.end()
        },
        close: () =>
            new Promise((resolve) => {
                server.closeAllConnections()
                server.close(resolve)
            }),
    }
}
