import { useState } from "preact/hooks"
import type { Contact, DraftBrief } from "../../generated/protocol.ts"
import { adviceFor } from "../../ui/advice.ts"
import { Button } from "../../ui/Button.tsx"
import { desk, useDoing } from "../../ui/client.ts"
import { Area, Field } from "../../ui/Field.tsx"
import { FailureNotice, Notice } from "../../ui/Notice.tsx"
import { t } from "../../ui/text.ts"
import { BackLine } from "./BackLine.tsx"
import { fieldError } from "./fieldError.ts"

const BESIDE: readonly string[] = ["malformed-key", "name-invalid", "address-invalid"]

interface Props {
    onBack: () => void
    onWrite: (id: string) => void
    onChanged: () => void
}

/** Somebody who has age and no Sotto: their plain key as a contact. */
export function AddKey(props: Props) {
    const [added, setAdded] = useState<{ contact: Contact; drafts: DraftBrief[] }>()
    return (
        <div class="stack stack-loose" data-test="add-key">
            <BackLine onBack={props.onBack} />
            <div class="stack stack-snug">
                <h2 class="section-title">{t("keyTitle")}</h2>
                <p class="soft">{t("keyLead")}</p>
            </div>
            {added ? (
                <Notice
                    tone="good"
                    test="key-added"
                    title={t("keyAdded", added.contact.brief.name)}
                    actions={
                        <Button
                            kind="primary"
                            icon="pen"
                            test="key-write"
                            onPress={() => props.onWrite(added.contact.brief.id)}
                        >
                            {t("contactWrite")}
                        </Button>
                    }
                >
                    {added.contact.classical ? t("contactClassical") : t("keyMeaning")}
                </Notice>
            ) : (
                <Form
                    onAdded={(contact, drafts) => {
                        setAdded({ contact, drafts })
                        props.onChanged()
                    }}
                />
            )}
        </div>
    )
}

function Form({ onAdded }: { onAdded: (contact: Contact, drafts: DraftBrief[]) => void }) {
    const [key, setKey] = useState("")
    const [name, setName] = useState("")
    const [address, setAddress] = useState("")
    const { failure, run } = useDoing()
    const add = () =>
        run(async () => {
            const { contact, drafts } = await desk({ type: "add-key", key, name, address })
            onAdded(contact, drafts)
        })
    return (
        <div class="stack">
            <Area
                mono
                autofocus
                test="key-text"
                rows={3}
                label={t("keyText")}
                placeholder="age1…"
                value={key}
                onInput={setKey}
            />
            {failure?.code === "malformed-key" && (
                <Notice tone="danger" test="key-wrong">
                    {adviceFor(failure)}
                </Notice>
            )}
            <Field
                test="key-name"
                label={t("keyName")}
                value={name}
                onInput={setName}
                error={fieldError(failure, "name-invalid")}
            />
            <Field
                test="key-address"
                label={t("keyAddress")}
                hint={t("keyAddressHint")}
                value={address}
                onInput={setAddress}
                onEnter={() => void add()}
                error={fieldError(failure, "address-invalid")}
            />
            {failure && !BESIDE.includes(failure.code) && <FailureNotice failure={failure} />}
            <div>
                <Button
                    kind="primary"
                    test="key-add"
                    disabled={!key.trim() || !name.trim()}
                    onPress={add}
                >
                    {t("keyAdd")}
                </Button>
            </div>
        </div>
    )
}
