/**
 * The documents that one copy of this script serves: the one it was put into and those of frames of
 * the same origin inside it, such as the frame of a rich editor. The copies inside those frames
 * stay quiet, so nothing is found twice.
 */

import { frameOf } from "./editors.ts"

/** A frame may get another document without any sign in the page around it. */
const LOOK_MS = 700

export interface Realm {
    /** Serves the outermost document. */
    begin(): void
    /** All readable documents, outermost first. */
    documents(): Document[]
    /** A frame was seen. */
    consider(frame: HTMLIFrameElement): void
    leave(): void
}

/** Whether a copy of this script further out serves this document. */
export function isServedFromOutside(doc: Document): boolean {
    return frameOf(doc) !== null
}

export function realm(top: Document, entered: (doc: Document) => void): Realm {
    const frames = new Map<HTMLIFrameElement, Document | undefined>()
    const onLoad = (event: Event): void => {
        if ((event.target as Node).nodeName === "IFRAME") {
            consider(event.target as HTMLIFrameElement)
        }
    }
    const docs = new Set<Document>([top])
    let timer: ReturnType<typeof setInterval> | undefined

    function enter(doc: Document): void {
        docs.add(doc)
        doc.addEventListener("load", onLoad, true)
        entered(doc)
    }

    function consider(frame: HTMLIFrameElement): void {
        const doc = readable(frame)
        timer ??= setInterval(look, LOOK_MS)
        if (doc === frames.get(frame)) return
        frames.set(frame, doc)
        if (doc !== undefined && !docs.has(doc)) enter(doc)
    }

    /** The empty document that a frame has before its own one comes is of no interest. */
    function readable(frame: HTMLIFrameElement): Document | undefined {
        try {
            return frame.contentDocument?.body === null
                ? undefined
                : (frame.contentDocument ?? undefined)
        } catch {
            return undefined
        }
    }

    function look(): void {
        for (const frame of frames.keys()) {
            if (frame.isConnected) consider(frame)
            else frames.delete(frame)
        }
        for (const doc of docs) if (isGone(doc)) docs.delete(doc)
        if (frames.size > 0) return
        clearInterval(timer)
        timer = undefined
    }

    function isGone(doc: Document): boolean {
        return doc !== top && doc.defaultView === null
    }

    return {
        begin: () => enter(top),
        documents: () => [...docs].filter((doc) => !isGone(doc)),
        consider,
        leave() {
            clearInterval(timer)
            for (const doc of docs) doc.removeEventListener("load", onLoad, true)
            docs.clear()
            frames.clear()
        },
    }
}
