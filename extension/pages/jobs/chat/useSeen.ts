import { useCallback, useEffect, useRef } from "preact/hooks"
import { live } from "../../../ui/live.ts"
import type { Talk } from "./useTalk.ts"

/** What scrolls by is not read: it must stay in sight for so long. */
const STAYS_MS = 300

/** Says how far the person has read, while they look. */
export function useSeen(talk: Talk): (position: number) => void {
    const seen = useRef({ latest: -1, said: -1 })
    const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
    const say = useCallback(() => {
        const { latest, said } = seen.current
        if (latest <= said || !document.hasFocus() || document.hidden) return
        seen.current.said = latest
        live({ type: "mark-read", conversation: talk.id, position: latest }).catch(() => {
            // Said again with the next message that is seen.
            seen.current.said = said
        })
    }, [talk])
    useEffect(() => {
        seen.current = { latest: -1, said: -1 }
        addEventListener("focus", say)
        document.addEventListener("visibilitychange", say)
        return () => {
            clearTimeout(timer.current)
            removeEventListener("focus", say)
            document.removeEventListener("visibilitychange", say)
        }
    }, [say])
    return useCallback(
        (position: number) => {
            if (position <= seen.current.latest) return
            seen.current.latest = position
            clearTimeout(timer.current)
            timer.current = setTimeout(say, STAYS_MS)
        },
        [say],
    )
}
