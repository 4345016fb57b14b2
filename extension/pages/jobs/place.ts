import type { Draft, ErrorCode, Inserted, SealedText } from "../../generated/protocol.ts"
import { desk, shell } from "../../ui/client.ts"
import { t } from "../../ui/text.ts"
import { rememberParked } from "./parkedDrafts.ts"

/** Where a sealed letter is: in the page, waiting for an editor, or here to be copied. */
export type Placed =
    | { at: "editor" }
    | { at: "parked"; parkedId: string | undefined }
    | { at: "here"; why: ErrorCode | undefined }

/** Why what was to be put into a page does not stand there. */
export const WHY_NOT = {
    exact: undefined,
    gone: "editor-gone",
    altered: "editor-altered",
    "too-long": "editor-too-small",
    bcc: "bcc-present",
} as const satisfies Record<Inserted, ErrorCode | undefined>

/** Puts a sealed letter into the page's editor; without one, it waits for the next. */
export async function place(
    draft: Draft,
    sealed: SealedText,
    tab: number | null,
    neutralSubject: boolean,
): Promise<Placed> {
    if (tab === null) return { at: "here", why: undefined }
    const subject = neutralSubject && draft.pageSubject !== null ? t("neutralSubject") : null
    const oneLine = draft.form === "line"
    const { inserted } = await shell({ type: "insert", tab, text: sealed.text, oneLine, subject })
    if (inserted === "exact") {
        await desk({ type: "sent", id: draft.id })
        return { at: "editor" }
    }
    if (inserted === "gone") return park(draft, sealed, tab)
    return { at: "here", why: WHY_NOT[inserted] }
}

async function park(draft: Draft, sealed: SealedText, tab: number): Promise<Placed> {
    const site = draft.site ?? (await siteOf(tab))
    if (!site) return { at: "here", why: undefined }
    const { parked } = await desk({
        type: "park",
        text: sealed.text,
        site,
        names: sealed.names,
        private: draft.private,
    })
    const parkedId = parked.find((one) => one.text === sealed.text)?.id
    if (parkedId !== undefined) await rememberParked(parkedId, draft.id)
    return { at: "parked", parkedId }
}

async function siteOf(tab: number): Promise<string | undefined> {
    const { site } = await shell({ type: "site", tab })
    return site?.origin || undefined
}
