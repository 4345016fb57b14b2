/**
 * From the page's world to the guard's own: one element that stands in no document, which both hold
 * and no page can reach. What goes over it can only ask "do you hold?" or say "listen again".
 */

import { CALL, MEET } from "../signals.ts"
import { dispatch, listen, native } from "./native.ts"

const wire = document.createElement("i")

/** Before any script of the page: whichever of the two worlds begins later finds the other. */
export function connect(): void {
    const meet = () => {
        dispatch(document, new native.MouseEvent(MEET, { relatedTarget: wire }))
    }
    listen(document, CALL, meet)
    meet()
}

/** Whether the guard holds what would be given now. Its answer cannot be taken back by a page. */
export function holds(signal: string, about?: EventTarget): boolean {
    const init = { cancelable: true, relatedTarget: about ?? null }
    return !dispatch(wire, new native.MouseEvent(signal, init))
}
