import type { RefObject } from "preact"
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks"
import { type Range, Scroller } from "./Scroller.ts"

interface Shown {
    box: RefObject<HTMLDivElement | null>
    space: RefObject<HTMLDivElement | null>
    block: RefObject<HTMLDivElement | null>
    scroller: Scroller
    range: Range
    atEnd: boolean
    /** Takes what the scroller found in sight. */
    look: (range: Range) => void
    onScroll: () => void
}

/** Paints the rows in sight and keeps them where the person sees them. */
export function useScroller(total: number, start: number | null): Shown {
    const box = useRef<HTMLDivElement>(null)
    const space = useRef<HTMLDivElement>(null)
    const block = useRef<HTMLDivElement>(null)
    // Where it starts, the first paint says.
    const scroller = useMemo(() => new Scroller(total, start), [])
    const [range, setRange] = useState<Range>(scroller.range)
    const [atEnd, setAtEnd] = useState(scroller.atEnd)
    const latest = useRef(total)
    latest.current = total
    const look = useCallback(
        (next: Range) => {
            setAtEnd(scroller.isAtEnd())
            setRange((now) => (now.first === next.first && now.last === next.last ? now : next))
        },
        [scroller],
    )
    scroller.range = range
    useLayoutEffect(() => {
        if (!box.current || !space.current || !block.current) return
        scroller.stand({ box: box.current, space: space.current, block: block.current })
        look(scroller.settle(latest.current))
    })
    useEffect(() => {
        const settle = () => look(scroller.settle(latest.current))
        const watcher = new ResizeObserver(settle)
        for (const place of [box, block]) if (place.current) watcher.observe(place.current)
        return () => watcher.disconnect()
    }, [scroller, look])
    const onScroll = () => look(scroller.scrolled())
    return { box, space, block, scroller, range, atEnd, look, onScroll }
}
