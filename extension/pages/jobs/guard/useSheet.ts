import { useCallback, useEffect, useRef, useState } from "preact/hooks"
import type {
    Chosen,
    Failure,
    GuardSheet,
    HoldErrand,
    PageAddress,
} from "../../../generated/protocol.ts"
import { toFailure } from "../../../lib/failure.ts"
import { desk, shell } from "../../../ui/client.ts"
import { chosenOf } from "../usePlan.ts"

export interface SheetState {
    sheet: GuardSheet
}

/** A choice of recipients; none: what the core has now about those chosen before. */
export type Choose = (chosen?: Chosen) => Promise<void>

/** The core's view of a sheet. What the page's fields name is asked for once. */
export function useSheet(hold: HoldErrand, tab: number) {
    const [state, setState] = useState<SheetState>()
    const [failure, setFailure] = useState<Failure>()
    const addresses = useRef<PageAddress[]>([])
    const last = useRef<Chosen | null>(null)
    const choose: Choose = useCallback(
        async (chosen) => {
            last.current = chosen ?? last.current
            try {
                const { sheet } = await desk({
                    type: "guard-sheet",
                    site: hold.site,
                    tab,
                    addresses: addresses.current,
                    chosen: last.current,
                })
                setState({ sheet })
                setFailure(undefined)
            } catch (error) {
                setFailure(toFailure(error))
            }
        },
        [hold.site, tab],
    )
    useEffect(() => {
        let wanted = true
        const begin = async () => {
            // Without an editor in sight nobody is suggested.
            const reply = await shell({ type: "look-again", tab }).catch(() => undefined)
            addresses.current = reply?.context?.addresses ?? []
            if (wanted) await choose()
        }
        void begin()
        return () => {
            wanted = false
        }
    }, [choose, tab])
    return { state, choose, failure }
}

/** The recipients as they are chosen now, with one change. */
export function withChoice(
    { recipients, mixed }: GuardSheet,
    change: (chosen: Chosen) => void = () => undefined,
): Chosen {
    const chosen: Chosen = { ...chosenOf(recipients), classical: mixed?.choice ?? null }
    change(chosen)
    return chosen
}
