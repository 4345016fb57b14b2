/** A word of ours in the page: what happened to files, and what to do. Nothing in it is secret. */

import { t } from "../../lib/i18n.ts"
import { icon, LAYER_STYLE } from "../style.ts"
import { OURS } from "../walk.ts"

/** Read at the start: after an update of the extension the catalogues do not answer any more. */
const WORDS = {
    lost: t("guardPageLost"),
    revoked: t("guardPageRevoked"),
    failed: t("guardPageFailed"),
    folder: t("guardPageFolder"),
    clipboard: t("guardPageClipboard"),
    restored: t("guardPageRestored"),
    gone: t("guardPageGone"),
    refused: t("guardPageRefused"),
    close: t("close"),
} as const

export type Word = Exclude<keyof typeof WORDS, "close">

const SHOWN_MS = 20_000

const STYLE = `
.card{all:initial;position:fixed;inset-block-end:16px;inset-inline-end:16px;box-sizing:border-box;
display:flex;gap:10px;align-items:flex-start;max-width:min(380px,calc(100vw - 32px));padding:12px 8px 12px 14px;
border-radius:10px;background:#14211e;color:#f3f7f5;border:1px solid #3d5a52;pointer-events:auto;
font:400 14px/20px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;
box-shadow:0 4px 16px rgb(0 0 0/35%)}
svg{flex:none;width:18px;height:18px;margin-block-start:1px}
p{all:unset;display:block;overflow-wrap:anywhere}
button{all:unset;flex:none;cursor:pointer;min-width:28px;min-height:28px;text-align:center;border-radius:6px;
font:500 16px/28px system-ui,sans-serif;color:inherit}
button:hover{background:rgb(255 255 255/12%)}
button:focus-visible{outline:2px solid #fff}
@media (forced-colors:active){.card{border-color:CanvasText}}
@media print{.card{display:none}}
`

let shown: HTMLElement | undefined

export function say(word: Word): void {
    shown?.remove()
    const host = document.createElement("div")
    host.setAttribute(OURS, "notice")
    host.setAttribute("data-word", word)
    host.setAttribute("style", LAYER_STYLE)
    const root = host.attachShadow({ mode: "closed" })
    const style = document.createElement("style")
    style.textContent = STYLE
    const card = document.createElement("div")
    card.className = "card"
    card.setAttribute("role", "alert")
    const text = document.createElement("p")
    text.textContent = WORDS[word]
    const close = document.createElement("button")
    close.type = "button"
    close.textContent = "×"
    close.setAttribute("aria-label", WORDS.close)
    close.addEventListener("click", () => host.remove())
    card.append(icon("seal", document), text, close)
    root.append(style, card)
    document.documentElement?.append(host)
    shown = host
    setTimeout(() => host.remove(), SHOWN_MS)
}
