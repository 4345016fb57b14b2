import { useState } from "preact/hooks"
import type { FileNaming } from "../../generated/protocol.ts"
import { size } from "../../ui/amount.ts"
import { Button } from "../../ui/Button.tsx"
import type { Given } from "../../ui/given.ts"
import { FailureNotice } from "../../ui/Notice.tsx"
import { names, t } from "../../ui/text.ts"
import { Work } from "../../ui/Work.tsx"
import { Recipients } from "./Recipients.tsx"
import { SealFor } from "./SealFor.tsx"
import { SealedCopies } from "./SealedCopies.tsx"
import { usePlan } from "./usePlan.ts"
import { useSealing } from "./useSealing.ts"

/** Seals files: what, for whom, under which names; then how far; then what came of it. */
export function FileSealer(props: { given: Given; onDone: () => void }) {
    const { given } = props
    const [naming, setNaming] = useState<FileNaming>("word")
    const { plan, to, choice } = usePlan()
    const sealing = useSealing()
    const who = names(plan.sealFor)
    const seal = async () => {
        const recipients = { type: "contacts" as const, to: [...to], sealFor: plan.sealFor }
        const folder = given.folder === undefined ? {} : { folder: given.folder }
        await sealing.seal(given.files, { recipients, naming, ...folder })
    }
    if (sealing.job?.state === "done") {
        return (
            <section class="stack" data-test="seal-done">
                <h1>{t("filesSealed")}</h1>
                <SealedCopies job={sealing.job} />
                <p class="small soft">{t("filesKept")}</p>
                <div>
                    <Button test="files-done" onPress={props.onDone}>
                        {t("filesMore")}
                    </Button>
                </div>
            </section>
        )
    }
    if (sealing.job) {
        return (
            <section class="stack" data-test="sealing">
                <h1>{t("filesSealing", who)}</h1>
                <GivenList given={given} />
                <Work
                    label={t("filesSealing", who)}
                    progress={sealing.job.progress}
                    onCancel={sealing.cancel}
                />
            </section>
        )
    }
    return (
        <section class="stack" data-test="seal-files">
            <h1>{t("filesSealTitle")}</h1>
            <GivenList given={given} />
            <Recipients recipients={plan.recipients} choice={choice} />
            <label class="row check">
                <input
                    type="checkbox"
                    checked={naming === "real"}
                    data-test="real-names"
                    onChange={(event) => setNaming(event.currentTarget.checked ? "real" : "word")}
                />
                <span>
                    {t("filesRealNames")}{" "}
                    <span class="small soft">
                        {naming === "real" ? t("filesRealNamesText") : t("filesWordText")}
                    </span>
                </span>
            </label>
            <p class="small soft">{t("filesSizesShow")}</p>
            <FailureNotice failure={sealing.failure} />
            <SealFor plan={plan} test="seal-files-now" onPress={seal}>
                <Button kind="quiet" test="seal-files-leave" onPress={props.onDone}>
                    {t("filesBack")}
                </Button>
            </SealFor>
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
