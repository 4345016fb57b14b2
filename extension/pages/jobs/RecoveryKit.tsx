import { useState } from "preact/hooks"
import type { DeskReply } from "../../generated/protocol.ts"
import { adviceFor } from "../../ui/advice.ts"
import { Button } from "../../ui/Button.tsx"
import { Fingerprint, Qr, Words } from "../../ui/Compared.tsx"
import { desk, useDoing, useStatus } from "../../ui/client.ts"
import { Field, PassphraseField } from "../../ui/Field.tsx"
import { FailureNotice, Notice } from "../../ui/Notice.tsx"
import { t } from "../../ui/text.ts"
import { day } from "../../ui/time.ts"

type Kit = Extract<DeskReply, { type: "recovery-words" }>
type Step = { at: "ask" } | { at: "words"; kit: Kit } | { at: "check"; kit: Kit } | { at: "done" }

/** The 24 words on paper, and the proof that they are there. */
export function RecoveryKit() {
    const [step, setStep] = useState<Step>({ at: "ask" })
    return (
        <section class="kit-section stack" data-test="kit" data-step={step.at}>
            {step.at === "ask" && <Ask onWords={(kit) => setStep({ at: "words", kit })} />}
            {step.at === "words" && (
                <Paper kit={step.kit} onHave={() => setStep({ at: "check", kit: step.kit })} />
            )}
            {step.at === "check" && (
                <Check
                    kit={step.kit}
                    onBack={() => setStep({ at: "words", kit: step.kit })}
                    onDone={() => setStep({ at: "done" })}
                />
            )}
            {step.at === "done" && (
                <Notice tone="good" title={t("kitDone")} test="kit-done">
                    {t("kitDoneText")}
                </Notice>
            )}
        </section>
    )
}

function Ask({ onWords }: { onWords: (kit: Kit) => void }) {
    const [passphrase, setPassphrase] = useState("")
    const { failure, run } = useDoing()
    const show = () =>
        run(async () => {
            const kit = await desk({ type: "recovery-words", passphrase })
            setPassphrase("")
            onWords(kit)
        })
    return (
        <>
            <p class="soft">{t("kitLead")}</p>
            <Notice tone="caution">{t("kitWarning")}</Notice>
            <PassphraseField
                test="kit-passphrase"
                label={t("fieldPassphrase")}
                hint={t("kitPassphraseHint")}
                value={passphrase}
                onInput={setPassphrase}
                onEnter={() => void show()}
                error={failure && adviceFor(failure)}
            />
            <div>
                <Button kind="primary" test="kit-show" onPress={show} disabled={!passphrase}>
                    {t("kitShow")}
                </Button>
            </div>
        </>
    )
}

function Paper({ kit, onHave }: { kit: Kit; onHave: () => void }) {
    const me = useStatus()?.me
    const print = () => {
        document.body.classList.add("printing-kit")
        window.print()
        document.body.classList.remove("printing-kit")
    }
    return (
        <>
            <div class="kit-paper">
                <div class="stack stack-tight">
                    <p class="label">{t("kitPrinted", day(Date.now()))}</p>
                    <h2 dir="auto">{t("kitWordsTitle", me?.name ?? "")}</h2>
                    <p class="soft small">{me?.addresses.join(", ")}</p>
                </div>
                <Words words={kit.words} test="kit-words" />
                <div class="kit-bottom">
                    <Qr rows={kit.fingerprintQr} label={t("kitQr")} />
                    <div class="stack grow">
                        {me && <Fingerprint text={me.fingerprint} />}
                        <p class="small soft">{t("kitQr")}</p>
                        <p class="small soft">{t("kitWarning")}</p>
                    </div>
                </div>
            </div>
            <div class="row row-wrap no-print">
                <Button icon="print" test="kit-print" onPress={print}>
                    {t("print")}
                </Button>
                <Button kind="primary" test="kit-have" onPress={onHave}>
                    {t("kitHave")}
                </Button>
            </div>
        </>
    )
}

function Check(props: { kit: Kit; onBack: () => void; onDone: () => void }) {
    const { check } = props.kit
    const [answers, setAnswers] = useState<readonly string[]>(check.map(() => ""))
    const { failure, run } = useDoing()
    const submit = () =>
        run(async () => {
            await desk({ type: "recovery-check", answers: [...answers] })
            props.onDone()
        })
    return (
        <>
            <div class="stack stack-tight">
                <h2>{t("kitCheckTitle")}</h2>
                <p class="soft">{t("kitCheckLead")}</p>
            </div>
            {check.map((position, at) => (
                <Field
                    key={position}
                    autofocus={at === 0}
                    test={`kit-check-${at + 1}`}
                    label={t("kitWordNumber", String(position))}
                    value={answers[at] ?? ""}
                    onInput={(value) => setAnswers(answers.with(at, value.trim()))}
                    onEnter={() => void submit()}
                />
            ))}
            <FailureNotice failure={failure} />
            <div class="row row-wrap">
                <Button
                    kind="primary"
                    test="kit-check"
                    onPress={submit}
                    disabled={answers.some((answer) => !answer)}
                >
                    {t("kitCheck")}
                </Button>
                <Button kind="quiet" test="kit-back" onPress={props.onBack}>
                    {t("kitBackToWords")}
                </Button>
            </div>
        </>
    )
}
