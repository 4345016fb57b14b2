import type { TargetedKeyboardEvent } from "preact"
import { useEffect, useLayoutEffect, useRef } from "preact/hooks"
import type { ChatMessage } from "../../../generated/protocol.ts"
import { Button, IconButton } from "../../../ui/Button.tsx"
import { live } from "../../../ui/live.ts"
import { FailureNotice } from "../../../ui/Notice.tsx"
import { t } from "../../../ui/text.ts"
import type { Drafting, Pen, Written } from "./pen.ts"
import { nameOf } from "./said.ts"
import type { Talk } from "./useTalk.ts"

/** As many bytes as one message may have; the core refuses more. */
const MAX_BYTES = 16_000
/** Near the end of it the person is told. */
const NEAR_BYTES = 14_000

interface Props {
    talk: Talk
    pen: Pen
    drafting: Drafting
    /** The last message of the person's own that may be changed. */
    onEditLast: () => ChatMessage | undefined
    onSent: () => void
}

/** Where one writes: Enter sends, Shift and Enter begins a line. */
export function Say({ talk, pen, drafting, onEditLast, onSent }: Props) {
    const area = useRef<HTMLTextAreaElement>(null)
    const { text, editing, replyTo } = drafting
    const bytes = bytesOf(text)
    useGrowth(area, text)
    useEffect(() => area.current?.focus(), [pen, editing, replyTo?.message])
    const send = async () => {
        // What the field holds now, which may not be painted yet.
        if (!isSendable(pen.state.text)) return
        await pen.send(async (written) => {
            // At once: what is told of it later is newer than this answer.
            talk.put(await sent(talk.id, written))
            onSent()
        })
    }
    const keys: Record<string, () => boolean> = {
        Enter: () => {
            void send()
            return true
        },
        Escape: () => cancel(pen, drafting),
        // While something is on its way out, the last message is not on the page yet.
        ArrowUp: () => text === "" && !editing && !pen.isSending && editLast(pen, onEditLast()),
    }
    const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>) => {
        if (event.isComposing || event.shiftKey || event.altKey) return
        if (keys[event.key]?.()) event.preventDefault()
    }
    return (
        <div class="say" data-test="say">
            <Above drafting={drafting} pen={pen} />
            <FailureNotice failure={drafting.refused ?? drafting.failure} />
            <div class="say-row">
                <div class="field-box grow">
                    <textarea
                        ref={area}
                        rows={1}
                        value={text}
                        placeholder={t("chatWrite")}
                        aria-label={t("chatWrite")}
                        aria-describedby="say-size"
                        dir="auto"
                        spellcheck={false}
                        autocomplete="off"
                        data-test="say-text"
                        onInput={(event) => pen.write(event.currentTarget.value)}
                        onKeyDown={onKeyDown}
                    />
                </div>
                <Button
                    kind="primary"
                    test="send"
                    disabled={!isSendable(text)}
                    onPress={() => void send()}
                >
                    {editing ? t("chatSave") : t("chatSend")}
                </Button>
            </div>
            <p id="say-size" class="say-size small" aria-live="polite">
                {bytes > NEAR_BYTES && sizeWords(bytes)}
            </p>
        </div>
    )
}

/** The change first, then the answer; `false` where there is neither. */
function cancel(pen: Pen, { editing, replyTo }: Drafting): boolean {
    if (editing) pen.stopEditing()
    else if (replyTo) pen.answer(undefined)
    return Boolean(editing ?? replyTo)
}

function editLast(pen: Pen, last: ChatMessage | undefined): boolean {
    if (last) pen.edit(last)
    return last !== undefined
}

async function sent(conversation: string, { text, editing, replyTo }: Written) {
    if (editing) {
        const message = editing.id
        return (await live({ type: "edit", conversation, message, text })).message
    }
    const reply = replyTo?.message ?? null
    return (await live({ type: "send", conversation, text, replyTo: reply })).message
}

function sizeWords(bytes: number): string {
    const left = MAX_BYTES - bytes
    return left < 0 ? t("chatTooLong") : t("chatBytesLeft", String(left))
}

function Above({ drafting, pen }: { drafting: Drafting; pen: Pen }) {
    const { editing, replyTo } = drafting
    if (!editing && !replyTo) return null
    const name = replyTo?.own ? t("chatYou") : nameOf(replyTo?.name ?? "")
    return (
        <div class="say-above" data-test={editing ? "editing" : "replying"}>
            <span class="grow ellipsis small">
                <b>{editing ? t("chatEditing") : t("chatReplyingTo", name)}</b>{" "}
                {editing ? "" : replyTo?.text}
            </span>
            <IconButton
                small
                test="say-cancel"
                icon="close"
                label={t("cancel")}
                onPress={() => void cancel(pen, drafting)}
            />
        </div>
    )
}

const encoder = new TextEncoder()

function bytesOf(text: string): number {
    return text.length * 3 < NEAR_BYTES ? text.length : encoder.encode(text).length
}

function isSendable(text: string): boolean {
    return text.trim() !== "" && bytesOf(text) <= MAX_BYTES
}

/** As high as its words, up to what the style allows. */
function useGrowth(area: { current: HTMLTextAreaElement | null }, text: string): void {
    useLayoutEffect(() => {
        const element = area.current
        if (!element) return
        element.style.height = "auto"
        element.style.height = `${element.scrollHeight}px`
    }, [area, text])
}
