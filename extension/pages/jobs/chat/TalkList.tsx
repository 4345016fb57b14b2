import type { ConversationBrief, MessageRequest } from "../../../generated/protocol.ts"
import { Icon } from "../../../ui/Icon.tsx"
import { count, names, t } from "../../../ui/text.ts"
import { brief as briefTime } from "../../../ui/time.ts"
import { lastLine } from "./said.ts"
import { TalkFace } from "./TalkHead.tsx"

interface Props {
    conversations: readonly ConversationBrief[]
    requests: readonly MessageRequest[]
    typing: ReadonlyMap<string, readonly string[]>
    current: string
}

/** All conversations, the newest first; what strangers want stands apart. */
export function TalkList({ conversations, requests, typing, current }: Props) {
    return (
        <>
            {requests.length > 0 && (
                <ul class="list talk-list">
                    <li>
                        <a
                            class="item"
                            href="#requests"
                            aria-current={current === "requests"}
                            data-test="requests"
                            data-count={requests.length}
                        >
                            <Icon name="person" size={18} />
                            <span class="grow">{t("chatRequests")}</span>
                            <Unread amount={requests.length} quiet />
                        </a>
                    </li>
                </ul>
            )}
            <ul class="list talk-list" data-test="talks">
                {conversations.map((one) => (
                    <li key={one.id}>
                        <TalkItem
                            brief={one}
                            typing={typing.get(one.id) ?? []}
                            isCurrent={current === one.id}
                        />
                    </li>
                ))}
            </ul>
        </>
    )
}

function TalkItem(props: {
    brief: ConversationBrief
    typing: readonly string[]
    isCurrent: boolean
}) {
    const { brief, typing, isCurrent } = props
    return (
        <a
            class="item talk-item"
            href={`#talk=${brief.id}`}
            aria-current={isCurrent}
            data-test="talk-item"
            data-id={brief.id}
            data-unread={brief.unread}
            data-presence={brief.presence}
        >
            <TalkFace brief={brief} />
            <span class="grow">
                <span class="row">
                    <span class="person-name ellipsis grow" dir="auto">
                        {brief.title}
                    </span>
                    {brief.alarm && (
                        <span class="talk-mark danger" title={t("chatAlarmNotice")}>
                            <Icon name="alert" size={14} />
                            <span class="sr">{t("chatAlarmNotice")}</span>
                        </span>
                    )}
                    {brief.muted && (
                        <span class="talk-mark" title={t("chatMuted")}>
                            <Icon name="quiet" size={14} />
                            <span class="sr">{t("chatMuted")}</span>
                        </span>
                    )}
                    {brief.last && <span class="tiny faint num">{briefTime(brief.last.at)}</span>}
                </span>
                <span class="row">
                    <span class="small soft ellipsis grow" dir="auto">
                        {lineOf(brief, typing)}
                    </span>
                    {brief.presence === "here" && <span class="sr">{t("chatHere")}</span>}
                    <Unread amount={brief.unread} quiet={brief.muted} />
                </span>
            </span>
        </a>
    )
}

function lineOf(brief: ConversationBrief, typing: readonly string[]): string {
    if (typing.length > 0) {
        return typing.length === 1
            ? t("chatTyping", names(typing))
            : t("chatTypingMany", names(typing))
    }
    if (brief.draft) return t("chatDraftLine", brief.draft)
    if (brief.last) return lastLine(brief.last, brief.kind === "group")
    return brief.contact?.address ?? ""
}

/** How many are unread; nothing where there are none. */
export function Unread({ amount, quiet }: { amount: number; quiet?: boolean }) {
    if (amount === 0) return null
    return (
        <span class={quiet ? "unread unread-quiet" : "unread"} data-test="unread">
            <span aria-hidden="true">{amount > 99 ? "99+" : amount}</span>
            <span class="sr">{count("chatUnread", amount)}</span>
        </span>
    )
}
