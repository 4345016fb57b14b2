/**
 * Which draft a parked letter came from, so that the draft goes when the letter has arrived and
 * stays until then. Ids alone, for as long as the browser runs.
 */

import { api } from "../../lib/browser.ts"
import { toFailure } from "../../lib/failure.ts"
import { desk } from "../../ui/client.ts"

const keyOf = (parkedId: string) => `parked-draft:${parkedId}`

export async function rememberParked(parkedId: string, draftId: string): Promise<void> {
    await api.storage.session.set({ [keyOf(parkedId)]: draftId })
}

/** The parked letter is in an editor or on the clipboard. */
export async function parkedArrived(parkedId: string): Promise<void> {
    const key = keyOf(parkedId)
    const { [key]: draftId } = await api.storage.session.get(key)
    await desk({ type: "unpark", id: parkedId })
    if (typeof draftId !== "string") return
    await api.storage.session.remove(key)
    await desk({ type: "sent", id: draftId }).catch(gone)
}

/** The person threw the draft away meanwhile: nothing is left to end. */
function gone(error: unknown): void {
    if (toFailure(error).code !== "draft-unknown") throw error
}
