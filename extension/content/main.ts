/**
 * The one script that runs in web pages, in a world of its own.
 *
 * It finds sealed blocks and editors, puts a line or a button there, and carries ciphertext to the
 * background. It holds no key, no plaintext and no name, and decides nothing.
 */

import { api } from "../lib/browser.ts"
import { onOrder } from "../lib/messages.ts"
import { unwrap } from "./conceal.ts"
import { retire } from "./frame.ts"
import { isServedFromOutside } from "./realm.ts"
import { type Standing, stand } from "./standing.ts"
import { OURS } from "./walk.ts"

/** Set in this script's own world: another injection of the same extension finds it. */
interface World {
    sottoStanding?: Standing
}
const world = globalThis as World

function begin(): void {
    const former = world.sottoStanding
    if (former?.alive() === true) {
        former.again()
        return
    }
    former?.leave()
    if (!isServedFromOutside(document)) take()
}

function take(): void {
    clear(document)
    const standing = stand(document, () => deafen())
    world.sottoStanding = standing
    const deafen = onOrder({
        insert: async (order) => ({ type: "insert", inserted: await standing.insert(order) }),
        attach: async (_order, beside) => ({ type: "attach", attached: standing.attach(beside) }),
        "look-again": async () => ({ type: "look-again", context: standing.lookAgain() ?? null }),
        reset: async () => {
            standing.reset()
            return { type: "reset" }
        },
        retire: async ({ tokens }) => {
            retire(tokens)
            return { type: "retire" }
        },
        leave: async () => {
            standing.leave()
            return { type: "leave" }
        },
        report: async () => {
            await standing.report()
            return { type: "report" }
        },
    })
}

/** What a copy of this script from before an update left in the page. */
function clear(doc: Document): void {
    for (const left of doc.querySelectorAll(`[${OURS}]`)) {
        if (left.getAttribute(OURS) === "text") unwrap(left)
        else left.remove()
    }
}

if (api.runtime.id !== undefined && document.documentElement !== null) begin()
