/**
 * Every way on which a file comes to a page, seen before the page: in capture on the window, in a
 * script that was there first.
 */

import type { Delivered } from "../../generated/protocol.ts"
import { forPage, pasteForPage } from "../../lib/browser.ts"
import { fill, filledFields, isDecided, isFileField, shadowOf, targetOf } from "./fields.ts"
import { type Dropped, takeDropped } from "./folders.ts"
import { hold, type Taker } from "./holds.ts"
import { say } from "./notice.ts"
import { watchRefusal } from "./refusal.ts"
import { passes, passesField } from "./rule.ts"

const capture = { capture: true }

/** Listens on a window; twice is once. Also after `document.open`, which takes listeners away. */
export function watch(view: EventTarget): void {
    view.addEventListener("click", onClick, capture)
    view.addEventListener("input", onPicked, capture)
    view.addEventListener("change", onPicked, capture)
    view.addEventListener("dragstart", onDragStart, capture)
    view.addEventListener("dragend", onDragEnd, capture)
    view.addEventListener("drop", onDrop as EventListener, capture)
    view.addEventListener("paste", onPaste as EventListener, capture)
    view.addEventListener("DOMContentLoaded", clearRestored, capture)
    view.addEventListener("load", clearRestored, capture)
    view.addEventListener("pageshow", clearRestored, capture)
}

function stop(event: Event): void {
    event.preventDefault()
    event.stopImmediatePropagation()
}

/** The click that would open the page's picker. */
function onClick(event: Event): void {
    const target = targetOf(event)
    if (!isFileField(target)) {
        watchInside(target, "click", onClick)
        return
    }
    if (passesField(target)) return
    stop(event)
    const wasDisabled = target.disabled
    if (!event.cancelable) disableNow(target)
    // Without the person's own act the browser would open nothing either.
    if (!wasDisabled && navigator.userActivation.isActive) {
        hold("picker", target, [], fieldTaker(target))
    }
}

/** A click that a page dispatched as not to be cancelled opens nothing at a disabled field. */
function disableNow(field: HTMLInputElement): void {
    if (field.disabled) return
    field.disabled = true
    queueMicrotask(() => {
        field.disabled = false
    })
}

/** Below a closed root an event shows its host alone; one listener more, and it shows all. */
function watchInside(target: unknown, type: string, listener: (event: Event) => void): void {
    const { nodeType } = (target ?? {}) as Partial<Node>
    const root = nodeType === Node.ELEMENT_NODE ? shadowOf(target as Element) : null
    root?.addEventListener(type, listener, capture)
}

const swallowed = new WeakSet<EventTarget>()

/** Picked past the hold: taken out again in the same task, before any listener of the page. */
function onPicked(event: Event): void {
    if (!event.isTrusted || passes()) return
    const target = targetOf(event)
    if (event.type === "change" && target !== undefined && swallowed.delete(target)) {
        stop(event)
        return
    }
    for (const field of fieldsAt(target)) if (!isSettled(field)) takeOut(field, event)
}

function takeOut(field: HTMLInputElement, event: Event): void {
    stop(event)
    const files = [...(field.files ?? [])]
    field.value = ""
    if (event.type === "input") swallowChange(field)
    hold("net", field, files, fieldTaker(field))
}

function fieldsAt(target: unknown): HTMLInputElement[] {
    if (isFileField(target)) return [target]
    const { nodeType } = (target ?? {}) as Partial<Node>
    const root = nodeType === Node.ELEMENT_NODE ? shadowOf(target as Element) : null
    return root ? filledFields(root) : []
}

/** Its `change` follows in the same task; in a shadow tree the window does not see it. */
function swallowChange(field: HTMLInputElement): void {
    swallowed.add(field)
    const root = field.getRootNode()
    if (root === field.ownerDocument) return
    const once = (event: Event) => {
        if (swallowed.delete(field)) stop(event)
    }
    root.addEventListener("change", once, { capture: true, once: true })
}

function fieldTaker(field: HTMLInputElement): Taker {
    return {
        give(files): Delivered {
            if (field.ownerDocument.defaultView === null) return "gone"
            fill(field, field.multiple ? files : files.slice(0, 1))
            watchRefusal(field)
            field.dispatchEvent(new Event("input", { bubbles: true, composed: true }))
            field.dispatchEvent(new Event("change", { bubbles: true }))
            return "given"
        },
        refuse() {
            field.dispatchEvent(new Event("cancel", { bubbles: true }))
        },
    }
}

