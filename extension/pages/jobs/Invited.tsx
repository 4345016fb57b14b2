import { Button } from "../../ui/Button.tsx"
import { copy } from "../../ui/clipboard.ts"
import { Icon } from "../../ui/Icon.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { t } from "../../ui/text.ts"

export interface Invitation {
    address: string
    name: string
    text: string
    /** It stands in the page's editor. */
    inserted: boolean
}

/** After *Invite*: what to press now, and what happens then. */
export function Invited({ invitation, onBack }: { invitation: Invitation; onBack: () => void }) {
    const { inserted, name, text } = invitation
    return (
        <div class="panel-body" data-test="invited" data-inserted={inserted}>
            <section class="outcome" role="status">
                <span class="unlock-icon">
                    <Icon name={inserted ? "check" : "letter"} size={22} />
                </span>
                <h2>{inserted ? t("inviteInserted") : t("inviteReady", invitation.address)}</h2>
                <p class="soft small">{t("inviteInsertedText", name)}</p>
            </section>
            <Notice icon="pen">{t("inviteWaits", name)}</Notice>
            {!inserted && (
                <>
                    <pre class="sealed-text" data-test="invitation">
                        {text}
                    </pre>
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
