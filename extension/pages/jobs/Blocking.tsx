import { useState } from "preact/hooks"
import type { ContactBrief } from "../../generated/protocol.ts"
import { Button } from "../../ui/Button.tsx"
import { Confirm } from "../../ui/Dialog.tsx"
import { t } from "../../ui/text.ts"

/** Blocks after a question that says what is lost by it; unblocks at once. */
export function BlockButton(props: {
    contact: ContactBrief
    onBlock: (blocked: boolean) => Promise<void>
}) {
    const { contact, onBlock } = props
    const [asking, setAsking] = useState(false)
    const isBlocked = contact.trust === "blocked"
    const press = () => (isBlocked ? onBlock(false) : setAsking(true))
    const block = async () => {
        await onBlock(true)
        setAsking(false)
    }
    return (
        <>
            <Button test="block" icon="block" onPress={press}>
                {isBlocked ? t("contactUnblock") : t("contactBlock")}
            </Button>
            {asking && (
                <BlockQuestion
                    contact={contact}
                    confirm={t("contactBlock")}
                    onConfirm={block}
                    onCancel={() => setAsking(false)}
                />
            )}
        </>
    )
}

/** What blocking takes away, before it does. */
export function BlockQuestion(props: {
    contact: ContactBrief
    confirm: string
    onConfirm: () => Promise<void>
    onCancel: () => void
}) {
    const { contact } = props
    return (
        <Confirm
            danger
            test="block-sure"
            title={t("blockTitle", contact.name || contact.address)}
            confirm={props.confirm}
            onConfirm={props.onConfirm}
            onCancel={props.onCancel}
        >
            <p>{t("blockText")}</p>
            {contact.trust === "verified" && <p data-test="block-verified">{t("blockVerified")}</p>}
        </Confirm>
    )
}
