import { Button } from "../../ui/Button.tsx"
import { Fingerprint } from "../../ui/Compared.tsx"
import { desk, useLoaded } from "../../ui/client.ts"
import { copy, download } from "../../ui/clipboard.ts"
import { FailureNotice } from "../../ui/Notice.tsx"
import { SealedBlock } from "../../ui/SealedBlock.tsx"
import { Progress } from "../../ui/State.tsx"
import { t } from "../../ui/text.ts"
import { BackLine } from "./BackLine.tsx"

/** The person's own card, to be given away. */
export function OwnCard({ onBack }: { onBack: () => void }) {
    const own = useLoaded("own", () => desk({ type: "own-card" }))
    if (own.failure) return <FailureNotice failure={own.failure} />
    if (!own.value) return <Progress>{t("working")}</Progress>
    const { card, fingerprint } = own.value
    return (
        <div class="stack stack-loose" data-test="own-card">
            <BackLine onBack={onBack} />
            <div class="stack stack-snug">
                <h2 class="section-title">{t("ownTitle")}</h2>
                <p class="soft">{t("ownLead")}</p>
            </div>
            <div class="row row-wrap">
                <Button kind="primary" icon="copy" test="own-copy" onPress={() => copy(card)}>
                    {t("ownCopy")}
                </Button>
                <Button
                    icon="download"
                    test="own-file"
                    onPress={() => download(t("ownFileName"), card)}
                >
                    {t("ownFile")}
                </Button>
            </div>
            <Fingerprint text={fingerprint} />
            <SealedBlock test="own-text" label={t("ownTitle")}>
                {card}
            </SealedBlock>
        </div>
    )
}
