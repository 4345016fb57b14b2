import { useRef } from "preact/hooks"
import type { FileJob } from "../../generated/protocol.ts"
import { resume } from "../../lib/files.ts"
import { size } from "../../ui/amount.ts"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { useDoing } from "../../ui/client.ts"
import { DIRECTORY } from "../../ui/FilePicker.tsx"
import { type Given, givenByInput } from "../../ui/given.ts"
import { FailureNotice, Notice } from "../../ui/Notice.tsx"
import { t } from "../../ui/text.ts"

/**
 * A job that was killed in the middle. No browser lets us keep what was picked in a field, so the
 * person picks the same again, and it goes on from where it was.
 */
export function Interrupted({ job, onRuns }: { job: FileJob; onRuns: () => void }) {
    const files = useRef<HTMLInputElement>(null)
    const folder = useRef<HTMLInputElement>(null)
    const { failure, run } = useDoing()
    const goOn = ({ files, folder }: Given) =>
        run(async () => {
            await resume(job.id, files, folder)
            onRuns()
        })
    const take = (input: HTMLInputElement) => {
        const given = input.files?.length ? givenByInput(input.files) : undefined
        if (given) void goOn(given)
        input.value = ""
    }
    const { done, total } = job.progress
    const isArchive = job.files.some(({ name }) => name.endsWith(".tar"))
    return (
        <Notice
            tone="caution"
            test="job-interrupted"
            title={t("filesInterrupted", size(done), size(total))}
            actions={
                <>
                    <Button size="small" test="resume" onPress={() => files.current?.click()}>
                        {t("filesResume")}
                    </Button>
                    {isArchive && (
                        <LinkButton test="resume-folder" onPress={() => folder.current?.click()}>
                            {t("filesResumeFolder")}
                        </LinkButton>
                    )}
                </>
            }
        >
            {t("filesInterruptedText")}
            <input
                ref={files}
                type="file"
                hidden
                multiple
                data-test="resume-input"
                onChange={(event) => take(event.currentTarget)}
            />
            <input
                ref={folder}
                type="file"
                hidden
                {...DIRECTORY}
                data-test="resume-folder-input"
                onChange={(event) => take(event.currentTarget)}
            />
            {failure?.code === "file-changed" ? (
                <p class="strong" role="alert" data-test="resume-other">
                    {t("filesResumeOther")}
                </p>
            ) : (
                <FailureNotice failure={failure} />
            )}
        </Notice>
    )
}
