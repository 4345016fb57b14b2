/**
 * The guard's half in a world of its own: it holds what would give a file to the page, and asks for
 * a sheet. It reads no file, knows no name, and decides nothing; when nobody answers, it holds.
 */

import { askGuard, onGuardOrder } from "../../lib/messages.ts"
import { unguardedFrames } from "./frames.ts"
import { deliver, release } from "./holds.ts"
import { say } from "./notice.ts"
import { passes, setRule } from "./rule.ts"
import { AGAIN, CALL, CLIPBOARD, FOLDER, HOLD, MEET } from "./signals.ts"
import { watch } from "./watch.ts"

let wire: EventTarget | undefined
/** Turned on while the page stood already: what the page listens with came before us. */
const late = document.readyState !== "loading"

/**
 * The wire to the page's world. Only the first counts: it comes before any script of the page. A
 * page that calls for it later must not see the answer: with the wire it could listen before us.
 */
function meet(event: Event): void {
    event.stopImmediatePropagation()
    if (wire !== undefined) return
    const { relatedTarget } = event as MouseEvent
    if (relatedTarget === null) return
    wire = relatedTarget
    wire.addEventListener(HOLD, holdBack)
    wire.addEventListener(FOLDER, (asked) => holdBack(asked) && say("folder"))
    wire.addEventListener(CLIPBOARD, (asked) => holdBack(asked) && say("clipboard"))
    wire.addEventListener(AGAIN, listenAgain)
}

function holdBack(event: Event): boolean {
    if (passes()) return false
    event.preventDefault()
    return true
}

function listenAgain(event: Event): void {
    const { relatedTarget } = event as MouseEvent
    const view = (relatedTarget as Document | null)?.defaultView
    if (!view) return
    if (view === window) view.addEventListener(MEET, meet, { capture: true })
    watch(view)
}

window.addEventListener(MEET, meet, { capture: true })
watch(window)
document.dispatchEvent(new MouseEvent(CALL))

onGuardOrder({
    deliver: async ({ hold }, files) => ({ type: "deliver", delivered: deliver(hold, files) }),
    release: async ({ hold }) => {
        release(hold)
        return { type: "release" }
    },
    rule: async () => {
        await learnRule()
        return { type: "rule" }
    },
    report: async () => ({ type: "report", unguarded: unguardedFrames(), late }),
})

learnRule().catch(
    // Nobody answers: everything stays held, and the first thing held says so.
    () => undefined,
)

/** Asked, not told: the background knows by the browser's stamp whose document this is. */
async function learnRule(): Promise<void> {
    const { rule, exempt } = await askGuard({ type: "stand" })
    setRule(rule, exempt)
}
