import { openFiles } from "../../lib/surface.ts"
import { Button } from "../../ui/Button.tsx"
import { desk, shell, useLoaded, useStatus } from "../../ui/client.ts"
import { EmptyState } from "../../ui/State.tsx"
import { t } from "../../ui/text.ts"
import { DraftList } from "./DraftList.tsx"
import { Dues, ReadyDrafts } from "./Dues.tsx"
import { OpenedList } from "./OpenedList.tsx"
import { PageHealth } from "./PageHealth.tsx"
import { ParkedList } from "./ParkedList.tsx"
import type { View } from "./view.ts"

/** The panel between two jobs: what waits, and a way to begin. */
export function PanelHome(props: {
    tab: number | null
    show: (view: View) => void
    writeFor: (tab: number | null) => void
}) {
    const { tab, show } = props
    const status = useStatus()
    const site = useLoaded(tab, async () => {
        const reply = await shell({ type: "site", tab })
        return reply.site
    })
    const drafts = useLoaded(status?.epoch, async () => {
        const reply = await desk({ type: "drafts" })
        return reply.drafts
    })
    const ready = new Set(status?.readyDrafts.map((draft) => draft.id))
    const others = (drafts.value ?? []).filter((draft) => !ready.has(draft.id))
    const toDraft = (id: string) => show({ at: "draft", id })
    const at = site.value
    return (
        <div class="panel-body" data-test="panel-home">
            {status && <ReadyDrafts drafts={status.readyDrafts} onOpen={toDraft} />}
            <PageHealth tab={tab} origin={null} />
            {at && <ParkedList site={at.origin} tab={at.tab} />}
            {status && <Dues due={status.due} />}
            <Button
                wide
                kind="primary"
                icon="pen"
                test="write"
                onPress={() => props.writeFor(at?.origin ? at.tab : tab)}
            >
                {t("panelWrite")}
            </Button>
            <Button wide icon="paperclip" test="to-files" onPress={openFiles}>
                {t("filesTitle")}
            </Button>
            {at && <OpenedList tab={at.tab} />}
            {others.length > 0 ? (
                <section class="stack stack-snug">
                    <h2 class="label">{t("draftsTitle")}</h2>
                    <DraftList drafts={others} onOpen={toDraft} onChanged={drafts.reload} />
                </section>
            ) : (
                <EmptyState icon="letter" title={t("panelEmpty")}>
                    {t("panelEmptyText")}
                </EmptyState>
            )}
        </div>
    )
}
