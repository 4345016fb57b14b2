/**
 * *Open* beside sealed files of the page. The press fetches the ciphertext as the page would, from
 * its own origin, and hands it on; what is in it is nobody's business here.
 */

import { t } from "../lib/i18n.ts"
import { askBeside } from "../lib/messages.ts"
import type { Adapter } from "./adapters/adapter.ts"
import type { Finder } from "./find.ts"
import { wasMeant } from "./hit.ts"
import { LINK_HOST_STYLE, LINK_STYLE } from "./style.ts"
import { OURS } from "./walk.ts"

/** Links that may be of sealed files, and those with a place, at most. */
const LINKS_MAX = 2_000
const PLACES_MAX = 40
/** Longer is no file name. */
const NAME_MAX = 300
/** What a page puts together in steps has its parts by then, in ms. */
const LOOK_MS = 500

export interface Links {
    /** Something about a link says that it may lead to a sealed file. */
    note(link: HTMLAnchorElement): void
    /** The page took nodes away. */
    sweep(): void
    leave(): void
}

export function links(finder: () => Finder, adapter: () => Adapter): Links {
    const placed = new Map<HTMLAnchorElement, HTMLElement>()
    /** Noted, without a place. */
    const waiting = new Set<HTMLAnchorElement>()
    let timer: ReturnType<typeof setTimeout> | undefined
    let left = false

    function note(link: HTMLAnchorElement): void {
        if (placed.has(link) || waiting.size >= LINKS_MAX) return
        waiting.add(link)
        soon()
    }

    function soon(): void {
        if (!left) timer ??= setTimeout(() => finder().quietly(look), LOOK_MS)
    }

    function look(): void {
        timer = undefined
        dropGone()
        for (const link of waiting) {
            if (placed.size >= PLACES_MAX) return
            waiting.delete(link)
            consider(link)
        }
    }

    function consider(link: HTMLAnchorElement): void {
        const name = link.isConnected ? sealedName(link) : undefined
        if (name !== undefined) place(link, name)
    }

    /** Where a page takes only what is ours away, its link gets another. */
    function dropGone(): void {
        for (const [link, host] of placed) {
            if (link.isConnected && host.isConnected) continue
            host.remove()
            placed.delete(link)
            if (link.isConnected) waiting.add(link)
        }
    }

    function place(link: HTMLAnchorElement, name: string): void {
        const doc = link.ownerDocument
        const host = doc.createElement("span")
        host.setAttribute(OURS, "file")
        host.style.cssText = LINK_HOST_STYLE
        const root = host.attachShadow({ mode: "closed" })
        const style = doc.createElement("style")
        style.textContent = LINK_STYLE
        const button = doc.createElement("button")
        button.type = "button"
        button.textContent = t("content_openFile")
        button.title = t("content_openFileTitle", name)
        button.addEventListener("click", (event) => {
            event.preventDefault()
            event.stopPropagation()
            if (wasMeant(event, button, host)) void open(link, name, button)
        })
        root.append(style, button)
        link.after(host)
        placed.set(link, host)
    }

    async function open(
        link: HTMLAnchorElement,
        name: string,
        button: HTMLButtonElement,
    ): Promise<void> {
        button.disabled = true
        try {
            const answer = await fetch(adapter().download(link), { credentials: "same-origin" })
            if (!answer.ok) throw new Error("not there")
            const file = new File([await answer.blob()], name)
            await askBeside("content", { type: "open-file" }, [file])
        } catch {
            button.textContent = t("content_openFileFailed")
        }
        button.disabled = false
    }

    return {
        note,
        sweep() {
            if (placed.size > 0) soon()
        },
        leave() {
            left = true
            clearTimeout(timer)
            for (const host of placed.values()) host.remove()
            placed.clear()
            waiting.clear()
        },
    }
}

/** The name of the sealed file that a link of this origin leads to. */
function sealedName(link: HTMLAnchorElement): string | undefined {
    if (link.origin !== link.ownerDocument.location.origin) return undefined
    const text = link.textContent.slice(0, NAME_MAX)
    const said = /[^\s/\\]{1,200}\.age\b/iu.exec(text)?.[0]
    const names = [link.download, link.pathname.split("/").pop() ?? "", said ?? ""]
    return names.find((name) => name.toLowerCase().endsWith(".age"))
}
