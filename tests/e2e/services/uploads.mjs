// A page with every way in which pages ask for files, and a server that keeps what it is sent. The
// page tells what it could read: nothing else is asked of it.

import { createServer } from "node:http"

/** Runs in the page: every route by the id of its button. */
function routes() {
    const got = []
    window.got = got
    const read = async (route, files) => {
        for (const file of files) {
            const bytes = new Uint8Array(await file.arrayBuffer())
            const head = new TextDecoder().decode(bytes.slice(0, 21))
            got.push({ route, name: file.name, type: file.type, size: file.size, head })
            await fetch(`/upload?route=${route}`, { method: "POST", body: file })
        }
    }
    window.readFiles = read
    const listen = (route, input) => {
        input.addEventListener("change", () => read(route, input.files))
        input.addEventListener("cancel", () => got.push({ route, cancelled: true }))
        return input
    }
    const field = (route, more = {}) => {
        const input = document.createElement("input")
        input.type = "file"
        Object.assign(input, more)
        return listen(route, input)
    }
    const press = (id, act) => {
        const button = document.createElement("button")
        button.id = id
        button.textContent = id
        button.addEventListener("click", act)
        document.getElementById("buttons").append(button, " ")
    }
    for (const input of document.querySelectorAll("input[type=file]")) listen(input.id, input)

    press("attached-click", () => document.getElementById("single").click())
    press("detached-click", () => field("detached-click").click())
    press("detached-dispatch", () => {
        field("detached-dispatch").dispatchEvent(new MouseEvent("click", { bubbles: true }))
    })
    press("detached-label", () => {
        const label = document.createElement("label")
        label.append(field("detached-label"))
        label.click()
    })
    press("detached-prototype", () => {
        HTMLElement.prototype.click.call(field("detached-prototype"))
    })
    const realm = (keep) => {
        const frame = document.createElement("iframe")
        document.body.append(frame)
        const { click } = frame.contentWindow.HTMLElement.prototype
        if (!keep) frame.remove()
        return click
    }
    press("detached-realm", () => realm(true).call(field("detached-realm")))
    press("detached-removed-realm", () => realm(false).call(field("detached-removed-realm")))
    press("detached-picker", () => field("detached-picker").showPicker())
    press("detached-fragment", () => {
        const fragment = document.createDocumentFragment()
        const input = field("detached-fragment")
        fragment.append(document.createElement("p"), input)
        input.click()
        got.push({ route: "fragment-kept", kept: fragment.lastChild === input })
    })
    press("detached-shadow", () => {
        const host = document.createElement("div")
        const input = field("detached-shadow")
        host.attachShadow({ mode: "closed" }).append(input)
        input.click()
    })
    const shadow = (mode) => {
        const host = document.getElementById(mode)
        const root = host.attachShadow({ mode })
        const input = field(`shadow-${mode}`)
        root.append(input)
        press(`shadow-${mode}-click`, () => input.click())
    }
    shadow("open")
    shadow("closed")
    if (window.showOpenFilePicker) {
        press("open-picker", async () => {
            const types = [{ description: "x", accept: { "text/plain": [".txt"] } }]
            try {
                const handles = await window.showOpenFilePicker({ multiple: true, types })
                const files = await Promise.all(handles.map((handle) => handle.getFile()))
                const isHandle = handles.every((one) => one instanceof FileSystemFileHandle)
                got.push({ route: "open-picker-handle", isHandle })
                await read("open-picker", files)
            } catch (error) {
                got.push({ route: "open-picker", cancelled: error.name })
            }
        })
        press("folder-picker", () => {
            window
                .showDirectoryPicker()
                .catch((error) => got.push({ route: "folder", name: error.name }))
        })
    }
    press("reopened", () => {
        document.open()
        document.write("<p id='anew'>Opened anew</p><input type='file' id='late'>")
        document.close()
        window.got = got
        listen("reopened", document.getElementById("late"))
        window.addEventListener("input", () => read("reopened-early", late.files), true)
    })

    const zone = document.getElementById("zone")
    zone.addEventListener("dragover", (event) => event.preventDefault())
    zone.addEventListener("drop", async (event) => {
        event.preventDefault()
        const items = [...event.dataTransfer.items]
        const entries = items.map((item) => item.webkitGetAsEntry?.() ?? null)
        got.push({ route: "drop-entries", folders: entries.filter((e) => e?.isDirectory).length })
        for (const item of items)
            item.getAsFileSystemHandle?.().then(
                async (handle) => handle && read("drop-handle", [await handle.getFile()]),
                () => undefined,
            )
        await read("drop", event.dataTransfer.files)
    })
    window.addEventListener("paste", (event) => {
        const { files } = event.clipboardData
        if (files.length > 0) void read("paste", files)
    })
}

const BODY = `
<h1>Send files</h1>
<p id="buttons"></p>
<form id="form" name="form">
  <p><label for="single">A file</label> <input type="file" id="single" name="single"></p>
  <p><input type="file" id="many" name="many" multiple></p>
  <p><input type="file" id="directory" name="directory" webkitdirectory></p>
  <p><input type="file" id="picture" name="picture" accept="image/png,.pdf"></p>
  <p><label id="wrap">Wrapped <input type="file" id="wrapped"></label></p>
</form>
<div id="open"></div><div id="closed"></div>
<div id="zone" style="border:2px dashed;height:120px">Drop here</div>
<textarea id="text">words</textarea>
<div id="error" role="alert" hidden>Wrong type</div>`

const page = (body, script = "") => `<!doctype html><html lang="en"><meta charset="utf-8">
<title>Uploads</title><style>body{font:16px sans-serif;margin:2em} button{margin:2px}</style>
<body>${body}<script>${script}</script></body></html>`

/** Serves the page on a free loopback port. */
export async function startUploads() {
    const bodies = []
    const pages = new Map([["/", page(BODY, `(${routes})()`)]])
    const server = createServer((request, response) => {
        const url = new URL(request.url ?? "/", "http://x")
        if (url.pathname === "/upload") {
            const began = Date.now()
            const chunks = []
            let length = 0
            request.on("data", (chunk) => {
                length += chunk.length
                // Large files are counted, not kept.
                if (length < 64 * 1024 * 1024) chunks.push(chunk)
            })
            request.on("end", () => {
                const bytes = Buffer.concat(chunks)
                bodies.push({ route: url.searchParams.get("route"), bytes, length, began })
                response.end("ok")
            })
            return
        }
        response.setHeader("content-type", "text/html; charset=utf-8")
        response.statusCode = pages.has(url.pathname) ? 200 : 404
        response.end(pages.get(url.pathname) ?? page("<h1>No such page</h1>"))
    })
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
    const origin = `http://127.0.0.1:${server.address().port}`
    return {
        origin,
        bodies,
        put: (path, body, script) => pages.set(path, page(body, script)),
        close: () =>
            new Promise((resolve) => {
                server.closeAllConnections()
                server.close(resolve)
            }),
    }
}
