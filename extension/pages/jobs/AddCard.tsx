import { useState } from "preact/hooks"
import type { Failure } from "../../generated/protocol.ts"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { DropZone, FileButton } from "../../ui/Drop.tsx"
import { Area } from "../../ui/Field.tsx"
import { FailureNotice } from "../../ui/Notice.tsx"
import { t } from "../../ui/text.ts"
import { BackLine } from "./BackLine.tsx"
import { Cards } from "./Cards.tsx"

/** A card by paste, file or drop. */
export function AddCard(props: {
    onBack: () => void
    onWrite: (id: string) => void
    onChanged: () => void
    /** They have no card, only a plain age key. */
    onKey: () => void
}) {
    const [text, setText] = useState("")
    const [looked, setLooked] = useState("")
    const [failure, setFailure] = useState<Failure>()
    const look = (given: string) => {
        setFailure(undefined)
        setText(given)
        setLooked(given)
    }
    const tooLarge = () => setFailure({ code: "too-large" })
    return (
        <div class="stack stack-loose" data-test="add-card">
            <BackLine onBack={props.onBack} />
            <div class="stack stack-snug">
                <h2 class="section-title">{t("addTitle")}</h2>
                <p class="soft">{t("addLead")}</p>
            </div>
            <DropZone test="card-drop" onText={look} onTooLarge={tooLarge}>
                <div class="stack">
                    <Area
                        mono
                        autofocus
                        test="card-text"
                        rows={5}
                        label={t("addPaste")}
                        placeholder={t("addPlaceholder")}
                        value={text}
                        onInput={setText}
                    />
                    <div class="row row-wrap">
                        <Button
                            kind="primary"
                            test="card-look"
                            disabled={!text.trim()}
                            onPress={() => look(text)}
                        >
                            {t("addLook")}
                        </Button>
                        <FileButton test="card-file" onText={look} onTooLarge={tooLarge}>
                            {t("addFile")}
                        </FileButton>
                    </div>
                </div>
            </DropZone>
            <FailureNotice failure={failure} />
            <p class="small">
                <LinkButton test="add-key-instead" onPress={props.onKey}>
                    {t("addKeyInstead")}
                </LinkButton>
            </p>
            {looked && (
                <Cards
                    key={looked}
                    text={looked}
                    onWrite={props.onWrite}
                    onDraft={() => undefined}
                    onAdded={props.onChanged}
                />
            )}
        </div>
    )
}
