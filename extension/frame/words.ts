/** Where the words of a letter stand, and what hides them while the page hides the frame. */

import { t } from "../lib/i18n.ts"
import { make } from "./build.ts"
import { innerFrame } from "./inner.ts"
import { watchSight } from "./sight.ts"

export interface Words {
    readonly element: HTMLElement
    show(text: string): void
    clear(): void
}

/** Stands, empty, before there is a letter: a frame that is shown later is painted later. */
export function words(): Words {
    const inner = innerFrame()
    // The guard lies over the inner frame, which would count as covering anything below it.
    const guard = make("div", "guard")
    const element = make("main", "", inner.element, make("div", "veil", t("frame_hidden")), guard)
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
