/** Light or dark, as the page around a place is; asked only when the person presses something. */

/** Relative luminance under which a background is dark. */
const DARK_BELOW = 0.36

export function schemeAt(element: Element): "light" | "dark" {
    const view = element.ownerDocument.defaultView
    for (let at: Element | null = element; at !== null && view !== null; at = at.parentElement) {
        const luminance = luminanceOf(view.getComputedStyle(at).backgroundColor)
        if (luminance !== undefined) return luminance < DARK_BELOW ? "dark" : "light"
    }
    const frame = view?.frameElement
    return frame === null || frame === undefined ? "light" : schemeAt(frame)
}

/** `undefined` for what the next background shines through. */
function luminanceOf(color: string): number | undefined {
    const parts = color.match(/[\d.]+/gu)?.map(Number)
    if (parts === undefined) return undefined
    const [red = 0, green = 0, blue = 0, alpha = 1] = parts
    if (!color.startsWith("rgb") || alpha < 0.5) return undefined
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255
}
