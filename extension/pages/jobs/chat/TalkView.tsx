import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks"
import type { MessageKey } from "../../../generated/messages.ts"
import type { ChatMessage, Conversation, Ended } from "../../../generated/protocol.ts"
import { adviceFor } from "../../../ui/advice.ts"
import { Button } from "../../../ui/Button.tsx"
import { desk, useDoing, useLoaded } from "../../../ui/client.ts"
import { copy } from "../../../ui/clipboard.ts"
import { Confirm } from "../../../ui/Dialog.tsx"
import { live } from "../../../ui/live.ts"
import { FailureNotice, Notice } from "../../../ui/Notice.tsx"
import { EmptyState, Progress } from "../../../ui/State.tsx"
import { names, t } from "../../../ui/text.ts"
import type { MessageDeeds } from "./deeds.ts"
import { Log } from "./Log.tsx"
import { Say } from "./Say.tsx"
import { said } from "./said.ts"
import { TalkHead } from "./TalkHead.tsx"
import { useDrafting } from "./useDrafting.ts"
import { useNews } from "./useNews.ts"
import { useSeen } from "./useSeen.ts"
import { type Talk, type TalkState, useTalk } from "./useTalk.ts"

export interface Ways {
    onBack: () => void
    onDetails: (conversation: string) => void
    onSearch: (conversation: string) => void
    /** Writes a letter to a contact, where there is no other way. */
    onLetter: (contact: string) => void
}

/** A conversation by its id, or the one with a contact. */
export function TalkView(
    props: { id: string; with?: boolean; position: number | undefined } & Ways,
) {
    const { id } = props
    const opened = useLoaded(id, async () => {
        const reply = props.with
            ? await live({ type: "begin", contact: id })
            : await live({ type: "open-conversation", conversation: id })
        return reply.conversation
    })
    if (opened.failure) return <FailureNotice failure={opened.failure} />
    if (!opened.value) return <Progress>{t("working")}</Progress>
    return <Opened key={opened.value.brief.id} opened={opened.value} {...props} />
}

function Opened(props: { opened: Conversation; position: number | undefined } & Ways) {
    const { talk, state } = useTalk(props.opened)
    const { conversation } = state
    const { brief, may } = conversation
    const { pen, drafting } = useDrafting(brief.id, props.opened.draft, () => may.send)
    const [jump, setJump] = useJump(props.position)
    const [removing, setRemoving] = useState<ChatMessage>()
    const { failure, run } = useDoing()
    const news = useNews(talk)
    const onSeen = useSeen(talk)
    const deeds = useDeeds(talk, run, {
        reply: (message) => pen.answer(message),
        edit: (message) => pen.edit(message),
        remove: (message) => (isSent(message) ? setRemoving(message) : void remove(message)),
        go: (position) => setJump({ position }),
    })
    const remove = (message: ChatMessage) =>
        run(async () => {
            await live({ type: "delete", conversation: brief.id, message: message.id })
            setRemoving(undefined)
        })
    return (
        <section class="talk" data-test="talk" data-id={brief.id} data-kind={brief.kind}>
            <TalkHead conversation={conversation} {...props} />
            <Above conversation={conversation} />
            <FailureNotice failure={failure} />
            <NotLoaded talk={talk} state={state} />
            {state.pages.total === 0 ? (
                <div class="log-frame log-empty">
                    <EmptyState icon="chat" title={t("chatNothingYet", brief.title)}>
                        {may.send && t("chatNothingYetText")}
                    </EmptyState>
                </div>
            ) : (
                <Log talk={talk} state={state} deeds={deeds} jump={jump} onSeen={onSeen} />
            )}
            <p class="talk-typing small soft" aria-live="polite" data-test="typing">
                {conversation.typing.length > 0 && typingWords(conversation.typing)}
            </p>
            <p class="sr" aria-live="polite" data-test="news">
                {news}
            </p>
            {may.send ? (
                <Say
                    talk={talk}
                    pen={pen}
                    drafting={drafting}
                    onEditLast={() => state.pages.newest(({ may: mine }) => mine.edit)}
                    onSent={() => setJump({ position: talk.state.pages.total - 1 })}
                />
            ) : (
                <Closed talk={talk} conversation={conversation} onLetter={props.onLetter} />
            )}
            {removing && (
                <Confirm
                    danger
                    test="delete-message"
                    title={t("chatDeleteTitle")}
                    confirm={t("chatDelete")}
                    onConfirm={() => remove(removing)}
                    onCancel={() => setRemoving(undefined)}
                >
                    <p>{t("chatDeleteText")}</p>
                </Confirm>
            )}
        </section>
    )
}

function isSent({ delivery }: ChatMessage): boolean {
    return delivery?.state !== "failed" && delivery?.state !== "waiting"
}

function typingWords(who: readonly string[]): string {
    return who.length === 1 ? t("chatTyping", names(who)) : t("chatTypingMany", names(who))
}

