import { useMemo, useState } from "preact/hooks"
import type { ChatMessage, Delivery, Quoted } from "../../../generated/protocol.ts"
import { count, names, t } from "../../../ui/text.ts"
import { clock, dayLine } from "../../../ui/time.ts"
import type { MessageDeeds } from "./deeds.ts"
import { partsOf } from "./links.ts"
import { MessageDeedsBar } from "./MessageDeedsBar.tsx"
import { DELIVERY, isSaid, nameOf, said } from "./said.ts"

interface Props {
    position: number
    total: number
    message: ChatMessage | undefined
    /** The first of its day. */
    day: boolean
    /** The first that was not seen. */
    unread: boolean
    /** Goes on where the one before ended. */
    follows: boolean
    /** Under its author's name. */
    named: boolean
    active: boolean
    marked: boolean
    deeds: MessageDeeds
    onActive: (position: number) => void
}

/** Few elements: a log may show a hundred and fifty of them, no more. */
export function MessageRow(props: Props) {
    const { position, total, message, day, unread, follows, named, active, marked, deeds } = props
    // The same elements again cost nothing to paint again.
    const inner = useMemo(
        () =>
            message && (
                <>
                    {day && <div class="log-day">{dayLine(message.at)}</div>}
                    {unread && <div class="log-unread">{t("chatUnreadFromHere")}</div>}
                    {isSaid(message.body) ? (
                        <Bubble
                            message={message}
                            named={named}
                            deeds={deeds}
                            stop={active ? 0 : -1}
                        />
                    ) : (
                        <p class={noteClass(message)}>{said(message)}</p>
                    )}
                </>
            ),
        [message, day, unread, named, deeds, active],
    )
    if (!message) return <div class="said said-absent" aria-hidden="true" />
    return (
        <article
            class={classOf(message, follows, marked)}
            aria-label={labelOf(message)}
            aria-posinset={position + 1}
            aria-setsize={total}
            tabIndex={-1}
            data-test="message"
            data-id={message.id}
            data-position={position}
            data-kind={message.body.type}
            data-delivery={message.delivery?.state}
            onMouseEnter={() => props.onActive(position)}
            onFocusCapture={() => props.onActive(position)}
        >
            {inner}
            {active && isSaid(message.body) && <MessageDeedsBar message={message} deeds={deeds} />}
        </article>
    )
}

function classOf({ author, body }: ChatMessage, follows: boolean, marked: boolean): string {
    const classes = [
        "said",
        author.own && isSaid(body) && "said-own",
        follows && "said-follows",
        marked && "said-marked",
    ]
    return classes.filter(Boolean).join(" ")
}

function noteClass({ body }: ChatMessage): string {
    return body.type === "alarm" ? "log-note log-alarm" : "log-note"
}

/** Who, when and how far: what the eye takes from place and colour. */
function labelOf({ author, at, delivery }: ChatMessage): string {
    const who = author.own ? t("chatYou") : nameOf(author.name)
    const far = delivery ? [t(DELIVERY[delivery.state])] : []
    return [who, clock(at), ...far].join(", ")
}

/** Beyond this a message is cut, until it is asked for. */
const LONG_CHARACTERS = 1_600
const LONG_LINES = 24

interface Saying {
    message: ChatMessage
    named: boolean
    deeds: MessageDeeds
    /**
     * Tab goes through what is in the row in hand alone: a log is one stop, whatever its length,
     * and what is painted above its window is none at all.
     */
    stop: 0 | -1
}

function Bubble(props: Saying) {
    const { message, named, deeds, stop } = props
    const { author, body, replyTo, reactions, delivery } = message
    const [whole, setWhole] = useState(false)
    const text = said(message)
    const long = text.length > LONG_CHARACTERS || text.split("\n").length > LONG_LINES
    const cut = long && !whole
    const edited = body.type === "text" && body.edited
    return (
        <div class="bubble">
            {named && !author.own && (
                <span class={`bubble-name bubble-${author.trust}`} dir="auto">
                    {nameOf(author.name)}
                </span>
            )}
            {replyTo && <QuotedButton quoted={replyTo} onGo={deeds.go} stop={stop} />}
            <Words text={text} quiet={body.type !== "text"} cut={cut} stop={stop} />
            {cut && (
                <button
                    type="button"
                    class="link small"
                    tabIndex={stop}
                    data-test="message-whole"
                    onClick={() => setWhole(true)}
                >
                    {t("chatShowWhole")}
                </button>
            )}
            <span class="bubble-foot" data-state={delivery?.state} title={titleOf(message)}>
                {edited ? `${t("chatEdited")} · ${clock(message.at)}` : clock(message.at)}
            </span>
            {reactions.length > 0 && (
                <span class="reactions">
                    {reactions.map(({ emoji, count: amount, own, names: who }) => (
                        <button
                            key={emoji}
                            type="button"
                            class="reaction"
                            aria-pressed={own}
                            aria-label={t("chatReactionBy", emoji, names(who.map(nameOf)))}
                            title={names(who.map(nameOf))}
                            disabled={!message.may.react}
                            tabIndex={stop}
                            data-test="reaction"
                            onClick={() => deeds.react(message, emoji, !own)}
                        >
                            {amount > 1 ? `${emoji} ${amount}` : emoji}
                        </button>
                    ))}
                </span>
            )}
        </div>
    )
}

function Words(props: { text: string; quiet: boolean; cut: boolean; stop: 0 | -1 }) {
    const classes = `bubble-text${props.quiet ? " soft" : ""}${props.cut ? " bubble-cut" : ""}`
    return (
        <div class={classes} dir="auto" data-test="message-text">
            {props.quiet
                ? props.text
                : partsOf(props.text).map(({ text, href }) =>
                      href === undefined ? (
                          text
                      ) : (
                          <a
                              href={href}
                              target="_blank"
                              rel="noopener noreferrer nofollow"
                              title={href}
                              tabIndex={props.stop}
                          >
                              {text}
                          </a>
                      ),
                  )}
        </div>
    )
}

/** The first words of the message answered; pressed, the log goes there. */
function QuotedButton(props: { quoted: Quoted; onGo: (position: number) => void; stop: 0 | -1 }) {
    const { onGo, stop } = props
    const { position, own, name, text } = props.quoted
    return (
        <button
            type="button"
            class="quoted"
            disabled={position === null}
            tabIndex={stop}
            data-test="quoted"
            onClick={() => position !== null && onGo(position)}
        >
            <b>{own ? t("chatYou") : nameOf(name)}</b> {text || t("chatQuotedGone")}
        </button>
    )
}

function titleOf({ delivery }: ChatMessage): string | undefined {
    return delivery ? far(delivery) : undefined
}

/** In a group, how many have it. */
function far({ state, delivered, read, of }: Delivery): string {
    const words = t(DELIVERY[state])
    if (of < 2 || (state !== "sent" && state !== "delivered")) return words
    return [words, count("chatReadBy", read), count("chatDeliveredTo", delivered)].join(" · ")
}
