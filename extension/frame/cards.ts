/** Contact cards found instead of a letter. Nothing is stored by looking. */

import type { CardLook, CardVerdict } from "../generated/protocol.ts"
import { t } from "../lib/i18n.ts"
import { go } from "./ask.ts"
import { button, make, notice } from "./build.ts"

interface Painted {
    title: string
    /** Leads to a surface; a card is never accepted in a page. */
    action?: string
    warning?: string
}

const PAINT: Record<CardVerdict, (card: CardLook) => Painted> = {
    new: ({ name }) => ({ title: t("frame_cardNew", name), action: t("frame_cardAdd", name) }),
    own: () => ({ title: t("frame_cardOwn") }),
    same: (card) => ({ title: t("frame_cardSame", knownAs(card)) }),
    newer: (card) => ({
        title: t("frame_cardNewer", knownAs(card)),
        action: t("frame_cardUpdate"),
    }),
    older: (card) => ({ title: t("frame_cardOlder", knownAs(card)) }),
    "other-key": (card) => ({
        title: t("frame_cardOtherKey", card.addresses[0] ?? card.name),
        action: t("frame_cardCompare"),
        warning: t("frame_cardOtherKeyText", knownAs(card)),
    }),
    blocked: (card) => ({ title: t("frame_cardBlocked", knownAs(card)) }),
}

export function cardsView(cards: readonly CardLook[]): Node[] {
    const rows = cards.flatMap(cardView)
    if (cards.length < 2) return [...rows, elsewhere()]
    const title = make("header", "", make("h1", "", t("frame_cardsMany", String(cards.length))))
    return [title, ...rows, elsewhere()]
}

function cardView(card: CardLook): Node[] {
    const { title, action, warning } = PAINT[card.verdict](card)
    const text = make("div", "", make("h1", warning === undefined ? "" : "danger", title))
    text.append(make("div", "soft", card.addresses.join(", ")))
    const row = make("section", "card", text)
    if (action !== undefined) row.append(button(action, "main", () => go("unlock")))
    return warning === undefined ? [row] : [row, notice(warning, "danger")]
}

function elsewhere(): HTMLElement {
    return make(
        "footer",
        "",
        button(t("frame_elsewhere"), "", () => go("open-in-sotto")),
    )
}

/** The name the person knows them by, not the one a card claims. */
function knownAs({ contact, name }: CardLook): string {
    return contact?.name || name
}
