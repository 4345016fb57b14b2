import { useEffect, useState } from "preact/hooks"
import type { Draft, PageAddress } from "../../generated/protocol.ts"
import { LinkButton } from "../../ui/Button.tsx"
import { shell } from "../../ui/client.ts"
import { Notice } from "../../ui/Notice.tsx"
import { names, t } from "../../ui/text.ts"

/**
 * What the page shows now beside what it showed when the letter was begun. A later change by the
 * page is told; it edits nothing.
 */
export function PageNow(props: {
    draft: Draft
    tab: number | null
    onAdd: (addresses: string[]) => void
}) {
    const { tab } = props
    const [shown, setShown] = useState<readonly PageAddress[]>([])
    useEffect(() => {
        if (tab === null) return
        const look = () => {
            shell({ type: "look-again", tab }).then(
                (reply) => setShown(reply.context?.addresses ?? []),
                // Without the page there is nothing to compare with; sealing tells the rest.
                () => setShown([]),
            )
        }
        addEventListener("focus", look)
        return () => removeEventListener("focus", look)
    }, [tab])
    const known = new Set(props.draft.recipients.map((one) => one.address.toLocaleLowerCase()))
    const added = shown
        .filter((one) => one.field !== "bcc" && !known.has(one.address.toLocaleLowerCase()))
        .map((one) => one.address)
    if (added.length === 0) return null
    return (
        <div class="composer-remark" data-test="page-now">
            <Notice
                title={t("pageNow")}
                actions={
                    <LinkButton test="page-now-add" onPress={() => props.onAdd(added)}>
                        {t("pageNowAdd")}
                    </LinkButton>
                }
            >
                {t("pageNowText", names(added))}
            </Notice>
        </div>
    )
}
