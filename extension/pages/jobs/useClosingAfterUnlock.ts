import { useEffect, useRef } from "preact/hooks"
import type { Status } from "../../generated/protocol.ts"
import { shell } from "../../ui/client.ts"

/** A popup opened by a frame's *Unlock* gives way to the page as soon as the vault is open. */
export function useClosingAfterUnlock(status: Status | undefined): void {
    const wasLocked = useRef(false)
    const vault = status?.vault
    useEffect(() => {
        if (vault === "locked") wasLocked.current = true
        if (vault !== "unlocked" || !wasLocked.current) return
        shell({ type: "errand" }).then(
            (reply) => reply.errand?.job === "unlock" && window.close(),
            // Staying open is no harm.
            () => undefined,
        )
    }, [vault])
}
