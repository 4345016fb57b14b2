/**
 * The reader frame. It stands in a web page, shows one opened letter or what became of it, and
 * holds nothing else: no WASM, no HTML parser, no storage, no consent.
 */

import type { Failure, FrameReply } from "../generated/protocol.ts"
import { toFailure } from "../lib/failure.ts"
import { t } from "../lib/i18n.ts"
import { ask } from "../lib/messages.ts"
import { adviceFor } from "../ui/advice.ts"
import { go, tellReady } from "./ask.ts"
import { button, make } from "./build.ts"
import { cardsView } from "./cards.ts"
import { letterView } from "./letter.ts"

type Opened = Extract<FrameReply, { type: "open" }>

async function open(reveal: boolean): Promise<void> {
    try {
        const opened = await ask("frame", { type: "open", reveal })
        paint(views(opened))
    } catch (error) {
        const failure = toFailure(error)
        // A frame that nobody admitted stays blank: a page that frames us learns nothing.
        if (failure.code !== "not-admitted" && failure.code !== "token-spent") {
            paint(failed(failure))
        }
    }
}

function views({ letter, cards, locked }: Opened): Node[] {
    if (locked) return lockedView()
    if (letter !== null) return letterView(letter, () => void open(true))
    if (cards.length > 0) return cardsView(cards)
    return failed({ code: "nothing-found" })
}

function lockedView(): Node[] {
    return [
        make("header", "", make("h1", "", t("frame_lockedTitle"))),
        make("main", "plain", t("frame_lockedText")),
        make(
            "footer",
            "",
            button(t("frame_unlock"), "main", () => go("unlock")),
            button(t("frame_elsewhere"), "", () => go("open-in-sotto")),
        ),
    ]
}

function failed(failure: Failure): Node[] {
    return [
        make("header", "", make("h1", "", t("frame_failedTitle"))),
        make("main", "plain", adviceFor(failure)),
        make(
            "footer",
            "",
            button(t("frame_elsewhere"), "", () => go("open-in-sotto")),
        ),
    ]
}

function paint(nodes: readonly Node[]): void {
    document.body.replaceChildren(...nodes)
}

if (window.top !== window && location.hash.length > 1) {
    document.documentElement.lang = navigator.language
    tellReady().catch(() => undefined)
    void open(false)
}
