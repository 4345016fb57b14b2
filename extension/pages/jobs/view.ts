import type { ComposeContext, Errand, HoldErrand, ReadErrand } from "../../generated/protocol.ts"

/** What a surface shows. */
export type View =
    | { at: "home" }
    | {
          at: "write"
          context: ComposeContext | null
          to: readonly string[]
          replyTo: string | null
      }
    | { at: "draft"; id: string }
    | { at: "read"; read: ReadErrand }
    | { at: "cards"; text: string }
    | { at: "guard"; hold: HoldErrand; tab: number }

/** The view an errand asks for. */
export function viewOf(errand: Errand | null): View {
    if (!errand) return { at: "home" }
    const { draft, cards, read, compose: context, to, replyTo } = errand
    const { hold, tab } = errand
    if (hold !== null && tab !== null) return { at: "guard", hold, tab }
    if (draft !== null) return { at: "draft", id: draft }
    if (cards !== null) return { at: "cards", text: cards }
    if (read !== null) return { at: "read", read }
    if (errand.job === "compose") return { at: "write", context, to, replyTo }
    return { at: "home" }
}
