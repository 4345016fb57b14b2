/** What messages say, in words. */

import type { MessageKey } from "../../../generated/messages.ts"
import {
    type AlarmKind,
    type ChatBody,
    type ChatMessage,
    type DeliveryState,
    MAX_TELLING,
} from "../../../generated/protocol.ts"
import { names, t } from "../../../ui/text.ts"

export const ALARM = {
    forked: "chatAlarmForked",
    withheld: "chatAlarmWithheld",
    injected: "chatAlarmInjected",
    "refused-change": "chatAlarmRefusedChange",
    misbehaved: "chatAlarmMisbehaved",
    "other-epoch": "chatAlarmOtherEpoch",
} as const satisfies Record<AlarmKind, MessageKey>

export const DELIVERY = {
    waiting: "chatWaiting",
    sending: "chatSending",
    sent: "chatSent",
    delivered: "chatDelivered",
    read: "chatRead",
    failed: "chatFailed",
} as const satisfies Record<DeliveryState, MessageKey>

/** Up to so many people tell each other what they have read, in words. */
export const TELLING = String(MAX_TELLING)

export function nameOf(name: string): string {
    return name || t("chatStranger")
}

/** Somebody's words; anything else happened, and is told. */
export function isSaid(body: ChatBody): boolean {
    return body.type === "text" || body.type === "deleted" || body.type === "newer"
}

type Note = Exclude<ChatBody, { type: "text" | "deleted" | "newer" }>

/** What happened, as one sentence. */
function noteText(body: Note, who: string, own: boolean): string {
    return own ? ownNote(body, who) : othersNote(body, who)
}

function ownNote(body: Note, who: string): string {
    switch (body.type) {
        case "added":
            return t("chatAddedYou", names(body.names.map(nameOf)))
        case "removed":
            return t("chatRemovedYou", names(body.names.map(nameOf)))
        case "left":
            return t("chatLeftYou")
        case "renamed":
            return t("chatRenamedYou", body.name)
        case "rights-changed":
            return t("chatRightsYou")
        default:
            return othersNote(body, who)
    }
}

function othersNote(body: Note, who: string): string {
    switch (body.type) {
        case "began":
            return t("chatBegan")
        case "added":
            return t("chatAddedBy", who, names(body.names.map(nameOf)))
        case "removed":
            return t("chatRemovedBy", who, names(body.names.map(nameOf)))
        case "left":
            return t("chatLeftBy", who)
        case "renamed":
            return t("chatRenamedBy", who, body.name)
        case "rights-changed":
            return t("chatRightsBy", who)
        case "new-device":
            return t("chatNewDevice", who)
        case "alarm":
            return t(ALARM[body.kind])
    }
}

/** The words of a message, or the sentence that stands for it. */
export function said({ body, author }: ChatMessage): string {
    switch (body.type) {
        case "text":
            return body.text
        case "deleted":
            return author.own ? t("chatDeletedYou") : t("chatDeleted")
        case "newer":
            return t("chatNewer")
        default:
            return noteText(body, nameOf(author.name), author.own)
    }
}

/** One line of a list: whose, where that is not plain, and the words. */
export function lastLine(message: ChatMessage, inGroup: boolean): string {
    const words = said(message).replaceAll(/\s+/gu, " ")
    if (!isSaid(message.body)) return words
    if (message.author.own) return t("chatYouSaid", words)
    return inGroup ? t("chatSomebodySaid", nameOf(message.author.name), words) : words
}
