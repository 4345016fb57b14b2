// How tests name what they press. The functions here run inside documents: they are sent as text.

/**
 * A target, in one string:
 * - `@id`: the element whose `data-test` is `id`;
 * - `text=Words`: the smallest visible control that says so;
 * - `host >>> inner`: inside the (closed) shadow root of `host`;
 * - anything else: CSS.
 * @typedef {string} Target
 */

/**
 * Finds a target below `root`. Runs in the document.
 * @param {ParentNode} root
 * @param {Target} target
 * @returns {Element | null}
 */
export function locate(root, target) {
    const shown = (element) => {
        const style = getComputedStyle(element)
        return element.getClientRects().length > 0 && style.visibility !== "hidden"
    }
    const pick = (list) => {
        const all = [...list]
        return all.find(shown) ?? all[0] ?? null
    }
    if (target.startsWith("@"))
        return pick(root.querySelectorAll(`[data-test="${target.slice(1)}"]`))
    if (!target.startsWith("text=")) return pick(root.querySelectorAll(target))
    const words = target.slice(5)
    const controls = root.querySelectorAll(
        "button, a, summary, label, [role=button], [role=tab], option",
    )
    const says = [...controls].filter((element) => {
        const name = `${element.getAttribute("aria-label") ?? ""} ${element.textContent ?? ""}`
        return shown(element) && name.includes(words)
    })
    says.sort((a, b) => (a.textContent ?? "").length - (b.textContent ?? "").length)
    return says[0] ?? null
}

/**
 * What stands in the way of pressing or reading an element. Runs in the document.
 * @param {Element | null} element
 * @returns {"absent" | "hidden" | "disabled" | "ready"}
 */
export function stateOf(element) {
    if (!element?.isConnected) return "absent"
    const box = element.getBoundingClientRect()
    const style = getComputedStyle(element)
    if (box.width === 0 || box.height === 0 || style.visibility === "hidden") return "hidden"
    return element.matches(":disabled, [aria-disabled=true]") ? "disabled" : "ready"
}

/** Splits `a >>> b` into its parts, outermost first. @param {Target} target */
export const shadowPath = (target) => target.split(">>>").map((part) => part.trim())
