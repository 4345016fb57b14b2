/** Roundcube 1.6, skins "elastic" and its kin. */

import { type Adapter, addressed, addressesIn, type Fields } from "./adapter.ts"

const FIELDS = ["to", "cc", "bcc"] as const

export const roundcube: Adapter = {
    knows: (doc) => doc.querySelector("script[src*='program/js/app']") !== null,

    around(node) {
        const doc = node.ownerDocument
        const senders = doc?.querySelectorAll("#message-header .rcmContactAddress[title]") ?? []
        const [sender] = senders
        const date = doc?.querySelector("#message-header .header-summary .text-nowrap")
        return {
            from: addressesIn(sender?.getAttribute("title") ?? ""),
            date: exactDate(date?.textContent ?? ""),
        }
    },

    /** Its links show a preview; with `_download` they give the bytes. */
    download(link) {
        const url = new URL(link.href)
        if (url.searchParams.get("_action") === "get") {
            url.searchParams.delete("_frame")
            url.searchParams.set("_download", "1")
        }
        return url.href
    },

    attachments: (doc) =>
        doc.querySelector<HTMLInputElement>("input#uploadformInput[type=file]") ??
        doc.querySelector<HTMLInputElement>("#uploadform input[type=file]") ??
        undefined,

    fields(doc) {
        const fields: Fields = {
            addresses: FIELDS.flatMap((field) => {
                const inputs = doc.querySelectorAll<HTMLTextAreaElement>(`[name="_${field}"]`)
                return addressed(
                    field,
                    [...inputs].map(({ value }) => value),
                )
            }),
            subject: doc.querySelector<HTMLInputElement>("input[name='_subject']") ?? undefined,
        }
        return fields
    },
}

/** Roundcube writes "2026-11-21 22:40" unless told otherwise; "Today" is left to the reader. */
function exactDate(text: string): number | undefined {
    const match = /(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2})/u.exec(text)
    if (match === null) return undefined
    const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = match.slice(1).map(Number)
    return new Date(year, month - 1, day, hour, minute).getTime()
}
