/** What reader frames ask. The token in the frame's stamped address says for which block. */

import type { Errand, FrameReply, FrameRequest } from "../generated/protocol.ts"
import type { Place } from "../lib/browser.ts"
import { CoreError } from "../lib/failure.ts"
import type { ReplyTo } from "../lib/messages.ts"
import { frame } from "./core.ts"
import { placeOf, type Sender, stampOf, tokenOf } from "./gate.ts"
import type { Table } from "./router.ts"
import { lastStatus } from "./status.ts"
import { openJob, openUnlock } from "./surfaces.ts"

export const frameHandlers: Table<"frame"> = {
    async open(request, sender) {
        const { reply } = await outcomeOf(await request, sender)
        return reply as ReplyTo<"frame", "open">
    },

    async "open-in-sotto"(request, sender) {
        await openJob("read", placeOf(sender), errandOf(request, sender))
        return { type: "open-in-sotto" }
    },

    async reply(request, sender) {
        await openJob("compose", placeOf(sender), errandOf(request, sender))
        return { type: "reply" }
    },

    /**
     * Unlocking has the popup; whatever else the frame may want ("Add Alice") has a panel, which
     * unlocks by itself where a worker that was just started does not know better.
     */
    async unlock(request, sender) {
        const vault = lastStatus()?.vault
        const open = vault === "locked" ? openUnlock : openReader
        await open(placeOf(sender), errandOf(request, sender))
        return { type: "unlock" }
    },
}

function openReader(place: Place, errand: Promise<Errand>): Promise<void> {
    return openJob("read", place, errand)
}

async function errandOf(request: Promise<FrameRequest>, sender: Sender): Promise<Errand> {
    const { errand } = await outcomeOf(await request, sender)
    if (errand === undefined) throw new CoreError("bug")
    return errand
}

function outcomeOf(
    request: FrameRequest,
    sender: Sender,
): Promise<{ reply: FrameReply; errand?: Errand }> {
    return frame(request, tokenOf(sender), stampOf(sender))
}
