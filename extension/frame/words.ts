/** Where the words of a letter stand, and what hides them while the page hides the frame. */

import { t } from "../lib/i18n.ts"
import { innerIn } from "./inner.ts"
import { watchSight } from "./sight.ts"

export interface Words {
    readonly element: HTMLElement
    show(text: string): void
    clear(): void
}

/**
 * The words' place in frame.html. It stands, empty, before there is a letter: a frame that is shown
 * later is painted later.
 */
export function words(): Words {
    const [element] = document.getElementsByTagName("main")
    const [frame, veil, guard] = element?.children ?? []
    if (!(element && frame instanceof HTMLIFrameElement && veil && guard))
        throw new Error("not the document of a reader frame")
    const inner = innerIn(frame)
    element.hidden = false
    veil.textContent = t("frame_hidden")
    // The guard lies over the inner frame, which would count as covering anything below it.
    watchSight(guard, (seen) => element.classList.toggle("covered", !seen && !element.hidden))
    return {
        element,
        show(text) {
            inner.show(text, t("frame_title"))
            element.hidden = false
        },
        clear() {
            inner.show("", "")
            element.hidden = true
        },
    }
}
