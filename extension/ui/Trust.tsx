import type { MessageKey } from "../generated/messages.ts"
import type { ContactBrief, Trust } from "../generated/protocol.ts"
import { Icon, type IconName } from "./Icon.tsx"
import { t } from "./text.ts"

export const TRUST_LABEL = {
    unknown: "trustUnknown",
    known: "trustKnown",
    verified: "trustVerified",
    changed: "trustChanged",
    blocked: "trustBlocked",
} satisfies Record<Trust, MessageKey>

export const TRUST_MEANING = {
    unknown: "trustUnknownMeaning",
    known: "trustKnownMeaning",
    verified: "trustVerifiedMeaning",
    changed: "trustChangedMeaning",
    blocked: "trustBlockedMeaning",
} satisfies Record<Trust, MessageKey>

const TRUST_ICON = {
    unknown: "person",
    known: "check",
    verified: "shield",
    changed: "alert",
    blocked: "block",
} satisfies Record<Trust, IconName>

/** The state of a key in one word; colour only repeats what icon and word say. */
export function TrustBadge({ trust }: { trust: Trust }) {
    return (
        <span class={`trust trust-${trust}`} data-test="trust" data-trust={trust}>
            <Icon name={TRUST_ICON[trust]} size={13} />
            {t(TRUST_LABEL[trust])}
        </span>
    )
}

/** What stands beside a contact's name: how sure the key is, or why there is nothing to be sure of. */
export function ContactBadge({ contact }: { contact: ContactBrief }) {
    if (contact.kind === "card") return <TrustBadge trust={contact.trust} />
    const own = contact.kind === "own"
    return (
        <span class={`trust trust-${contact.kind}`} data-test="trust" data-trust={contact.kind}>
            <Icon name={own ? "person" : "key"} size={13} />
            {own ? t("trustOwn") : t("trustKey")}
        </span>
    )
}

export function Avatar({ id, name, large }: { id: string; name: string; large?: boolean }) {
    const initials = id ? firstLetters(name) : ""
    const classes = `avatar${large ? " large" : ""}${id ? "" : " nobody"}`
    return (
        <span class={classes} style={{ "--hue": hue(id) }} aria-hidden="true">
            {initials || <Icon name="person" />}
        </span>
    )
}

/** Who someone is, as one line and a half. */
export function Person({ contact }: { contact: ContactBrief }) {
    return (
        <span class="person grow">
            <Avatar id={contact.id} name={contact.name} />
            <span class="grow">
                <span class="person-name ellipsis block" dir="auto">
                    {contact.name || contact.address}
                </span>
                {contact.name && (
                    <span class="person-address ellipsis block">{contact.address}</span>
                )}
            </span>
        </span>
    )
}

function firstLetters(name: string): string {
    const words = name.split(/[\s@.]+/u).filter((word) => /^\p{L}/u.test(word))
    const letters = words.slice(0, 2).map((word) => [...word][0] ?? "")
    return letters.join("").toLocaleUpperCase()
}

/** A steady tint for each key, so that lists are easy to scan; it proves nothing. */
function hue(id: string): number {
    return Number.parseInt(id.slice(0, 4) || "0", 16) % 360 || 170
}
