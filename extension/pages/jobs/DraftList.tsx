import type { DraftBrief } from "../../generated/protocol.ts"
import { IconButton } from "../../ui/Button.tsx"
import { desk } from "../../ui/client.ts"
import { Icon } from "../../ui/Icon.tsx"
import { toast } from "../../ui/Toast.tsx"
import { names, t } from "../../ui/text.ts"
import { brief } from "../../ui/time.ts"

/** Letters that were begun. */
export function DraftList(props: {
    drafts: readonly DraftBrief[]
    onOpen: (id: string) => void | Promise<void>
    onChanged: () => void
}) {
    const discard = async (id: string) => {
        await desk({ type: "discard-draft", id })
        props.onChanged()
        toast(t("composeDiscarded"), async () => {
            await desk({ type: "undo-discard" })
            props.onChanged()
        })
    }
    return (
        <ul class="list" data-test="drafts">
            {props.drafts.map((draft) => (
                <li key={draft.id} class="row">
                    <button
                        type="button"
                        class="item grow"
                        data-test="draft"
                        onClick={() => void props.onOpen(draft.id)}
                    >
                        <Icon name={draft.ready ? "pen" : "clock"} size={18} />
                        <span class="grow">
                            <span class="block ellipsis strong" dir="auto">
                                {draft.title || t("draftUntitled")}
                            </span>
                            <span class="block ellipsis small soft">
                                {draft.to.length > 0 ? names(draft.to) : t("draftNobody")}
                                {!draft.ready && draft.to.length > 0 && ` · ${t("draftWaiting")}`}
                            </span>
                        </span>
                        <span class="tiny faint num">{brief(draft.at)}</span>
                    </button>
                    <span class="draft-discard">
                        <IconButton
                            small
                            test="draft-discard"
                            icon="trash"
                            label={t("composeDiscard")}
                            onPress={() => discard(draft.id)}
                        />
                    </span>
                </li>
            ))}
        </ul>
    )
}
