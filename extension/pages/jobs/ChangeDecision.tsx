import { useState } from "preact/hooks"
import type { Challenger } from "../../generated/protocol.ts"
import { Button } from "../../ui/Button.tsx"
import { Words } from "../../ui/Compared.tsx"
import { desk, useDoing } from "../../ui/client.ts"
import { Confirm } from "../../ui/Dialog.tsx"
import { Icon } from "../../ui/Icon.tsx"
import { FailureNotice } from "../../ui/Notice.tsx"
import { toast } from "../../ui/Toast.tsx"
import { t } from "../../ui/text.ts"
import { day } from "../../ui/time.ts"

/** Another key for a known address: why that happens, how to find out, and the decision. */
export function ChangeDecision(props: {
    id: string
    name: string
    challenger: Challenger
    onDecided: () => void
}) {
    const [sure, setSure] = useState(false)
    const { failure, run } = useDoing()
    const { challenger, name } = props
    const decide = (take: boolean) =>
        run(async () => {
            await desk({ type: "decide-change", id: props.id, take })
            setSure(false)
            toast(take ? t("changeTaken") : t("changeRefused"))
            props.onDecided()
        })
    return (
        <section class="card stack card-alarm" data-test="change">
            <h2 class="row row-top">
                <span class="alarm">
                    <Icon name="alert" size={18} />
                </span>
                <span>{t("changeTitle", challenger.address)}</span>
            </h2>
            <p class="small">
                {t("changeLead", day(challenger.seenAt), challenger.name || t("nameless"))}
            </p>
            <div class="stack stack-tight small">
                <p class="strong">{t("changeReasons")}</p>
                <ol class="reasons soft">
                    <li>{t("changeReasonNew")}</li>
                    <li>{t("changeReasonSecond")}</li>
                    <li>{t("changeReasonBetween")}</li>
                </ol>
            </div>
            <p class="small">{t("changeAsk", name)}</p>
            <Words words={challenger.comparing.words} test="challenger-words" />
            <FailureNotice failure={failure} />
            <div class="stack stack-snug">
                <Button test="change-refuse" onPress={() => decide(false)}>
                    {t("changeRefuse")}
                </Button>
                <Button test="change-take" kind="danger" onPress={() => setSure(true)}>
                    {t("changeTake")}
                </Button>
            </div>
            {sure && (
                <Confirm
                    danger
                    test="change-sure"
                    title={t("changeTakeTitle")}
                    confirm={t("changeTakeConfirm")}
                    onCancel={() => setSure(false)}
                    onConfirm={() => decide(true)}
                >
                    <p>{t("changeTakeText")}</p>
                </Confirm>
            )}
        </section>
    )
}
