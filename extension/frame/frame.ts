/**
 * The reader frame. It stands in a web page, shows one opened letter or what became of it, and
 * holds nothing else: no WASM, no HTML parser, no storage, no consent.
 */

import type { Failure, FrameReply } from "../generated/protocol.ts"
import { toFailure } from "../lib/failure.ts"
import { t } from "../lib/i18n.ts"
import { ask } from "../lib/messages.ts"
import { adviceFor } from "../ui/advice.ts"
import tokens from "../ui/tokens.css"
import { go, tellReady } from "./ask.ts"
import { button, make } from "./build.ts"
import { cardsView } from "./cards.ts"
import own from "./frame.css"
import { letterView } from "./letter.ts"
import { words } from "./words.ts"

type Opened = Extract<FrameReply, { type: "open" }>

/** That we stand is said when the letter has had its turn, in ms; nobody waits for it that long. */
const READY_AFTER_MS = 400
/** We load while we are being admitted; were we faster for once, we ask again. */
const AGAIN_MS = 200

const isFramed = window.top !== window && location.hash.length > 1
// Asked before anything is built: the background works meanwhile.
if (isFramed) void open(false)
const paper = words()

async function open(reveal: boolean, tries = 2): Promise<void> {
    try {
        const opened = await ask("frame", { type: "open", reveal })
        paint(views(opened))
    } catch (error) {
        const failure = toFailure(error)
        // A frame that nobody admitted stays blank: a page that frames us learns nothing.
        if (failure.code === "not-admitted") return
        if (failure.code !== "token-spent") paint(failed(failure))
        else if (tries > 0) setTimeout(() => void open(reveal, tries - 1), AGAIN_MS)
    }
}

function views({ letter, cards, locked }: Opened): Node[] {
    if (locked) return lockedView()
    if (letter !== null) return letterView(letter, paper, () => void open(true))
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

/** The paper keeps its place in the document: a frame that is moved loads anew. */
function paint(nodes: readonly Node[]): void {
    const { element } = paper
    const at = nodes.indexOf(element)
    if (at < 0) paper.clear()
    for (const child of [...document.body.children]) if (child !== element) child.remove()
    element.before(...(at < 0 ? nodes : nodes.slice(0, at)))
    if (at >= 0) element.after(...nodes.slice(at + 1))
}

/** The styles came with the script: each file more would be fetched before the first picture. */
function dress(): void {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(tokens + own)
    document.adoptedStyleSheets = [sheet]
}

if (isFramed) {
    dress()
    document.documentElement.lang = navigator.language
    setTimeout(() => void tellReady().catch(() => undefined), READY_AFTER_MS)
}
