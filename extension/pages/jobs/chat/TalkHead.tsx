import type { Conversation, ConversationBrief } from "../../../generated/protocol.ts"
import { IconButton } from "../../../ui/Button.tsx"
import { Icon } from "../../../ui/Icon.tsx"
import { Avatar, TrustBadge } from "../../../ui/Trust.tsx"
import { count, t } from "../../../ui/text.ts"
import type { Ways } from "./TalkView.tsx"

/** Whom one talks with, how sure that is, and the ways from here. */
export function TalkHead(props: { conversation: Conversation } & Ways) {
    const { brief, roster } = props.conversation
    return (
        <header class="talk-head">
            <span class="talk-back">
                <IconButton
                    small
                    test="back"
                    icon="back"
                    label={t("back")}
                    onPress={props.onBack}
                />
            </span>
            <button
                type="button"
                class="talk-who"
                data-test="talk-details"
                title={t("chatDetails")}
                onClick={() => props.onDetails(brief.id)}
            >
                <TalkFace brief={brief} />
                <span class="grow">
                    <h2 class="ellipsis" dir="auto" data-test="talk-title">
                        {brief.title}
                    </h2>
                    <span class="small soft ellipsis block">
                        {brief.kind === "group"
                            ? membersWords(roster.length)
                            : presenceWords(brief)}
                    </span>
                </span>
                {brief.contact && <TrustBadge trust={brief.contact.trust} />}
            </button>
            <IconButton
                small
                test="talk-search"
                icon="search"
                label={t("chatSearch")}
                onPress={() => props.onSearch(brief.id)}
            />
        </header>
    )
}

/** Nothing of a group that is left: who is in it now is not known. */
function membersWords(amount: number): string {
    return amount === 0 ? "" : count("chatMembers", amount)
}

/** A person's letters with their presence, or the sign of a group. */
export function TalkFace({ brief }: { brief: ConversationBrief }) {
    return (
        <span class="face" data-presence={brief.presence}>
            {brief.contact ? (
                <Avatar id={brief.contact.id} name={brief.title} />
            ) : (
                <span class="avatar" aria-hidden="true">
                    <Icon name="people" />
                </span>
            )}
        </span>
    )
}

/** Whether the other is here, where that is known; else their address. */
function presenceWords({ presence, contact }: ConversationBrief): string {
    return presence === "here" ? t("chatHere") : (contact?.address ?? "")
}
