/** The engine room as an offscreen document: Chromium's service worker has no `Worker`. */

import type { ErrorCode, RoomOrder, RoomReply } from "../generated/protocol.ts"
import { api } from "../lib/browser.ts"
import { CoreError, toFailure } from "../lib/failure.ts"
import { askBeside, isEnvelope } from "../lib/messages.ts"
import { itemsOf } from "./items.ts"
import { Room } from "./room.ts"

const room = new Room(
    {
        async header(job, index, length, digest) {
            const body = { type: "payload" as const, job, index, length }
            const { beside } = await askBeside("engine", body, [digest])
            const [header] = beside
            if (!(header instanceof Uint8Array)) throw new CoreError("worker-lost")
            return header.slice()
        },
        async ended(job, failure: ErrorCode | null) {
            await askBeside("engine", { type: "ended", job, failure })
        },
    },
    () => void askBeside("engine", { type: "idle" }).catch(() => undefined),
)

api.runtime.onMessage.addListener((message: unknown, sender, sendResponse) => {
    if (!isEnvelope(message) || message.claim !== "room") return false
    // The background has no tab and, unlike a page of ours, no place in one.
    if (sender.id !== api.runtime.id || sender.tab !== undefined) return false
    answer(message.body as RoomOrder, message.beside ?? []).then(
        (ok) => sendResponse({ id: message.id, ok }),
        (error: unknown) => sendResponse({ id: message.id, error: toFailure(error) }),
    )
    return true
})

async function answer(order: RoomOrder, beside: unknown[]): Promise<RoomReply> {
    switch (order.type) {
        case "run":
            room.run(order.job, itemsOf(order.items, beside))
            return { type: "run" }
        case "progress":
            return { type: "progress", progress: room.progress(order.job) ?? null }
        case "stop":
            if (order.job === null) await room.stopAll(order.code)
            else await room.stop(order.job, order.code)
            return { type: "stop" }
    }
}
