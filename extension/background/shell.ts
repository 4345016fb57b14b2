/** What pages of ours ask of the browser: surfaces, sites, editors. */

import type { Errand, Job } from "../generated/protocol.ts"
import type { Place } from "../lib/browser.ts"
import { CoreError } from "../lib/failure.ts"
import { filesIn } from "../lib/messages.ts"
import { findEditor, insert, lookAgain } from "./editors.ts"
import type { Sender } from "./gate.ts"
import { deliver, guardHere, release, takeHeld } from "./guard.ts"
import type { Table } from "./router.ts"
import { siteOf } from "./sites.ts"
import { errandFor, isJob, openJob } from "./surfaces.ts"

export const shellHandlers: Table<"shell"> = {
    async errand(request, sender) {
        await request
        return { type: "errand", errand: await errandFor(sender) }
    },

    async "open-surface"(request, sender, body) {
        const { job, tab } = peek(body)
        const errand = request.then(({ errand }) => withContext(errand))
        await openJob(job, placeFor(sender, tab), errand)
        return { type: "open-surface" }
    },

    async site(request) {
        return { type: "site", site: await siteOf((await request).tab) }
    },

    async "site-changed"(request) {
        return { type: "site-changed", site: await siteOf((await request).tab) }
    },

    async insert(request) {
        const { tab, text, oneLine, subject } = await request
        return { type: "insert", inserted: await insert(tab, { text, oneLine, subject }) }
    },

    async "look-again"(request) {
        return { type: "look-again", context: await lookAgain((await request).tab) }
    },

    async held(request) {
        return { type: "held", files: takeHeld((await request).hold) }
    },

    async deliver(request, _sender, _body, beside) {
        const { hold, pass } = await request
        return { type: "deliver", delivered: await deliver(hold, pass, filesIn(beside)) }
    },

    async release(request) {
        await release((await request).hold)
        return { type: "release" }
    },

    async "guard-here"(request) {
        return { type: "guard-here", ...(await guardHere((await request).tab)) }
    },
}

/** Job and tab before the strict decoding: the surface must open in this very task. */
function peek(body: unknown): { job: Job; tab: number | undefined } {
    const { errand } = body as { errand?: { job?: unknown; tab?: unknown } }
    if (!isJob(errand?.job)) throw new CoreError("malformed-message")
    return { job: errand.job, tab: typeof errand.tab === "number" ? errand.tab : undefined }
}

function placeFor({ tab }: Sender, wanted: number | undefined): Place {
    return { tab: wanted ?? tab?.id, window: tab?.windowId, gesture: "own" }
}

/** From the popup, a letter for this page is written for the editor that is in sight there. */
async function withContext(errand: Errand): Promise<Errand> {
    const isBare = errand.job === "compose" && errand.compose === null && errand.cards === null
    if (!isBare || errand.tab === null) return errand
    return { ...errand, compose: await findEditor(errand.tab) }
}
