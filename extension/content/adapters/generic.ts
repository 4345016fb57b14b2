/** Pages that nobody here knows: fields by the names that people and programs give them. */

import type { PageField } from "../../generated/protocol.ts"
import { fileField } from "../attach.ts"
import { type Adapter, addressed, addressesIn, type Fields } from "./adapter.ts"

type Input = HTMLInputElement | HTMLTextAreaElement
export type Role = PageField | "subject"

/** In this order: "bcc" holds "cc". English and French; a page in another language has names too. */
const ROLES: [Role, RegExp][] = [
    ["subject", /\b(subject|subj|objet|sujet|betreff)/u],
    ["bcc", /\b(bcc|cci|blind|cachée?)\b/u],
    ["cc", /\b(cc|copie|copy)\b/u],
    ["to", /\b(to|recipients?|destinataires?|à)\b/u],
]

/** Attributes in which pages keep the address of a chip. */
const CHIP_ATTRIBUTES = ["email", "data-email", "data-address", "data-hovercard-id", "title"]
const CHIPS = CHIP_ATTRIBUTES.map((name) => `[${name}*="@"]`).join(",")
/** How far around its input a chip may stand, in elements. */
const CHIP_REACH = 3

export function roleOf(input: Input): Role | undefined {
    const label = input.labels?.[0]?.textContent ?? ""
    const names = [input.name, input.id, input.getAttribute("aria-label"), input.placeholder, label]
    const words = names
        .join(" ")
        .slice(0, 400)
        .toLowerCase()
        .replaceAll(/[_\-[\]:.]/gu, " ")
    return ROLES.find(([, pattern]) => pattern.test(words))?.[0]
}

export const generic: Adapter = {
    knows: () => true,
    around: () => ({ from: [], date: undefined }),
    attachments: fileField,
    download: (link) => link.href,
    fields(doc) {
        const fields: Fields = { addresses: [], subject: undefined }
        for (const input of doc.querySelectorAll<Input>("input,textarea")) {
            const role = isTextual(input) ? roleOf(input) : undefined
            if (role === "subject") fields.subject ??= input
            else if (role !== undefined) fields.addresses.push(...addressed(role, textsOf(input)))
        }
        return fields
    },
}

function isTextual(input: Input): boolean {
    return input.nodeName === "TEXTAREA" || /^(text|email|search|)$/u.test(input.type)
}

/** What is typed in an input and what stands as chips beside it. */
function textsOf(input: Input): string[] {
    const texts = [input.value]
    let around: Element | null = input
    for (let step = 0; step < CHIP_REACH; step += 1) {
        around = around.parentElement
        if (around === null || around.querySelectorAll("input,textarea").length > 1) break
        for (const chip of around.querySelectorAll(CHIPS)) texts.push(...chipTexts(chip))
    }
    return texts
}

function chipTexts(chip: Element): string[] {
    const values = CHIP_ATTRIBUTES.map((name) => chip.getAttribute(name) ?? "")
    return values.filter((value) => addressesIn(value).length > 0)
}
