/**
 * Whether a press on something of ours was meant.
 *
 * A page can lay its own things over ours, shrink them or make them see-through, so a press is a
 * hint at best: it must be real, and what was pressed must have been there to be seen. Nothing
 * that counts as consent is given in a page at all.
 */

/** From how far inside the edges the corners are tested, in px. */
const INSET = 3
/** Fainter than this is hiding. */
const MIN_OPACITY = 0.8
/** Smaller is no button, in px. */
const MIN_SIZE = 12

/** `host` stands for `target` where the page's own tree is hit-tested: our shadow root is closed. */
export function wasMeant(event: Event, target: Element, host: Element): boolean {
    return event.isTrusted && isInSight(target, host)
}

function isInSight(target: Element, host: Element): boolean {
    const box = target.getBoundingClientRect()
    if (box.width < MIN_SIZE || box.height < MIN_SIZE) return false
    return isOnTop(box, host, insetOf(target)) && isPlain(host) && isFrameInSight(box, host)
}

/** Centre and corners are ours and not the page's; what is scrolled away is not tested. */
function isOnTop(box: DOMRect, host: Element, inset = INSET): boolean {
    const tree = host.getRootNode() as Document | ShadowRoot
    const view = host.ownerDocument.documentElement
    const ours = (x: number, y: number): boolean => tree.elementFromPoint(x, y) === host
    const inside = (x: number, y: number): boolean =>
        x >= 0 && y >= 0 && x < view.clientWidth && y < view.clientHeight
    const centre = [(box.left + box.right) / 2, (box.top + box.bottom) / 2] as const
    if (!inside(...centre) || !ours(...centre)) return false
    const corners = [box.left + inset, box.right - inset].flatMap((x) =>
        [box.top + inset, box.bottom - inset].map((y) => [x, y] as const),
    )
    return corners.every(([x, y]) => !inside(x, y) || ours(x, y))
}

/** A round corner is not ours outside its arc, which is 1 - 1/√2 of the radius away at 45°. */
function insetOf(target: Element): number {
    const style = target.ownerDocument.defaultView?.getComputedStyle(target)
    return INSET + 0.3 * (Number.parseFloat(style?.borderTopLeftRadius ?? "0") || 0)
}

/** No ancestor makes it faint, bends it or cuts it. */
function isPlain(host: Element): boolean {
    const view = host.ownerDocument.defaultView
    if (view === null) return false
    let opacity = 1
    for (let at: Element | null = host; at !== null; at = above(at)) {
        const style = view.getComputedStyle(at)
        opacity *= Number(style.opacity)
        if (opacity < MIN_OPACITY || style.visibility !== "visible" || isBent(style)) return false
    }
    return true
}

function isBent(style: CSSStyleDeclaration): boolean {
    const { transform, filter, clipPath, mixBlendMode, maskImage, scale, rotate } = style
    const moved = transform === "none" || /^matrix\(1, 0, 0, 1, /u.test(transform)
    const straight = (rotate || "none") === "none" && ["none", "1", ""].includes(scale)
    const uncut = (clipPath || "none") === "none" && (maskImage || "none") === "none"
    return !(moved && straight && uncut && filter === "none" && mixBlendMode === "normal")
}

function above(element: Element): Element | null {
    if (element.assignedSlot !== null) return element.assignedSlot
    if (element.parentElement !== null) return element.parentElement
    const root = element.getRootNode()
    return "host" in root ? (root as ShadowRoot).host : null
}

/** A frame of the same origin can be covered by the page around it. */
function isFrameInSight(box: DOMRect, host: Element): boolean {
    const frame = host.ownerDocument.defaultView?.frameElement
    if (frame === null || frame === undefined) return true
    const outer = frame.getBoundingClientRect()
    const left = outer.left + frame.clientLeft
    const top = outer.top + frame.clientTop
    const moved = new DOMRect(box.left + left, box.top + top, box.width, box.height)
    return isOnTop(moved, frame) && isPlain(frame) && isFrameInSight(moved, frame)
}
