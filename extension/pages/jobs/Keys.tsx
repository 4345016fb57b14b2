import { useState } from "preact/hooks"
import type { DeskReply } from "../../generated/protocol.ts"
import { adviceFor } from "../../ui/advice.ts"
import { Button } from "../../ui/Button.tsx"
import { desk, useDoing } from "../../ui/client.ts"
import { download } from "../../ui/clipboard.ts"
import { PassphraseField } from "../../ui/Field.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { toast } from "../../ui/Toast.tsx"
import { count, t } from "../../ui/text.ts"

type Exported = Extract<DeskReply, { type: "export-identity" }>
type Job = "none" | "export" | "rotate"

/** The keys that open letters: new ones, or a file for other programs. */
export function Keys({ rotation }: { rotation: number }) {
    const [job, setJob] = useState<Job>("none")
    const close = () => setJob("none")
    return (
        <div class="stack" data-test="keys" data-job={job}>
            <p class="soft">{t("keysText")}</p>
            <p class="soft" data-test="rotation">
                {rotation === 0 ? t("keysFirst") : count("keysRotated", rotation)}
            </p>
            {job === "none" && (
                <div class="row row-wrap">
                    <Button test="rotate-open" icon="refresh" onPress={() => setJob("rotate")}>
                        {t("rotateOpen")}
                    </Button>
                    <Button test="export-open" icon="download" onPress={() => setJob("export")}>
                        {t("exportOpen")}
                    </Button>
                </div>
            )}
            {job === "rotate" && <Rotate onDone={close} />}
            {job === "export" && <Export onDone={close} />}
        </div>
    )
}

function Rotate({ onDone }: { onDone: () => void }) {
    return (
        <WithPassphrase
            test="rotate"
            text={t("rotateText")}
            button={t("rotateConfirm")}
            onCancel={onDone}
            onPassphrase={async (passphrase) => {
                await desk({ type: "rotate-keys", passphrase })
                toast(t("rotateDone"))
                onDone()
            }}
        />
    )
}

function Export({ onDone }: { onDone: () => void }) {
    const [exported, setExported] = useState<Exported>()
    if (exported) return <Files exported={exported} onDone={onDone} />
    return (
        <WithPassphrase
            test="export"
            text={t("exportText")}
            warning={t("exportWarning")}
            button={t("exportConfirm")}
            onCancel={onDone}
            onPassphrase={async (passphrase) =>
                setExported(await desk({ type: "export-identity", passphrase }))
            }
        />
    )
}

function Files({ exported, onDone }: { exported: Exported; onDone: () => void }) {
    return (
        <div class="card stack" data-test="export-files">
            <Notice tone="caution">{t("exportWarning")}</Notice>
            <p class="soft">{t("exportUse")}</p>
            <p>
                <code>age --decrypt -i sotto-identity.txt letter.age</code>
            </p>
            <div class="row row-wrap">
                <Button
                    kind="primary"
                    test="export-all"
                    icon="download"
                    onPress={() => download("sotto-identity.txt", exported.all)}
                >
                    {t("exportAll")}
                </Button>
                <Button
                    test="export-classical"
                    icon="download"
                    onPress={() => download("sotto-identity-x25519.txt", exported.classical)}
                >
                    {t("exportClassical")}
                </Button>
                <Button kind="quiet" test="export-done" onPress={onDone}>
                    {t("done")}
                </Button>
            </div>
            <p class="small soft">{t("exportClassicalText")}</p>
        </div>
    )
}

interface AskProps {
    test: string
    text: string
    warning?: string
    button: string
    onCancel: () => void
    onPassphrase: (passphrase: string) => Promise<void>
}

/** What it does, and the passphrase given anew. */
function WithPassphrase(props: AskProps) {
    const [passphrase, setPassphrase] = useState("")
    const { failure, run } = useDoing()
    const go = () =>
        run(async () => {
            await props.onPassphrase(passphrase)
            setPassphrase("")
        })
    return (
        <div class="card stack">
            <p class="soft">{props.text}</p>
            {props.warning && <Notice tone="caution">{props.warning}</Notice>}
            <PassphraseField
                autofocus
                test={`${props.test}-passphrase`}
                label={t("fieldPassphrase")}
                hint={t("keysPassphraseHint")}
                value={passphrase}
                onInput={setPassphrase}
                onEnter={() => void go()}
                error={failure && adviceFor(failure)}
            />
            <div class="row">
                <Button kind="primary" test={props.test} disabled={!passphrase} onPress={go}>
                    {props.button}
                </Button>
                <Button kind="quiet" test={`${props.test}-cancel`} onPress={props.onCancel}>
                    {t("cancel")}
                </Button>
            </div>
        </div>
    )
}
