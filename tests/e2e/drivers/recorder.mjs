// Counts what a person did: only events that the browser marks as trusted are seen.

/**
 * One trusted event.
 * @typedef {object} InputEventSeen
 * @property {"press" | "field" | "key"} kind a press of a control, text put into a field, an activating key
 * @property {string} surface which document: a page's origin or an extension page's name
 * @property {string} name what was pressed or filled
 * @property {boolean} ours it is Sotto's, in a page of Sotto or in what Sotto puts into a web page
 * @property {number} at Unix milliseconds
 */

/**
 * Listens in one document. Runs there, at the earliest moment that the driver has.
 * A press into a text field is part of filling it and is not counted as a click.
 * @param {string} binding name of the function that takes the events out
 */
export function listen(binding) {
    const marked = Symbol.for("e2e.recorder")
    if (window[marked]) return
    window[marked] = true
    const kept = []
    window[Symbol.for("e2e.events")] = kept
    const writable =
        "textarea, [contenteditable]:not([contenteditable=false]), input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]):not([type=file])"
    const nameOf = (node) => {
        const element = node?.nodeType === 1 ? node : node?.parentElement
        const named = element?.closest?.("[data-test], [id], button, a") ?? element
        const own =
            named?.getAttribute?.("data-test") ??
            (named?.id || named?.textContent || named?.tagName)
        return String(own ?? "document")
            .trim()
            .slice(0, 40)
    }
    const page = location.protocol.endsWith("extension:")
        ? location.pathname.split("/").pop()
        : location.origin
    const own = location.protocol.endsWith("extension:")
    const tell = (kind, event) => {
        if (!event.isTrusted) return
        // What Sotto puts into a page stands in a closed tree: the page's document sees its host.
        const host = event.composedPath()[0]?.closest?.("[data-sotto]")
        const name = host ? `sotto-${host.dataset.sotto}` : nameOf(event.composedPath()[0])
        const ours = own || Boolean(host)
        const seen = { kind, surface: page, name, ours, at: Date.now() }
        kept.push(seen)
        window[binding]?.(JSON.stringify(seen))
    }
    const inField = (event) => Boolean(event.composedPath()[0]?.closest?.(writable))
    addEventListener("pointerdown", (event) => !inField(event) && tell("press", event), true)
    addEventListener("input", (event) => inField(event) && tell("field", event), true)
    addEventListener(
        "keydown",
        (event) => ["Enter", " "].includes(event.key) && !inField(event) && tell("key", event),
        true,
    )
}

/** The events of one profile, in order, with the surfaces that opened. */
export class Recorder {
    /** @type {InputEventSeen[]} */
    events = []
    /** @type {{kind: string, url: string, at: number}[]} */
    opened = []
    /** What the driver did past the person's own surfaces. @type {string[]} */
    hooks = []

    /** @param {InputEventSeen} event */
    add(event) {
        this.events.push(event)
    }

    /** A window, tab, panel or popup appeared. @param {string} kind @param {string} url */
    surface(kind, url) {
        this.opened.push({ kind, url, at: Date.now() })
    }

    /** The driver reached something that no person pressed. @param {string} what */
    hook(what) {
        this.hooks.push(what)
    }

    /** Begins a job: counts run from here. */
    mark() {
        return {
            events: this.events.length,
            opened: this.opened.length,
            hooks: this.hooks.length,
        }
    }

    /**
     * What a job took since `mark`.
     * @param {ReturnType<Recorder["mark"]>} mark
     */
    since(mark) {
        const events = this.events.slice(mark.events)
        const opened = this.opened.slice(mark.opened)
        const filled = events.filter((e) => e.kind === "field")
        const fields = (of) => new Set(of.map((e) => `${e.surface} ${e.name}`)).size
        const presses = events.filter((e) => e.kind !== "field")
        let focusChanges = 0
        for (let i = 1; i < events.length; i++)
            if (events[i].surface !== events[i - 1].surface) focusChanges++
        return {
            clicks: presses.length,
            clicksOurs: presses.filter((e) => e.ours).length,
            clicksPage: presses.filter((e) => !e.ours).length,
            fields: fields(filled),
            fieldsOurs: fields(filled.filter((e) => e.ours)),
            windows: opened.length,
            opened: opened.map((o) => o.kind),
            shown: opened.map((o) => new URL(o.url, "x:/").pathname.split("/").at(-1)),
            hooks: this.hooks.slice(mark.hooks),
            presses: presses.map((e) => `${e.surface} ${e.name}`),
            focusChanges,
            surfaces: [...new Set(events.map((e) => e.surface))],
            names: events
                .filter((e, i) => e.kind !== "field" || events[i - 1]?.name !== e.name)
                .map((e) => `${e.kind} ${e.surface} ${e.name}`),
        }
    }
}

/** Whether the presses that make up a job were all made, in this order. */
function inOrder(presses, must) {
    let at = 0
    for (const press of presses) if (press === must[at]) at += 1
    return at === must.length
}

/**
 * Why the count of a job is no count of it: the driver went past the person's surfaces, a press
 * that belongs to the job was not made, or a surface opened in which nothing was pressed. Empty
 * when the job was done whole.
 * @param {ReturnType<Recorder["since"]>} count
 * @param {string[]} must
 */
export function skipped(count, must) {
    const why = [...count.hooks]
    if (!inOrder(count.presses, must)) why.push(`${must} are not all in ${count.presses}`)
    const silent = count.shown.filter((page) => !count.surfaces.includes(page))
    if (silent.length > 0) why.push(`nothing was pressed in ${silent}, which opened`)
    return why
}
