import type { ChatMessage } from "../../../generated/protocol.ts"

/** What a person may do with a message; the message says which of it. */
export interface MessageDeeds {
    reply: (message: ChatMessage) => void
    edit: (message: ChatMessage) => void
    remove: (message: ChatMessage) => void
    retry: (message: ChatMessage) => void
    react: (message: ChatMessage, emoji: string, on: boolean) => void
    copy: (message: ChatMessage) => void
    /** To the message that one answers. */
    go: (position: number) => void
}
