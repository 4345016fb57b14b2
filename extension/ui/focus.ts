/**
 * The focus of whoever has only a keyboard. A control that is pressed and goes away would take it
 * along: the next Tab began at the top, and a screen reader said nothing. It is left to the nearest
 * part of the surface that stood around the control and still stands.
 */

/** Keeps the focus in the document. What takes it by itself afterwards goes before. */
export function keepFocus(): void {
    let path: Element[] = []
    addEventListener("focusin", ({ target }) => {
        path = target instanceof Element ? around(target) : []
    })
    const changes = new MutationObserver(() => {
        const [lost] = path
        if (!lost || lost.isConnected || document.activeElement !== document.body) return
        const standing = path.find((one) => one.isConnected)
        path = []
        if (standing) take(standing)
    })
    changes.observe(document.body, { childList: true, subtree: true })
}

function around(element: Element): Element[] {
    const path: Element[] = []
    for (let one: Element | null = element; one && one !== document.body; one = one.parentElement)
        path.push(one)
    return path
}

/** Its heading says where one is; it is no stop of Tab. */
function take(part: Element): void {
    const heading = part.querySelector<HTMLElement>("h1, h2, h3")
    const target = heading ?? part
    if (!(target instanceof HTMLElement)) return
    if (!target.hasAttribute("tabindex")) {
        target.tabIndex = -1
        target.addEventListener("blur", () => target.removeAttribute("tabindex"), { once: true })
    }
    target.focus({ preventScroll: true })
}
