/**
 * The door of the engine room: in Firefox it is here, in Chromium in an offscreen document, which
 * is opened for the first job and closed after the last.
 */

import { besideOf } from "../engine/items.ts"
import { type Custodian, Room, type RoomItem } from "../engine/room.ts"
import type { ErrorCode, FileProgress } from "../generated/protocol.ts"
import { api } from "../lib/browser.ts"
import { askBeside } from "../lib/messages.ts"

const DOCUMENT = "engine/engine.html"
/** Firefox stops an idle event page after 30 s; a call of the browser's interface keeps it. */
const AWAKE_MS = 15_000

export interface Door {
    run(job: string, items: readonly RoomItem[]): Promise<void>
    progress(job: string): Promise<FileProgress | undefined>
    stop(job: string | null, code: ErrorCode): Promise<void>
}

/** This context has workers, or it has a document that does. */
export function door(custodian: Custodian): Door {
    return typeof Worker === "undefined" ? new Offscreen() : new Here(custodian)
}

class Here implements Door {
    readonly #room: Room
    #awake: ReturnType<typeof setInterval> | undefined

    constructor(custodian: Custodian) {
        this.#room = new Room(custodian, () => this.#sleep())
    }

    async run(job: string, items: readonly RoomItem[]): Promise<void> {
        this.#awake ??= setInterval(() => void api.runtime.getPlatformInfo(), AWAKE_MS)
        this.#room.run(job, items)
    }

    async progress(job: string): Promise<FileProgress | undefined> {
        return this.#room.progress(job)
    }

    async stop(job: string | null, code: ErrorCode): Promise<void> {
        if (job === null) await this.#room.stopAll(code)
        else await this.#room.stop(job, code)
    }

    #sleep(): void {
        clearInterval(this.#awake)
        this.#awake = undefined
    }
}

class Offscreen implements Door {
    async run(job: string, items: readonly RoomItem[]): Promise<void> {
        await open()
        const order = { type: "run" as const, job, items: items.map(({ index }) => index) }
        await askBeside("room", order, besideOf(items))
    }

    async progress(job: string): Promise<FileProgress | undefined> {
        if (!(await isOpen())) return undefined
        const { reply } = await askBeside("room", { type: "progress", job })
        return reply.progress ?? undefined
    }

    async stop(job: string | null, code: ErrorCode): Promise<void> {
        if (!(await isOpen())) return
        await askBeside("room", { type: "stop", job, code })
    }
}

let opening: Promise<void> | undefined

async function open(): Promise<void> {
    if (await isOpen()) return
    opening ??= api.offscreen
        .createDocument({
            url: DOCUMENT,
            reasons: [api.offscreen.Reason.WORKERS, api.offscreen.Reason.BLOBS],
            justification: "Seals files in workers, which a service worker does not have.",
        })
        .finally(() => {
            opening = undefined
        })
    await opening
}

/** The room is done. A job that is just being handed over keeps it. */
export async function closeRoom(): Promise<void> {
    if (opening === undefined && (await isOpen())) await api.offscreen.closeDocument()
}

async function isOpen(): Promise<boolean> {
    if (typeof Worker !== "undefined") return false
    return api.offscreen.hasDocument()
}
