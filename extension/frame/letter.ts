/** An opened letter: who sealed it and what that is worth, above the words. */

import type { Letter, NoteKind, Sender } from "../generated/protocol.ts"
import { language, t } from "../lib/i18n.ts"
import { go } from "./ask.ts"
import { button, make, notice } from "./build.ts"
import { copy, print } from "./out.ts"
import { knowsSight } from "./sight.ts"
import type { Words } from "./words.ts"

const NOTES = {
    "seen-before": "frame_noteSeenBefore",
    "date-far": "frame_noteDateFar",
    "address-mismatch": "frame_noteAddressMismatch",
    bare: "frame_noteBare",
    "claims-contact": "frame_noteClaimsContact",
    "parts-left-out": "frame_notePartsLeftOut",
    reduced: "frame_noteReduced",
} as const satisfies Record<NoteKind, string>

/** Notes that call for care. */
const WARNING: ReadonlySet<NoteKind> = new Set(["address-mismatch", "claims-contact", "date-far"])

export function letterView(letter: Letter, words: Words, reveal: () => void): Node[] {
    const notes = letter.notes.map((note) =>
        notice(t(NOTES[note]), WARNING.has(note) ? "caution" : ""),
    )
    const parts = letter.parts.map(({ name, kind }) => name || kind).join(", ")
    if (parts !== "") notes.push(notice(t("frame_parts", parts)))
    const content = letter.withheld ? withheld(reveal) : words.element
    if (!letter.withheld) words.show(letter.text)
    return [heading(letter), ...worth(letter.sender), ...notes, content, actions(letter)]
}

function heading({ sender, sentAt, subject }: Letter): HTMLElement {
    const header = make("header", "")
    const who = make("div", "line", make("h1", isAlarming(sender) ? "danger" : "", nameOf(sender)))
    if (sender !== null && sender.address !== "") who.append(make("span", "soft", sender.address))
    header.append(who)
    const facts = [trustOf(sender), sentAt === null ? "" : moment(sentAt)].filter(Boolean)
    header.append(make("div", "soft", facts.join(" · ")))
    if (subject !== null && subject !== "") header.append(make("div", "subject", subject))
    return header
}

function nameOf(sender: Sender | null): string {
    if (sender === null) return t("frame_noProof")
    if (sender.own) return t("frame_own")
    const name = sender.name || sender.address || t("frame_unnamed")
    return t("frame_from", name)
}

function isAlarming(sender: Sender | null): boolean {
    return sender?.trust === "changed" || sender?.trust === "blocked"
}

/** What the sender's key is worth, in a few words. */
function trustOf(sender: Sender | null): string {
    if (sender === null || sender.own) return ""
    switch (sender.trust) {
        case "unknown":
            return t("frame_firstLetter")
        case "known":
            return sender.since === null
                ? ""
                : t("frame_known", day(sender.since), String(sender.letters))
        case "verified":
            return t(knowsSight ? "frame_verified" : "frame_checkInSotto")
        case "changed":
            return t("frame_changed")
        case "blocked":
            return t("frame_blocked")
    }
}

function worth(sender: Sender | null): HTMLElement[] {
    if (sender === null) return [notice(t("frame_noProofText"), "caution")]
    if (sender.own) return []
    if (sender.trust === "unknown") return [notice(t("frame_firstLetterText"))]
    if (sender.trust === "changed") return [notice(t("frame_changedText"), "danger")]
    return []
}

function withheld(reveal: () => void): HTMLElement {
    return make("main", "plain", button(t("frame_reveal"), "main", reveal))
}

function actions(letter: Letter): HTMLElement {
    const { sender, text } = letter
    const footer = make("footer", "", ...cardAction(letter))
    if (sender !== null && !isAlarming(sender)) {
        footer.append(button(t("frame_reply"), "", () => go("reply")))
    }
    footer.append(button(t("frame_elsewhere"), "", () => go("open-in-sotto")))
    if (letter.withheld) return footer
    footer.append(
        copyButton(text),
        button(t("frame_print"), "", () => print(letter)),
    )
    return footer
}

/** What to do about the card that came with the letter. It is done in a surface of Sotto. */
function cardAction({ card, sender }: Letter): HTMLElement[] {
    if (card === null || sender === null || sender.own) return []
    const lead = (label: string) => [button(label, "main", () => go("unlock"))]
    if (card.verdict === "new") return lead(t("frame_cardAdd", nameOn(sender)))
    if (card.verdict === "newer") return lead(t("frame_cardUpdate"))
    return card.verdict === "other-key" ? lead(t("frame_cardCompare")) : []
}

function nameOn({ name, address }: Sender): string {
    return name || address || t("frame_unnamed")
}

function copyButton(text: string): HTMLElement {
    const element = button(t("frame_copy"), "", () => {
        copy(text).then(
            () => element.replaceChildren(t("frame_copied")),
            () => undefined,
        )
    })
    return element
}

function day(at: number): string {
    return new Intl.DateTimeFormat(language(), { dateStyle: "medium" }).format(at)
}

function moment(at: number): string {
    const style = { dateStyle: "medium", timeStyle: "short" } as const
    return new Intl.DateTimeFormat(language(), style).format(at)
}
