import { CoreError } from "../../lib/failure.ts"
import { Button, IconButton } from "../../ui/Button.tsx"
import { desk, shell, useDoing, useLoaded } from "../../ui/client.ts"
import { FailureNotice, Notice } from "../../ui/Notice.tsx"
import { toast } from "../../ui/Toast.tsx"
import { names, t } from "../../ui/text.ts"
import { dayAndTime } from "../../ui/time.ts"
import { parkedArrived } from "./parkedDrafts.ts"
import { WHY_NOT } from "./place.ts"

/** Sealed letters that wait for an editor of this site. */
export function ParkedList({ site, tab }: { site: string; tab: number | null }) {
    const parked = useLoaded(site, async () => {
        const reply = await desk({ type: "parked-for", site })
        return reply.parked
    })
    const { failure, run } = useDoing()
    const gone = async (id: string) => {
        await desk({ type: "unpark", id })
        parked.reload()
    }
    const copySealed = (id: string, text: string) =>
        run(async () => {
            await navigator.clipboard.writeText(text)
            await parkedArrived(id)
            parked.reload()
            toast(t("sealedCopied"))
        })
    const insert = (id: string, text: string, into: number) =>
        run(async () => {
            const request = { tab: into, text, oneLine: false, subject: null }
            const { inserted } = await shell({ type: "insert", ...request })
            if (inserted === "gone") return toast(t("sealedParkedText"))
            const why = WHY_NOT[inserted]
            if (why) throw new CoreError(why)
            await parkedArrived(id)
            parked.reload()
            toast(t("sealedInserted"))
        })
    return (
        <>
            <FailureNotice failure={failure} />
            {(parked.value ?? []).map(({ id, text, names: readers, until }) => (
                <Notice
                    key={id}
                    icon="letter"
                    test="parked"
                    title={t("parkedTitle")}
                    actions={
                        <>
                            {tab !== null && (
                                <Button
                                    size="small"
                                    kind="primary"
                                    test="parked-insert"
                                    onPress={() => insert(id, text, tab)}
                                >
                                    {t("sealedInsert")}
                                </Button>
                            )}
                            <Button
                                size="small"
                                test="parked-copy"
                                onPress={() => copySealed(id, text)}
                            >
                                {t("copy")}
                            </Button>
                            <span class="push">
                                <IconButton
                                    small
                                    test="parked-drop"
                                    icon="trash"
                                    label={t("parkedDrop")}
                                    onPress={() => run(() => gone(id))}
                                />
                            </span>
                        </>
                    }
                >
                    {t("parkedText", names(readers), dayAndTime(until))}
                </Notice>
            ))}
        </>
    )
}
