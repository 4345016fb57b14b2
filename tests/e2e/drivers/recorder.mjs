// Counts what a person did: only events that the browser marks as trusted are seen.

/**
 * One trusted event.
 * @typedef {object} InputEventSeen
 * @property {"press" | "field" | "key"} kind a press of a control, text put into a field, an activating key
 * @property {string} surface which document: a page's origin or an extension page's name
 * @property {string} name what was pressed or filled
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
    const tell = (kind, event) => {
        if (!event.isTrusted) return
        const seen = { kind, surface: page, name: nameOf(event.composedPath()[0]), at: Date.now() }
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

    /** @param {InputEventSeen} event */
    add(event) {
        this.events.push(event)
    }

    /** A window, tab, panel or popup appeared. @param {string} kind @param {string} url */
    surface(kind, url) {
        this.opened.push({ kind, url, at: Date.now() })
    }

    /** Begins a job: counts run from here. */
    mark() {
        return { events: this.events.length, opened: this.opened.length }
    }

    /**
     * What a job took since `mark`.
     * @param {{events: number, opened: number}} mark
     */
    since(mark) {
        const events = this.events.slice(mark.events)
        const opened = this.opened.slice(mark.opened)
        const fields = new Set(
            events.filter((e) => e.kind === "field").map((e) => `${e.surface} ${e.name}`),
        )
        const presses = events.filter((e) => e.kind !== "field")
        const ours = (surface) => !surface.includes("://")
        let focusChanges = 0
        for (let i = 1; i < events.length; i++)
            if (events[i].surface !== events[i - 1].surface) focusChanges++
        return {
            clicks: presses.length,
            clicksOurs: presses.filter((e) => ours(e.surface)).length,
            clicksPage: presses.filter((e) => !ours(e.surface)).length,
            fields: fields.size,
            fieldsOurs: [...fields].filter((f) => ours(f)).length,
            windows: opened.length,
            opened: opened.map((o) => o.kind),
            focusChanges,
            surfaces: [...new Set(events.map((e) => e.surface))],
            names: events
                .filter((e, i) => e.kind !== "field" || events[i - 1]?.name !== e.name)
                .map((e) => `${e.kind} ${e.surface} ${e.name}`),
        }
    }
}
