/**
 * Hiding the text while the page hides the frame.
 *
 * Chromium tells whether anything covers, fades or bends us (IntersectionObserver with visibility
 * tracking). Firefox cannot know; there a verdict in the frame says where to check it.
 */

/** The shortest delay that the browser accepts for tracking, in ms. */
const DELAY_MS = 100

interface TrackedEntry extends IntersectionObserverEntry {
    isVisible?: boolean
}

export const knowsSight = "trackVisibility" in IntersectionObserver.prototype

/** Tells whenever it changes whether the person can see `element` as it is. */
export function watchSight(element: Element, tell: (seen: boolean) => void): void {
    if (!knowsSight) return
    const options = { trackVisibility: true, delay: DELAY_MS, threshold: [0, 0.01, 0.25, 0.5, 1] }
    const observer = new IntersectionObserver((entries) => {
        const entry: TrackedEntry | undefined = entries.at(-1)
        if (entry !== undefined) tell(entry.isVisible !== false)
    }, options)
    observer.observe(element)
}
