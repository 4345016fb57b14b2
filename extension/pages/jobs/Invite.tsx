import { useState } from "preact/hooks"
import { Button } from "../../ui/Button.tsx"
import { desk, useDoing } from "../../ui/client.ts"
import { copy } from "../../ui/clipboard.ts"
import { Field } from "../../ui/Field.tsx"
import { FailureNotice } from "../../ui/Notice.tsx"
import { SealedBlock } from "../../ui/SealedBlock.tsx"
import { locale, t } from "../../ui/text.ts"
import { BackLine } from "./BackLine.tsx"
import { fieldError } from "./fieldError.ts"

/** An invitation to be pasted into a mail of one's own. */
export function Invite(props: { address: string; onBack: () => void; onInvited: () => void }) {
    const [address, setAddress] = useState(props.address)
    const [text, setText] = useState("")
    const { failure, run } = useDoing()
    const make = () =>
        run(async () => {
            const reply = await desk({ type: "invite", address, locale: locale() })
            setText(reply.text)
            props.onInvited()
        })
    return (
        <div class="stack stack-loose" data-test="invite-page">
            <BackLine onBack={props.onBack} />
            <div class="stack stack-snug">
                <h2 class="section-title">{t("inviteTitle")}</h2>
                <p class="soft">{t("inviteLead")}</p>
            </div>
            <Field
                autofocus
                inputMode="email"
                test="invite-address"
                label={t("inviteAddress")}
                value={address}
                onInput={setAddress}
                onEnter={() => void make()}
                error={fieldError(failure, "address-invalid")}
            />
            <div>
                <Button
                    kind={text ? "plain" : "primary"}
                    test="invite-make"
                    disabled={!address.trim()}
                    onPress={make}
                >
                    {t("inviteMake")}
                </Button>
            </div>
            {failure?.code !== "address-invalid" && <FailureNotice failure={failure} />}
            {text && (
                <div class="stack" data-test="invite-ready">
                    <p>{t("inviteReady", address)}</p>
                    <SealedBlock test="invitation" label={t("inviteReady", address)}>
                        {text}
                    </SealedBlock>
                    <div>
                        <Button
                            kind="primary"
                            icon="copy"
                            test="copy-invitation"
                            onPress={() => copy(text)}
                        >
                            {t("inviteCopy")}
                        </Button>
                    </div>
                </div>
            )}
        </div>
    )
}
