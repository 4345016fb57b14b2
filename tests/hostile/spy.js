// Runs first in the hostile page: writes down everything a page can learn. No module, no strictness:
// this is what an attacker's script looks like.
;(() => {
    const log = []
    const write = JSON.stringify
    const note = (kind, what) => log.push({ kind, what })
    window.spied = log
    window.spiedText = () => write(log)

    // Every event there is, on everything, first.
    const names = new Set()
    for (const target of [window, document, HTMLElement.prototype, Document.prototype]) {
        for (let at = target; at; at = Object.getPrototypeOf(at)) {
            for (const key of Object.getOwnPropertyNames(at))
                if (key.startsWith("on")) names.add(key.slice(2))
        }
    }
    for (const extra of [
        "DOMContentLoaded",
        "focusin",
        "focusout",
        "compositionstart",
        "securitypolicyviolation",
    ])
        names.add(extra)
    const movement =
        /^(pointer|mouse)(move|over|out|enter|leave|rawupdate)|^pointerrawupdate|^device|^scroll|^transition|^animation|^progress/
    for (const name of names) {
        window.addEventListener(
            name,
            (event) => {
                if (movement.test(name)) return
                const where = event.target === window ? "window" : event.target?.nodeName
                const path = event
                    .composedPath()
                    .map((node) => node.nodeName ?? "window")
                    .join(">")
                note("event", [
                    name,
                    where,
                    path,
                    name === "message" ? [event.origin, safe(event.data), event.ports.length] : "",
                    event.key ?? "",
                ])
            },
            true,
        )
    }
    const safe = (value) => {
        try {
            return write(value) ?? String(value)
        } catch {
            return String(value)
        }
    }

    // Patched prototypes: whoever of us ran in this world would be caught here.
    const patch = (owner, name) => {
        const original = owner[name]
        if (typeof original !== "function") return
        owner[name] = function (...args) {
            note("call", [
                name,
                args.map((arg) => (typeof arg === "string" ? arg : (arg?.nodeName ?? typeof arg))),
            ])
            if (name === "attachShadow") args[0] = { mode: "open" }
            return original.apply(this, args)
        }
    }
    for (const name of [
        "attachShadow",
        "setAttribute",
        "append",
        "before",
        "replaceChildren",
        "animate",
    ])
        patch(Element.prototype, name)
    for (const name of ["appendChild", "insertBefore", "removeChild", "cloneNode"])
        patch(Node.prototype, name)
    for (const name of ["postMessage", "open", "fetch", "structuredClone", "atob", "btoa"])
        patch(window, name)
    for (const name of ["createElement", "elementFromPoint", "execCommand"])
        patch(Document.prototype, name)
    for (const name of ["parse", "stringify"]) patch(JSON, name)
    for (const name of ["replace", "match", "split", "includes"]) patch(String.prototype, name)

    // Everything that moves in the document.
    const describe = (node) => (node.nodeType === 1 ? node.outerHTML : node.data)
    const watch = () =>
        new MutationObserver((records) => {
            for (const record of records) {
                for (const node of record.addedNodes) note("added", describe(node))
                for (const node of record.removedNodes) note("removed", describe(node))
                if (record.type === "attributes")
                    note("attribute", [
                        record.attributeName,
                        record.target.getAttribute(record.attributeName),
                    ])
                if (record.type === "characterData") note("data", record.target.data)
            }
        }).observe(document, {
            subtree: true,
            childList: true,
            attributes: true,
            characterData: true,
        })
    watch()

    // Sizes, frames, requests, styles, selection: whenever they change. Who waits for a look counts them.
    let last = ""
    window.spiedLooks = 0
    const look = () => {
        window.spiedLooks += 1
        const boxes = [...document.querySelectorAll("*")].map((e) => {
            const { x, y, width, height } = e.getBoundingClientRect()
            return [e.nodeName, x, y, width, height, e.shadowRoot === null].join()
        })
        const seen = write({
            boxes,
            scroll: [document.documentElement.scrollHeight, document.documentElement.scrollWidth],
            frames: window.length,
            named: Object.keys(window).filter((key) => /^\d+$/.test(key)),
            requests: performance
                .getEntriesByType("resource")
                .filter(({ name }) => !name.endsWith("/favicon.ico"))
                .map(({ name, initiatorType }) => [name, initiatorType]),
            sheets: [
                document.styleSheets.length,
                document.adoptedStyleSheets?.length,
                CSS.highlights?.size,
            ],
            active: document.activeElement?.nodeName,
            selection: String(getSelection()),
            text: document.body?.innerText,
            history: history.length,
            focus: document.hasFocus(),
        })
        if (seen === last) return
        last = seen
        note("look", seen)
    }
    setInterval(look, 10)
})()
