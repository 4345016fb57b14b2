/** What content scripts ask. A page wrote all of it; the browser stamped who and where. */

import type { ComposeContext, Errand, Retired, Stamp } from "../generated/protocol.ts"
import { openTab } from "../lib/browser.ts"
import { CoreError } from "../lib/failure.ts"
import { order } from "../lib/messages.ts"
import { errandFor } from "../lib/surface.ts"
import { admit, arrive, close, desk, errandOf, status } from "./core.ts"
import { noteEditor } from "./editors.ts"
import { hand } from "./files.ts"
import { placeOf, stampOf } from "./gate.ts"
import type { Table } from "./router.ts"
import { noteArrival, noteReport } from "./sights.ts"
import { isGranted } from "./sites.ts"
import { openJob } from "./surfaces.ts"

export const contentHandlers: Table<"content"> = {
    async hello(request, sender) {
        await request
        const stamp = stampOf(sender)
        await Promise.all([noteArrival(stamp), arrive(stamp), leaveFormer(stamp)])
        const [{ settings }, granted] = await Promise.all([status(), isGranted(stamp.origin)])
        return { type: "hello", adapters: settings.adapters, granted }
    },

    async report(request, sender) {
        await noteReport(stampOf(sender), await request)
        return { type: "report" }
    },

    async admit(request, sender) {
        const { token, block } = await request
        for (const one of await admit(token, block, stampOf(sender))) retire(one)
        return { type: "admit" }
    },

    async close(request, sender) {
        await close((await request).token, stampOf(sender))
        return { type: "close" }
    },

    async "open-in-sotto"(request, sender) {
        const stamp = stampOf(sender)
        const errand = request.then(({ block }) => errandOf(block, stamp))
        await openJob("read", placeOf(sender), errand)
        return { type: "open-in-sotto" }
    },

    async "open-file"(request, sender, _body, [file]) {
        await request
        if (!(file instanceof File)) throw new CoreError("malformed-message")
        await openTab(
            `pages/files.html?handed=${hand(file, stampOf(sender).private)}`,
            placeOf(sender),
        )
        return { type: "open-file" }
    },

    async compose(request, sender) {
        const stamp = stampOf(sender)
        const errand = request.then(({ context }) => composeErrand(context, stamp))
        await openJob("compose", placeOf(sender), errand)
        return { type: "compose" }
    },
}

/** All documents of the tab are told; the one that has the frame takes it away. */
function retire({ tab, token }: Retired): void {
    order(tab, {}, { type: "retire", tokens: [token] }).catch(() => undefined)
}

/** The errand of an editor; sealed text finds the way back to it. */
export async function composeErrand(context: ComposeContext, stamp: Stamp): Promise<Errand> {
    await noteEditor(stamp)
    const compose = { ...context, site: stamp.origin }
    return errandFor("compose", { tab: stamp.tab, compose })
}

/** Another page stands in the tab: what was opened on the former one is no news of this one. */
async function leaveFormer({ tab, frame }: Stamp): Promise<void> {
    if (frame === 0) await desk({ type: "page-left", tab })
}
