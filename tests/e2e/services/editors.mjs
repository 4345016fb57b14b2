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
    "/plain": page("<h1>Nothing to write here</h1>"),
}

/** Serves the editors on a free loopback port; `/show` shows whatever `put` was given. */
export async function startEditors() {
    let shown = ""
    const posts = []
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
        if (path === "/show")
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
        close: () =>
            new Promise((resolve) => {
                server.closeAllConnections()
                server.close(resolve)
            }),
    }
}