function useJump(position: number | undefined) {
    const asked = useMemo(() => (position === undefined ? undefined : { position }), [position])
    const [jump, setJump] = useState(asked)
    useEffect(() => {
        if (asked) setJump(asked)
    }, [asked])
    return [jump, setJump] as const
}

type Own = Pick<MessageDeeds, "reply" | "edit" | "remove" | "go">

/** The same object at every paint, so that rows need no new paint; it does what the latest says. */
function useDeeds(
    talk: Talk,
    run: (work: () => Promise<void>) => Promise<void>,
    own: Own,
): MessageDeeds {
    const latest = useRef(own)
    latest.current = own
    return useMemo(
        () => ({
            reply: (message) => latest.current.reply(message),
            edit: (message) => latest.current.edit(message),
            remove: (message) => latest.current.remove(message),
            go: (position) => latest.current.go(position),
            copy: (message) => void copy(said(message)),
            react: (message, emoji, on) =>
                void run(async () => {
                    const { id } = message
                    const reply = await live({
                        type: "react",
                        conversation: talk.id,
                        message: id,
                        emoji,
                        on,
                    })
                    talk.put(reply.message)
                }),
            retry: (message) =>
                void run(async () => {
                    const { id } = message
                    const reply = await live({
                        type: "retry",
                        conversation: talk.id,
                        message: id,
                    })
                    talk.put(reply.message)
                }),
        }),
        [talk, run],
    )
}

function NotLoaded({ talk, state }: { talk: Talk; state: TalkState }) {
    const retry = useCallback(() => talk.retry(), [talk])
    return (
        <FailureNotice
            failure={state.failure}
            actions={
                <Button size="small" test="load-again" onPress={retry}>
                    {t("chatRetry")}
                </Button>
            }
        />
    )
}

/** What must be known before reading on. */
function Above(props: { conversation: Conversation }) {
    const { brief, blockedBy, may } = props.conversation
    if (brief.alarm) {
        return (
            <Notice tone="caution" test="talk-alarm">
                {t("chatAlarmNotice")}
            </Notice>
        )
    }
    if (brief.standing === "offered") {
        return (
            <Notice icon="clock" test="talk-offered">
                {t("chatOffered", brief.title)}
            </Notice>
        )
    }
    if (blockedBy !== null && may.send) {
        return (
            <Notice icon="clock" test="talk-waits">
                {adviceFor({ code: blockedBy })}
            </Notice>
        )
    }
    return null
}

const ENDED = {
    left: "chatEndedLeft",
    removed: "chatEndedRemoved",
    forked: "chatEndedForked",
    "rolled-back": "chatEndedRolledBack",
    lost: "chatEndedLost",
    replaced: "chatEndedReplaced",
    gone: "chatEndedGone",
} as const satisfies Record<Ended, MessageKey>

/** Instead of the place to write: why not, and what to do. */
function Closed(props: {
    talk: Talk
    conversation: Conversation
    onLetter: (contact: string) => void
}) {
    const { brief, ended, blockedBy, may } = props.conversation
    const { failure, run } = useDoing()
    const renew = () =>
        run(async () => {
            const reply = await live({ type: "renew", conversation: brief.id })
            props.talk.take(reply.conversation)
        })
    const { contact } = brief
    const unblock = (id: string) =>
        run(async () => {
            await desk({ type: "block", id, blocked: false })
            const asked = { type: "open-conversation", conversation: brief.id } as const
            props.talk.take((await live(asked)).conversation)
        })
    const unreachable = blockedBy === "contact-unreachable" && contact !== null
    return (
        <div class="say" data-test="closed" data-code={blockedBy ?? ended ?? ""}>
            <Notice
                icon={unreachable ? "letter" : "info"}
                tone={ended === "forked" ? "danger" : "plain"}
                actions={
                    <>
                        {unreachable && (
                            <Button
                                size="small"
                                icon="pen"
                                test="letter-instead"
                                onPress={() => props.onLetter(contact.id)}
                            >
                                {t("chatLetterInstead")}
                            </Button>
                        )}
                        {contact?.trust === "blocked" && (
                            <Button size="small" test="unblock" onPress={() => unblock(contact.id)}>
                                {t("contactUnblock")}
                            </Button>
                        )}
                        {may.renew && (
                            <Button size="small" kind="primary" test="renew" onPress={renew}>
                                {t("chatRenew")}
                            </Button>
                        )}
                    </>
                }
            >
                {closedWords(props.conversation)}
            </Notice>
            <FailureNotice failure={failure} />
        </div>
    )
}

function closedWords({ brief, ended, blockedBy }: Conversation): string {
    if (blockedBy === "contact-unreachable") return t("chatNotReachable", brief.title)
    if (ended !== null) return t(ENDED[ended])
    // The way back is the button beside it, not the contacts.
    if (blockedBy === "contact-blocked") return t("chatBlocked", brief.title)
    return blockedBy === null ? t("chatReadOnly") : adviceFor({ code: blockedBy })
}
