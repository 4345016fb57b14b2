import { useEffect, useMemo, useRef, useState } from "preact/hooks"
import type { ChatDraft } from "../../../generated/protocol.ts"
import { useSaved } from "../../../ui/unsaved.ts"
import { type Drafting, type Pen, penOf } from "./pen.ts"

export function useDrafting(
    conversation: string,
    draft: ChatDraft,
    saysTyping: () => boolean,
): { pen: Pen; drafting: Drafting } {
    // It may change while the conversation stays: somebody is unblocked, say.
    const latest = useRef(saysTyping)
    latest.current = saysTyping
    // The draft of the opened view alone: what comes later was written here.
    const pen = useMemo(() => penOf(conversation, draft), [conversation])
    const [drafting, setDrafting] = useState(pen.state)
    useEffect(() => {
        pen.saysTyping = () => latest.current()
        pen.paint = setDrafting
        setDrafting(pen.state)
        return () => pen.leave()
    }, [pen])
    useSaved(pen)
    return { pen, drafting }
}
