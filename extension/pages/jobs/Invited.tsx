import type { ErrorCode } from "../../generated/protocol.ts"
import { Button } from "../../ui/Button.tsx"
import { copy } from "../../ui/clipboard.ts"
import { FailureNotice, Notice } from "../../ui/Notice.tsx"
import { SealedBlock } from "../../ui/SealedBlock.tsx"
import { t } from "../../ui/text.ts"
import { Outcome } from "./Sealed.tsx"

export interface Invitation {
    address: string
    name: string
    text: string
    /** It stands in the page's editor. */
    inserted: boolean
    /** Why not, where there is an editor. */
    why: ErrorCode | undefined
}

/** After *Invite*: what to press now, and what happens then. */
export function Invited({ invitation, onBack }: { invitation: Invitation; onBack: () => void }) {
    const { inserted, name, text } = invitation
    return (
        <div class="panel-body" data-test="invited" data-inserted={inserted}>
            <Outcome
                icon={inserted ? "check" : "letter"}
                title={inserted ? t("inviteInserted") : t("inviteReady", invitation.address)}
                text={t("inviteInsertedText", name)}
            />
            <WhyNot code={invitation.why} />
            <Notice icon="pen">{t("inviteWaits", name)}</Notice>
            {!inserted && (
                <>
                    <SealedBlock test="invitation" label={t("inviteReady", invitation.address)}>
                        {text}
                    </SealedBlock>
                    <Button
                        wide
                        kind="primary"
                        icon="copy"
                        test="copy-invitation"
                        onPress={() => copy(text)}
                    >
                        {t("inviteCopy")}
                    </Button>
                </>
            )}
            <div class="row row-wrap">
                <Button kind="quiet" size="small" test="invited-back" onPress={onBack}>
                    {t("sealedEdit")}
                </Button>
            </div>
        </div>
    )
}

/** An invitation cannot be shortened; what is to be done stands above. */
function WhyNot({ code }: { code: ErrorCode | undefined }) {
    if (code === undefined) return null
    if (code !== "editor-too-small") return <FailureNotice failure={{ code }} />
    return (
        <div data-code={code}>
            <Notice tone="caution">{t("inviteTooLong")}</Notice>
        </div>
    )
}
