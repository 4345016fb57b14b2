/** One copy of the script at work on one page. */

import type { Attached, ComposeContext, ContentOrder, Inserted } from "../generated/protocol.ts"
import { api } from "../lib/browser.ts"
import { ask } from "../lib/messages.ts"
import { adapterFor } from "./adapters/choose.ts"
import { attachTo } from "./attach.ts"
import { blocks } from "./blocks.ts"
import { buttons } from "./button.ts"
import { composer } from "./compose.ts"
import { boxOf, type Editor, editorAround } from "./editors.ts"
import { Finder } from "./find.ts"
import { framesWork } from "./frame.ts"
import { links } from "./links.ts"
import { realm } from "./realm.ts"
import { reporter } from "./report.ts"
import { isElement } from "./walk.ts"

export interface Standing {
    /** The extension is still the one that put us here. */
    alive(): boolean
    /** Injected once more: everything is looked at again. */
    again(): void
    insert(order: Extract<ContentOrder, { type: "insert" }>): Promise<Inserted>
    attach(files: readonly unknown[]): Attached
    lookAgain(): ComposeContext | undefined
    reset(): void
    leave(): void
    report(): Promise<void>
}

/** New editors get their button together, after this time, in ms. */
const EDITORS_MS = 300
/** After removals in which nothing of ours was seen everything is looked at, in ms. */
const SWEEP_MS = 1000

/** `onLeft` is called when it leaves while the extension is there: nothing is ordered here any more. */
export function stand(doc: Document, onLeft: () => void): Standing {
    let known = true
    let granted = false
    let left = false
    let timer: ReturnType<typeof setTimeout> | undefined
    let sweeping: ReturnType<typeof setTimeout> | undefined
    const candidates = new Set<HTMLElement>()
    const adapter = () => adapterFor(doc, known)
    const reports = reporter(() => ({
        ...placed.count(),
        editor: bar.any(),
        frames: framesWork(doc),
    }))

    const find: Finder = new Finder({
        found: (found) => guarded(() => placed.place(found)),
        changed: (texts) => guarded(() => placed.changed(texts)),
        removed: (ours) => {
            if (ours) sweep()
            else sweeping ??= setTimeout(sweep, SWEEP_MS)
            if (candidates.size > 0) timer ??= setTimeout(showButtons, EDITORS_MS)
        },
        frame: (frame) => pages.consider(frame),
        editor: notice,
        link: (link) => files.note(link),
    })
    const placed = blocks(
        () => find,
        (node) => adapterFor(node.ownerDocument ?? doc, known).around(node),
        () => reports.soon(),
    )
    const bar = buttons(doc, (editor) => press(editor))
    const files = links(() => find, adapter)
    const letter = composer(doc, adapter, onlyEditor)
    const pages = realm(doc, (entered) => {
        find.watch(entered)
        // Text that the parser adds to a text in several steps is not told by mutations.
        if (entered.readyState === "loading") {
            entered.addEventListener("DOMContentLoaded", () => find.search(entered), { once: true })
        }
        entered.addEventListener("focusin", onFocus, true)
        if (entered.designMode === "on") notice(entered.body)
    })

    function sweep(): void {
        clearTimeout(sweeping)
        sweeping = undefined
        guarded(() => {
            placed.sweep()
            files.sweep()
        })
    }

    /** Some elements are made editable when the person goes there. */
    function onFocus(event: Event): void {
        const editor = isElement(event.target as Node) && editorAround(event.target as Element)
        if (editor) notice(editor)
    }

    function notice(element: HTMLElement): void {
        candidates.add(element)
        timer ??= setTimeout(showButtons, EDITORS_MS)
    }

    function showButtons(): void {
        timer = undefined
        guarded(() => {
            bar.show(editors())
            reports.soon()
        })
    }

    function editors(): Editor[] {
        const found = new Set<Editor>()
        for (const element of candidates) {
            if (!element.isConnected || element.ownerDocument.defaultView === null) {
                candidates.delete(element)
                continue
            }
            const editor = editorAround(element)
            if (editor !== undefined) found.add(editor)
        }
        return [...found]
    }

    /** The only editor in sight, or the one with the caret. */
    function onlyEditor(): Editor | undefined {
        const seen = editors().filter((editor) => boxOf(editor) !== undefined)
        const focused = seen.find((editor) => editor.ownerDocument.activeElement === editor)
        return focused ?? (seen.length === 1 ? seen[0] : undefined)
    }

    function press(editor: Editor): void {
        guarded(() => {
            ask("content", { type: "compose", context: letter.aim(editor) }).catch(() => undefined)
        })
    }

    /** After an update or removal of the extension nobody answers any more: the page gets all back. */
    function guarded(act: () => void): void {
        if (left) return
        if (isAlive()) act()
        else leave()
    }

    function leave(): void {
        if (left) return
        left = true
        clearTimeout(timer)
        clearTimeout(sweeping)
        doc.defaultView?.removeEventListener("pagehide", onHide)
        doc.defaultView?.removeEventListener("pageshow", onShow)
        doc.defaultView?.removeEventListener("focus", onReturn)
        doc.removeEventListener("visibilitychange", onReturn)
        reports.stop()
        placed.leave()
        bar.leave()
        files.leave()
        for (const page of pages.documents()) page.removeEventListener("focusin", onFocus, true)
        pages.leave()
        find.stop()
        if (isAlive()) onLeft()
    }

    function greet(): void {
        ask("content", { type: "hello" })
            .then((hello) => {
                known = hello.adapters
                // Taken back while the browser kept this page for the way back: no order came.
                if (granted && !hello.granted) leave()
                granted = hello.granted
            })
            .catch(() => undefined)
    }

    /** The browser keeps the page for the way back: what was opened must not be kept with it. */
    function onHide(): void {
        placed.close()
    }

    /** The person was elsewhere; if the extension was switched off there, nobody told us. */
    function onReturn(): void {
        guarded(() => undefined)
    }

    /** Back again, and another page was here meanwhile. */
    function onShow({ persisted }: PageTransitionEvent): void {
        if (!persisted) return
        guarded(() => {
            greet()
            reports.now().catch(() => undefined)
        })
    }

    pages.begin()
    doc.defaultView?.addEventListener("pagehide", onHide)
    doc.defaultView?.addEventListener("pageshow", onShow)
    doc.defaultView?.addEventListener("focus", onReturn)
    doc.addEventListener("visibilitychange", onReturn)
    greet()

    return {
        alive: () => !left && isAlive(),
        again: () => {
            for (const page of pages.documents()) find.search(page)
            showButtons()
        },
        insert: (order) => letter.insert(order),
        attach: (files) => attachTo(doc, adapter(), files),
        lookAgain: () => letter.lookAgain(),
        reset: () => placed.reset(),
        leave,
        // What is told in the middle of a search would be told as all there is.
        report: async () => {
            if (!doc.hidden) await find.settled()
            await reports.now()
        },
    }
}

/** Fetched once: the browser builds the namespace anew each time it is asked for. */
const { runtime } = api

function isAlive(): boolean {
    return runtime.id !== undefined
}
