/** Telling the background what is on the page: numbers, for badge and popup. */

import { ask } from "../lib/messages.ts"

export interface Counts {
    letters: number
    cards: number
    editor: boolean
    /** A frame of ours can stand here. */
    frames: boolean
}

export interface Reporter {
    /** In a moment, if something changed. */
    soon(): void
    now(): Promise<void>
    stop(): void
}

const WAIT_MS = 250

export function reporter(count: () => Counts): Reporter {
    let timer: ReturnType<typeof setTimeout> | undefined
    let last = ""

    async function tell(): Promise<void> {
        const counts = count()
        last = JSON.stringify(counts)
        await ask("content", { type: "report", ...counts })
    }

    return {
        soon() {
            timer ??= setTimeout(() => {
                timer = undefined
                if (JSON.stringify(count()) !== last) tell().catch(() => undefined)
            }, WAIT_MS)
        },
        async now() {
            await tell().catch(() => undefined)
        },
        stop() {
            clearTimeout(timer)
        },
    }
}
