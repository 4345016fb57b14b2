import type { ComponentChildren } from "preact"
import { useState } from "preact/hooks"
import type { FileNaming } from "../../generated/protocol.ts"
import type { SealChoice } from "../../lib/files.ts"
import { size } from "../../ui/amount.ts"
import { Button } from "../../ui/Button.tsx"
import type { Given } from "../../ui/given.ts"
import { FailureNotice } from "../../ui/Notice.tsx"
import { Segments } from "../../ui/Segments.tsx"
import { names, t } from "../../ui/text.ts"
import { Work } from "../../ui/Work.tsx"
import { fieldError } from "./fieldError.ts"
import { MixedQuestion } from "./MixedQuestion.tsx"
import { NewPassword, ThePassword } from "./NewPassword.tsx"
import { Recipients } from "./Recipients.tsx"
import { SaveReader } from "./SaveReader.tsx"
import { SealedCopies } from "./SealedCopies.tsx"
import { SealFor } from "./SealFor.tsx"
import { usePlan } from "./usePlan.ts"
import { type SealingState, useSealing } from "./useSealing.ts"

/** Seals files: what, for whom, under which names; then how far; then what came of it. */
export function FileSealer(props: { given: Given; onDone: () => void }) {
    const { given } = props
    const [naming, setNaming] = useState<FileNaming>("word")
    const [way, setWay] = useState<"people" | "password">("people")
    const [password, setPassword] = useState("")
    const sealing = useSealing()
    const seal = async (...choices: readonly SealChoice[]) => {
        const folder = given.folder === undefined ? {} : { folder: given.folder }
        const all = choices.map((choice) => ({ ...choice, naming, ...folder }))
        await sealing.seal(given.files, ...all)
    }
    if (sealing.isDone) {
        return (
            <Done
                sealing={sealing}
                password={way === "password" ? password.trim() : undefined}
                onDone={props.onDone}
            />
        )
    }
    if (sealing.job) return <Sealing given={given} sealing={sealing} />
    const leave = (
        <Button kind="quiet" test="seal-files-leave" onPress={props.onDone}>
            {t("filesBack")}
        </Button>
    )
    return (
        <section class="stack" data-test="seal-files">
            <h1>{t("filesSealTitle")}</h1>
            <GivenList given={given} />
            <Segments
                label={t("filesFor")}
                test="seal-for"
                value={way}
                options={[
                    { value: "people", label: t("filesForPeople") },
                    { value: "password", label: t("filesForPassword") },
                ]}
                onChange={setWay}
            />
            <Naming naming={naming} onNaming={setNaming} />
            {way === "people" ? (
                <ForPeople seal={seal} sealing={sealing} leave={leave} />
            ) : (
                <ForPassword
                    password={password}
                    onPassword={setPassword}
                    seal={seal}
                    sealing={sealing}
                    leave={leave}
                />
            )}
        </section>
    )
}

function Naming(props: { naming: FileNaming; onNaming: (naming: FileNaming) => void }) {
    const { naming } = props
    return (
        <>
            <label class="row check">
                <input
                    type="checkbox"
                    checked={naming === "real"}
                    data-test="real-names"
                    onChange={(event) =>
                        props.onNaming(event.currentTarget.checked ? "real" : "word")
                    }
                />
                <span>
                    {t("filesRealNames")}{" "}
                    <span class="small soft">
                        {naming === "real" ? t("filesRealNamesText") : t("filesWordText")}
                    </span>
                </span>
            </label>
            <p class="small soft">{t("filesSizesShow")}</p>
        </>
    )
}

interface Choosing {
    seal: (...choices: readonly SealChoice[]) => Promise<void>
    sealing: SealingState
    leave: ComponentChildren
}

function ForPeople({ seal, sealing, leave }: Choosing) {
    const { plan, orders, choice } = usePlan()
    return (
        <>
            <Recipients recipients={plan.recipients} choice={choice} />
            <MixedQuestion about="files" mixed={plan.mixed} decide={choice.decideClassical} />
            <FailureNotice failure={sealing.failure} />
            <SealFor
                plan={plan}
                test="seal-files-now"
                onPress={() => seal(...orders.map((recipients) => ({ recipients })))}
            >
                {leave}
            </SealFor>
        </>
    )
}

function ForPassword(
    props: Choosing & { password: string; onPassword: (password: string) => void },
) {
    const { password, sealing } = props
    const seal = () => props.seal({ password })
    const weak = fieldError(sealing.failure, "weak-password")
    return (
        <div class="stack" data-test="seal-with-password">
            <p class="soft">{t("filesPasswordLead")}</p>
            <NewPassword
                value={password}
                onInput={props.onPassword}
                onEnter={() => void seal()}
                error={weak}
                own={[]}
            />
            {!weak && <FailureNotice failure={sealing.failure} />}
            <div class="row row-wrap">
                <Button
                    kind="primary"
                    icon="lock"
                    test="password-seal"
                    disabled={!password}
                    onPress={seal}
                >
                    {t("passwordSeal")}
                </Button>
                {props.leave}
            </div>
        </div>
    )
}

function Sealing({ given, sealing }: { given: Given; sealing: SealingState }) {
    const { names: who = [], withPassword = false } = sealing.job ?? {}
    const label = withPassword ? t("filesSealingPassword") : t("filesSealing", names(who))
    return (
        <section class="stack" data-test="sealing">
            <h1>{label}</h1>
            <GivenList given={given} />
            <Work label={label} progress={sealing.job?.progress} onCancel={sealing.cancel} />
        </section>
    )
}

function Done(props: { sealing: SealingState; password: string | undefined; onDone: () => void }) {
    return (
        <section class="stack" data-test="seal-done">
            <h1>{t("filesSealed")}</h1>
            {props.sealing.made.map((job) => (
                <SealedCopies key={job.id} job={job} />
            ))}
            <p class="small soft">{t("filesKept")}</p>
            {props.password !== undefined && (
                <>
                    <ThePassword password={props.password} />
                    <SaveReader />
                </>
            )}
            <div>
                <Button test="files-done" onPress={props.onDone}>
                    {t("filesMore")}
                </Button>
            </div>
        </section>
    )
}

function GivenList({ given }: { given: Given }) {
    if (given.folder) {
        const total = given.files.reduce((sum, file) => sum + file.size, 0)
        return (
            <ul class="file-list">
                <li class="row" data-test="given-folder">
                    <span class="grow ellipsis" dir="auto">
                        {t("filesFolder", given.folder.name)}
                    </span>
                    <span class="tiny faint">{size(total)}</span>
                </li>
            </ul>
        )
    }
    return (
        <ul class="file-list">
            {given.files.map((file) => (
                <li key={`${file.name} ${file.lastModified}`} class="row" data-test="given-file">
                    <span class="grow ellipsis" dir="auto">
                        {file.name}
                    </span>
                    <span class="tiny faint">{size(file.size)}</span>
                </li>
            ))}
        </ul>
    )
}
