import { useState } from "preact/hooks"
import type { MessageKey } from "../../generated/messages.ts"
import type { Comparing, Contact } from "../../generated/protocol.ts"
import { Button } from "../../ui/Button.tsx"
import { Digits, Qr, Words } from "../../ui/Compared.tsx"
import { desk, useDoing } from "../../ui/client.ts"
import { FailureNotice } from "../../ui/Notice.tsx"
import { TabPanel, Tabs } from "../../ui/Segments.tsx"
import { toast } from "../../ui/Toast.tsx"
import { t } from "../../ui/text.ts"
import { Scan } from "./Scan.tsx"

const WAYS = ["words", "number", "code"] as const
type Way = (typeof WAYS)[number]

/** What a way shows, as its tab names it. */
const PANEL = "compare-panel"

const WAY_LABEL = {
    words: "compareWords",
    number: "compareNumber",
    code: "compareCode",
} as const satisfies Record<Way, MessageKey>

/** What two people read to each other; the only way to *verified*. */
export function Compare(props: {
    contact: Contact
    comparing: Comparing
    name: string
    onCompared: () => void
}) {
    const [way, setWay] = useState<Way>("words")
    const { failure, run } = useDoing()
    const { id, trust } = props.contact.brief
    const done = () => {
        toast(t("comparedToast", props.name))
        props.onCompared()
    }
    const agree = () =>
        run(async () => {
            await desk({ type: "compared", id })
            done()
        })
    const scanned = (code: string) =>
        run(async () => {
            await desk({ type: "compared-code", id, code })
            done()
        })
    return (
        <section class="card stack" data-test="compare">
            <h2>{t("compareTitle", props.name)}</h2>
            <p class="small soft">{t("compareLead", props.name)}</p>
            <Tabs
                panel={PANEL}
                label={t("compareTitle", props.name)}
                test="compare-way"
                options={WAYS.map((value) => ({ value, label: t(WAY_LABEL[value]) }))}
                value={way}
                onChange={setWay}
            />
            <TabPanel id={PANEL} of={way}>
                <Shown way={way} comparing={props.comparing} name={props.name} />
                {way === "code" && <Scan onCode={scanned} />}
            </TabPanel>
            <FailureNotice failure={failure} />
            {trust !== "verified" && (
                <div class="stack stack-snug">
                    <Button kind="primary" icon="shield" test="agree" onPress={agree}>
                        {t("compareAgree")}
                    </Button>
                    <p class="small soft">{t("compareDiffer")}</p>
                </div>
            )}
        </section>
    )
}

function Shown(props: { way: Way; comparing: Comparing; name: string }) {
    const { comparing } = props
    switch (props.way) {
        case "words":
            return <Words words={comparing.words} />
        case "number":
            return <Digits groups={comparing.number} />
        case "code":
            return (
                <div class="stack stack-snug">
                    <Qr rows={comparing.qr} label={t("compareCode")} />
                    <p class="small soft">{t("compareCodeText", props.name)}</p>
                </div>
            )
    }
}
