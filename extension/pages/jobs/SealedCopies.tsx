import type { FileJob } from "../../generated/protocol.ts"
import { sealedFiles } from "../../lib/files.ts"
import { size } from "../../ui/amount.ts"
import { Button } from "../../ui/Button.tsx"
import { useDoing } from "../../ui/client.ts"
import { FailureNotice } from "../../ui/Notice.tsx"
import { names, t } from "../../ui/text.ts"
import { download, downloadAll } from "./saving.ts"

/** What a job made: sealed files to save, with the word that both sides see. */
export function SealedCopies({ job }: { job: FileJob }) {
    const { failure, run } = useDoing()
    const save = (at: number) =>
        run(async () => {
            const file = (await sealedFiles(job.id))[at]
            if (file) download(file)
        })
    return (
        <div class="stack stack-snug" data-test="sealed-copies" data-job={job.id}>
            <p class="small soft">
                {job.withPassword
                    ? t("filesSealedPassword")
                    : t("filesSealedFor", names(job.names))}
            </p>
            <ul class="file-list">
                {job.files.map((file, at) => (
                    <li key={file.sealedName} class="row" data-test="sealed-file">
                        <span class="grow stack stack-tight">
                            <span class="ellipsis" dir="auto">
                                {file.name}
                            </span>
                            <span class="tiny faint" data-test="sealed-name" data-word={file.word}>
                                {file.sealedName} · {size(file.size)}
                            </span>
                        </span>
                        <Button
                            size="small"
                            icon="download"
                            test="save-sealed"
                            onPress={() => save(at)}
                        >
                            {t("filesSave")}
                        </Button>
                    </li>
                ))}
            </ul>
            {job.files.length > 1 && (
                <div>
                    <Button
                        icon="download"
                        test="save-all-sealed"
                        onPress={() => run(async () => downloadAll(await sealedFiles(job.id)))}
                    >
                        {t("filesSaveAll")}
                    </Button>
                </div>
            )}
            <FailureNotice failure={failure} />
        </div>
    )
}
