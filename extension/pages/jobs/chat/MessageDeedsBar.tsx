import { useEffect, useRef, useState } from "preact/hooks"
import type { ChatMessage } from "../../../generated/protocol.ts"
import { IconButton } from "../../../ui/Button.tsx"
import { t } from "../../../ui/text.ts"
import type { MessageDeeds } from "./deeds.ts"

const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"] as const

/** What can be done with the message in hand; painted for one message at a time. */
export function MessageDeedsBar(props: { message: ChatMessage; deeds: MessageDeeds }) {
    const { message, deeds } = props
    const { may, reactions } = message
    const [reacting, setReacting] = useState(false)
    const choice = useRef<HTMLFieldSetElement>(null)
    useEffect(() => {
        if (reacting) choice.current?.querySelector("button")?.focus()
    }, [reacting])
    if (reacting) {
        const own = new Set(reactions.filter((one) => one.own).map((one) => one.emoji))
        return (
            <fieldset ref={choice} class="message-deeds" aria-label={t("chatReact")}>
                {EMOJI.map((emoji) => (
                    <button
                        key={emoji}
                        type="button"
                        class="btn btn-quiet btn-icon btn-small emoji"
                        aria-pressed={own.has(emoji)}
                        data-test="react-with"
                        data-emoji={emoji}
                        onClick={() => {
                            setReacting(false)
                            deeds.react(message, emoji, !own.has(emoji))
                        }}
                    >
                        {emoji}
                    </button>
                ))}
            </fieldset>
        )
    }
    const isText = message.body.type === "text"
    return (
        <div class="message-deeds" role="toolbar" aria-label={t("chatDeeds")}>
            {may.retry && <Deed name="retry" icon="refresh" onPress={() => deeds.retry(message)} />}
            {may.react && <Deed name="react" icon="smile" onPress={() => setReacting(true)} />}
            {may.reply && <Deed name="reply" icon="reply" onPress={() => deeds.reply(message)} />}
            {may.edit && <Deed name="edit" icon="pen" onPress={() => deeds.edit(message)} />}
            {isText && <Deed name="copy" icon="copy" onPress={() => deeds.copy(message)} />}
            {may.delete && (
                <Deed name="delete" icon="trash" onPress={() => deeds.remove(message)} />
            )}
        </div>
    )
}

const LABEL = {
    retry: "chatRetry",
    react: "chatReact",
    reply: "chatReply",
    edit: "chatEdit",
    copy: "copy",
    delete: "chatDelete",
} as const

function Deed(props: {
    name: keyof typeof LABEL
    icon: "refresh" | "smile" | "reply" | "pen" | "copy" | "trash"
    onPress: () => void
}) {
    return (
        <IconButton
            small
            test={`message-${props.name}`}
            icon={props.icon}
            label={t(LABEL[props.name])}
            onPress={props.onPress}
        />
    )
}