let ownDrag = false

/** A picture of the page that is dragged within it is no file of the person's. */
function onDragStart(event: Event): void {
    if (!event.isTrusted) return
    ownDrag = true
    const { view } = event as DragEvent
    // What is taken out of the page while it is dragged ends where the window cannot see it.
    targetOf(event)?.addEventListener("dragend", onDragEnd, { once: true })
    // While something is dragged no pointer moves: one that does says that nothing is.
    for (const type of ["pointerdown", "pointermove"])
        view?.addEventListener(type, onPointer, capture)
    // The page may keep it from beginning; then nothing ends either.
    setTimeout(() => {
        if (event.defaultPrevented) ownDrag = false
    })
}

function onPointer(event: Event): void {
    if (!event.isTrusted) return
    ownDrag = false
    for (const type of ["pointerdown", "pointermove"])
        event.currentTarget?.removeEventListener(type, onPointer, capture)
}

function onDragEnd(): void {
    ownDrag = false
}

function onDrop(event: DragEvent): void {
    const { dataTransfer: transfer } = event
    if (!transfer?.types.includes("Files") || !event.isTrusted || ownDrag || passes()) return
    stop(event)
    const target = targetOf(event) ?? document
    const place = { clientX: event.clientX, clientY: event.clientY }
    const dropped = takeDropped(transfer)
    const held = ({ files, folder }: Dropped) => {
        if (files.length === 0) return
        hold("drop", fieldOf(target), files, dropTaker(target, place), folder)
    }
    // In the drop's own task wherever the browser tells all at once.
    if (dropped instanceof Promise) dropped.then(held, () => say("failed"))
    else held(dropped)
}

function fieldOf(target: EventTarget): HTMLInputElement | undefined {
    return isFileField(target) ? target : undefined
}

function dropTaker(target: EventTarget, place: MouseEventInit): Taker {
    const field = fieldOf(target)
    if (field) return fieldTaker(field)
    return {
        give(files): Delivered {
            if (!(target as Node).isConnected) return "gone"
            watchRefusal(undefined)
            for (const type of ["dragenter", "dragover", "drop"]) drop(target, type, files, place)
            return "given"
        },
        refuse() {
            // Pages mark where one would drop; nothing is dropped now.
            target.dispatchEvent(new DragEvent("dragleave", { bubbles: true, composed: true }))
        },
    }
}

function drop(target: EventTarget, type: string, files: readonly File[], place: MouseEventInit) {
    const init = { bubbles: true, cancelable: true, composed: true, ...place }
    target.dispatchEvent(new DragEvent(type, { ...init, dataTransfer: forPage(files) }))
}

function onPaste(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])]
    if (files.length === 0 || !event.isTrusted || passes()) return
    const text = event.clipboardData?.getData("text/plain") ?? ""
    const target = targetOf(event) ?? document
    stop(event)
    // A table from a spreadsheet comes as words and as a picture: the words are what was meant.
    if (text !== "") document.execCommand("insertText", false, text)
    else hold("paste", undefined, files, pasteTaker(target))
}

function pasteTaker(target: EventTarget): Taker {
    return {
        give(files): Delivered {
            if (!(target as Node).isConnected) return "gone"
            watchRefusal(undefined)
            target.dispatchEvent(pasteForPage(files))
            return "given"
        },
        refuse() {
            // Nothing was pasted, and nothing in the page waits for it.
        },
    }
}

/** What the browser puts back into fields after a reload or on the way back was picked before us. */
function clearRestored(event: Event): void {
    if (passes()) return
    const doc = (event.currentTarget as Window | null)?.document ?? document
    let cleared = false
    for (const field of doc.querySelectorAll<HTMLInputElement>("input[type=file i]")) {
        if (isSettled(field)) continue
        field.value = ""
        cleared = true
    }
    if (cleared) say("restored")
}

/** Nothing in the field still needs a decision. */
function isSettled(field: HTMLInputElement): boolean {
    return isDecided(field.files ?? []) || passesField(field)
}
