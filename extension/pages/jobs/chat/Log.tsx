import type { TargetedKeyboardEvent } from "preact"
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks"
import type { ChatMessage } from "../../../generated/protocol.ts"
import { Icon } from "../../../ui/Icon.tsx"
import { count, t } from "../../../ui/text.ts"
import { isSameDay } from "../../../ui/time.ts"
import type { MessageDeeds } from "./deeds.ts"
import { MessageRow } from "./MessageRow.tsx"
import { isSaid } from "./said.ts"
import { useScroller } from "./useScroller.ts"
import type { Talk, TalkState } from "./useTalk.ts"

/** Messages of one person closer together than this stand under one name. */
const TOGETHER_MS = 300_000

interface Props {
    talk: Talk
    state: TalkState
    deeds: MessageDeeds
    /** Shown, and marked for a moment; a new object is a new jump. */
    jump: { position: number } | undefined
    /** The last position in sight. */
    onSeen: (position: number) => void
}

/** What was said: a log of any length, of which only what is in sight is painted. */
export function Log({ talk, state, deeds, jump, onSeen }: Props) {
    const { conversation, pages } = state
    const { total } = pages
    const shown = useScroller(total, conversation.firstUnread)
    const { scroller, range, atEnd, look } = shown
    const [active, setActive] = useState<number>()
    const focus = useFocus(shown.block, range)
    useEffect(() => talk.want(range.first, range.last), [talk, range, total])
    useEffect(() => {
        if (jump) look(scroller.jump(jump.position))
    }, [jump, scroller, look])
    useEffect(() => {
        if (total > 0 && range.last >= 0) onSeen(scroller.lastSeen())
    }, [range, state.version, total, scroller, onSeen])
    const to = (position: number) => {
        const row = Math.max(0, Math.min(position, total - 1))
        setActive(row)
        look(scroller.reveal(row))
        focus.want(row)
    }
    return (
        <div class="log-frame">
            <div
                ref={shown.box}
                class="log"
                role="log"
                // The region beside says what is new; rows that scroll into sight are not news.
                aria-live="off"
                aria-label={t("chatLog")}
                // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
                tabIndex={0}
                data-test="log"
                data-total={total}
                onScroll={() => {
                    focus.rescue(shown.box.current)
                    shown.onScroll()
                }}
                onKeyDown={(event) => onKey(event, active ?? scroller.lastSeen(), total, to)}
                onMouseLeave={() => setActive(undefined)}
            >
                <div ref={shown.space} class="log-space">
                    <div ref={shown.block} class="log-block">
                        {positions(range, total).map((position) => (
                            <MessageRow
                                key={position}
                                position={position}
                                total={total}
                                message={pages.at(position)}
                                {...around(state, position)}
                                active={active === position}
                                marked={jump?.position === position}
                                deeds={deeds}
                                onActive={setActive}
                            />
                        ))}
                    </div>
                </div>
            </div>
            {!atEnd && (
                <button
                    type="button"
                    class="btn btn-small log-end"
                    data-test="to-end"
                    onClick={() => look(scroller.toEnd())}
                >
                    <Icon name="down" size={14} />
                    {conversation.brief.unread > 0
                        ? count("chatNewBelow", conversation.brief.unread)
                        : t("chatToEnd")}
                </button>
            )}
        </div>
    )
}

function positions({ first, last }: { first: number; last: number }, total: number): number[] {
    const end = Math.min(last, total - 1)
    return Array.from({ length: Math.max(0, end - first + 1) }, (_, at) => first + at)
}

/** What of a message depends on those before and after it. */
function around({ conversation, pages }: TalkState, position: number) {
    const message = pages.at(position)
    const before = pages.at(position - 1)
    const day = message !== undefined && !(before && isSameDay(before.at, message.at))
    const unread = conversation.firstUnread === position
    const follows = !day && !unread && isTogether(before, message)
    const group = conversation.brief.kind === "group"
    return { day, unread, follows, named: group && !follows }
}

function isTogether(before: ChatMessage | undefined, message: ChatMessage | undefined): boolean {
    return (
        before !== undefined &&
        message !== undefined &&
        before.author.id === message.author.id &&
        message.at - before.at < TOGETHER_MS &&
        isSaid(before.body) &&
        isSaid(message.body)
    )
}

function onKey(
    event: TargetedKeyboardEvent<HTMLElement>,
    at: number,
    total: number,
    to: (position: number) => void,
): void {
    const steps: Record<string, number> = {
        ArrowUp: at - 1,
        ArrowDown: at + 1,
        Home: 0,
        End: total - 1,
    }
    const inRow = event.target instanceof HTMLElement && event.target.matches("article")
    const next = steps[event.key]
    if (event.target === event.currentTarget && event.key === "ArrowUp") to(at)
    else if (next !== undefined && (inRow || event.target === event.currentTarget)) to(next)
    else if (event.key === "Escape") to(at)
    else if (event.key === "Enter" && inRow) firstButton(event.target as HTMLElement)?.focus()
    else return
    event.preventDefault()
}

function firstButton(row: HTMLElement): HTMLElement | null {
    return row.querySelector<HTMLElement>(".message-deeds button")
}

/** Focus on a row that is not painted yet, and focus that must not be lost with a row. */
function useFocus(block: { current: HTMLElement | null }, range: { first: number; last: number }) {
    const wanted = useRef<number | undefined>(undefined)
    useLayoutEffect(() => {
        const row = wanted.current
        if (row === undefined || row < range.first || row > range.last) return
        const element = block.current?.children[row - range.first]
        if (!(element instanceof HTMLElement)) return
        wanted.current = undefined
        element.focus({ preventScroll: true })
    })
    return {
        want: (row: number) => {
            wanted.current = row
        },
        /** A focused row that scrolls away leaves the focus to the log. */
        rescue: (box: HTMLElement | null) => {
            const focused = document.activeElement
            if (!box || !focused || !block.current?.contains(focused)) return
            const { top, bottom } = focused.getBoundingClientRect()
            const edge = box.getBoundingClientRect()
            if (bottom < edge.top || top > edge.bottom) box.focus({ preventScroll: true })
        },
    }
}
