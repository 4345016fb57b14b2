import { useEffect, useRef, useState } from "preact/hooks"
import type { Attached, Draft, FileJob } from "../../generated/protocol.ts"
import type { SealChoice } from "../../lib/files.ts"
import { askBeside } from "../../lib/messages.ts"
import { size } from "../../ui/amount.ts"
import { Button, IconButton } from "../../ui/Button.tsx"
import { useDoing } from "../../ui/client.ts"
import { FilePicker } from "../../ui/FilePicker.tsx"
import { type Given, givenByDrop } from "../../ui/given.ts"
import { FailureNotice, Notice } from "../../ui/Notice.tsx"
import { names, t } from "../../ui/text.ts"
import { Work } from "../../ui/Work.tsx"
import { SealedCopies } from "./SealedCopies.tsx"
import { chosenOf } from "./usePlan.ts"
import { useSealing } from "./useSealing.ts"

/** Why the page did not take the files, and what to do: they are sealed and can be saved. */
const NOT_HANDED = {
    "no-field": "attachNoField",
    "one-only": "attachOneOnly",
    refused: "attachRefused",
    gone: "attachNoField",
} as const satisfies Record<Exclude<Attached, "handed">, string>

/**
 * Files for the page that a letter is written for: picked or dropped here, sealed for the people of
 * the letter, and handed to the page's own attachment field. The page never holds the files.
 */
export function Attachments(props: {
    choice: SealChoice
    /** The button, with the names it seals for. */
    label: string
    disabled?: boolean
    tab: number | null
    given: Given | undefined
}) {
    const { tab } = props
    const [files, setFiles] = useState<readonly File[]>([])
    const [attached, setAttached] = useState<Attached>()
    const sealing = useSealing()
    const { failure, run } = useDoing()
    const take = (given: Given) => {
        sealing.clear()
        setAttached(undefined)
        setFiles((before) => [...before, ...given.files])
    }
    useEffect(() => {
        if (props.given) take(props.given)
    }, [props.given])
    const seal = () =>
        run(async () => {
            const begun = await sealing.seal(files, props.choice)
            const [id] = begun ?? []
            if (id === undefined) return
            setFiles([])
            if (tab === null) return setAttached("no-field")
            const { reply } = await askBeside("files", { type: "attach", id, tab })
            setAttached(reply.attached)
        })
    return (
        <section
            class="attachments stack stack-snug"
            data-test="attachments"
            data-attached={attached}
        >
            {!sealing.job && (
                <>
                    <FilePicker small test="attach" onGiven={take} />
                    <Waiting files={files} onRemove={setFiles} />
                </>
            )}
            {sealing.job?.state === "running" && (
                <Work
                    label={sealingLabel(sealing.job)}
                    progress={sealing.job.progress}
                    onCancel={sealing.cancel}
                />
            )}
            {attached === "handed" && (
                <Notice tone="good" test="attached">
                    {t("attachHanded")}
                </Notice>
            )}
            {attached !== undefined && attached !== "handed" && (
                <Notice tone="caution" test="not-attached">
                    {t(NOT_HANDED[attached])}
                </Notice>
            )}
            {sealing.job?.state === "done" && attached && <SealedCopies job={sealing.job} />}
            <FailureNotice failure={sealing.failure ?? failure} />
            {files.length > 0 && !sealing.job && (
                <Button
                    icon="paperclip"
                    test="attach-sealed"
                    disabled={props.disabled ?? false}
                    onPress={seal}
                >
                    {props.label}
                </Button>
            )}
        </section>
    )
}

function sealingLabel({ names: who, withPassword }: FileJob): string {
    return withPassword ? t("filesSealingPassword") : t("filesSealing", names(who))
}

/**
 * The people of a letter, as it is sealed for them: who gets a letter of their own gets the files
 * with that one.
 */
export function choiceOf(draft: Draft): SealChoice {
    const { recipients, sealFor, mixed, site } = draft
    const classical = mixed?.choice ?? null
    const { to } = chosenOf(recipients)
    return {
        recipients: { type: "contacts", to, sealFor, classical },
        site,
        private: draft.private,
    }
}

function Waiting(props: { files: readonly File[]; onRemove: (left: File[]) => void }) {
    return (
        <ul class="file-list">
            {props.files.map((file) => (
                <li key={`${file.name} ${file.lastModified}`} class="row" data-test="to-attach">
                    <span class="grow ellipsis" dir="auto">
                        {file.name}
                    </span>
                    <span class="tiny faint">{size(file.size)}</span>
                    <IconButton
                        small
                        test="attach-remove"
                        icon="close"
                        label={t("attachRemove", file.name)}
                        onPress={() => props.onRemove(props.files.filter((one) => one !== file))}
                    />
                </li>
            ))}
        </ul>
    )
}

/** Files dropped or pasted anywhere in the composer are ours, never the browser's. */
export function useDroppedFiles(onFiles: (given: Given) => void) {
    const surface = useRef<HTMLDivElement>(null)
    const told = useRef(onFiles)
    told.current = onFiles
    useEffect(() => {
        const element = surface.current
        const take = (event: DragEvent | ClipboardEvent) => {
            const given = event instanceof DragEvent ? event.dataTransfer : event.clipboardData
            if (!given || given.files.length === 0) return
            event.preventDefault()
            void givenByDrop(given).then(told.current)
        }
        element?.addEventListener("drop", take)
        element?.addEventListener("paste", take)
        return () => {
            element?.removeEventListener("drop", take)
            element?.removeEventListener("paste", take)
        }
    }, [])
    return surface
}
