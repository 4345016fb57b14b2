import { useEffect, useRef, useState } from "preact/hooks"
import { decrypt, type Verified, verify } from "../../engine/open.ts"
import { DownloadSink, pickedSink, type Sink } from "../../engine/sink.ts"
import type { Failure, FileProgress, OpenedFile } from "../../generated/protocol.ts"
import { CoreError, toFailure } from "../../lib/failure.ts"
import { askBeside } from "../../lib/messages.ts"
import { size } from "../../ui/amount.ts"
import { Button } from "../../ui/Button.tsx"
import { useStatus } from "../../ui/client.ts"
import { FailureNotice, Notice } from "../../ui/Notice.tsx"
import { t } from "../../ui/text.ts"
import { Work } from "../../ui/Work.tsx"
import { LetterPaper } from "./LetterPaper.tsx"
import { PasswordAsked, SaveAs } from "./PasswordFile.tsx"
import { SendOn } from "./SendOn.tsx"
import { download } from "./saving.ts"
import { after, cut, lookWithPassword, openUnproved, type UnprovedFile } from "./unproved.ts"

/** How a file that is opened stands. */
type Stage =
    | { kind: "checking" }
    | ({ kind: "checked" | "saving" | "saved" } & Checked)
    | { kind: "locked"; failure: Failure | undefined }
    | { kind: "failed"; failure: Failure }

interface Checked {
    opened: OpenedFile
    verified: Verified
    /** Of a file under a password: what it says of itself. */
    unproved?: UnprovedFile
}

/** Chromium alone lets a page write where the person says. */
interface Picking {
    showSaveFilePicker?: (options: { suggestedName: string }) => Promise<FileSystemFileHandle>
}

/** Opens sealed files: each is checked whole before anything of it is shown or saved. */
export function FileOpener(props: {
    files: readonly File[]
    /** They were found in a private window: nothing of them is remembered. */
    isPrivate: boolean
    onDone: () => void
}) {
    return (
        <section class="stack" data-test="open-files">
            <h1>{t("filesOpenTitle")}</h1>
            {props.files.map((file) => (
                <OpenedCard
                    key={`${file.name} ${file.size} ${file.lastModified}`}
                    file={file}
                    isPrivate={props.isPrivate}
                />
            ))}
            <div>
                <Button test="files-done" onPress={props.onDone}>
                    {t("filesMore")}
                </Button>
            </div>
        </section>
    )
}

function OpenedCard({ file, isPrivate }: { file: File; isPrivate: boolean }) {
    const { stage, progress, unlock, save, cancel } = useOpening(file, isPrivate)
    const [sending, setSending] = useState(false)
    return (
        <div class="card stack" data-test="opened-file" data-stage={stage.kind}>
            <p class="tiny faint ellipsis" dir="auto">
                {file.name}
            </p>
            {stage.kind === "checking" && (
                <Work label={t("filesChecking")} progress={progress} onCancel={cancel} />
            )}
            {stage.kind === "failed" && <FailureNotice failure={stage.failure} />}
            {stage.kind === "locked" && <PasswordAsked failure={stage.failure} onOpen={unlock} />}
            {"opened" in stage && (
                <>
                    <LetterPaper
                        letter={{ ...stage.opened.letter, withheld: true }}
                        actions={<Name opened={stage.opened} />}
                    />
                    {stage.opened.firstSender !== null && (
                        <Notice test="first-sender">
                            {t("filesFirstSender", stage.opened.firstSender)}
                        </Notice>
                    )}
                    {stage.kind === "saving" ? (
                        <Work label={t("filesSaving")} progress={progress} onCancel={cancel} />
                    ) : (
                        <div class="row row-wrap">
                            {stage.unproved ? (
                                <SaveAs
                                    claimed={stage.unproved.claimed}
                                    unnamed={stage.opened.name}
                                    onSave={(name) => save(stage, name)}
                                />
                            ) : (
                                <>
                                    <Button
                                        kind="primary"
                                        icon="download"
                                        test="save-opened"
                                        onPress={() => save(stage, stage.opened.name)}
                                    >
                                        {t("filesSave")}
                                    </Button>
                                    <Button
                                        icon="forward"
                                        test="send-on"
                                        onPress={() => setSending(!sending)}
                                    >
                                        {t("filesSendOn")}
                                    </Button>
                                </>
                            )}
                            {stage.kind === "saved" && (
                                <Notice tone="good" test="saved-opened">
                                    {t("filesSaved")}
                                </Notice>
                            )}
                        </div>
                    )}
                    {sending && <SendOn source={stage.verified} isPrivate={isPrivate} />}
                </>
            )}
        </div>
    )
}

function Name({ opened }: { opened: OpenedFile }) {
    return (
        <p class="stack stack-tight">
            <span class="person-name" dir="auto" data-test="opened-name">
                {opened.name}
            </span>
            <span class="tiny faint" data-test="opened-word" data-word={opened.word}>
                {t("filesWord", opened.word)} · {size(opened.size)}
            </span>
        </p>
    )
}

/** The two passes over one file; a lock or the end of the page stops them. */
function useOpening(file: File, isPrivate: boolean) {
    const [stage, setStage] = useState<Stage>({ kind: "checking" })
    const [progress, setProgress] = useState<FileProgress>()
    const stop = useRef(new AbortController())
    const locked = useStatus()?.vault === "locked"
    const leftovers = useRef<DownloadSink[]>([])
    useEffect(() => {
        const watch = { signal: stop.current.signal, onProgress: setProgress }
        check(file, isPrivate, watch).then(setStage, (error: unknown) => {
            const failure = toFailure(error)
            const isLocked = failure.code === "password-needed"
            setStage(
                isLocked ? { kind: "locked", failure: undefined } : { kind: "failed", failure },
            )
        })
        const end = () => {
            stop.current.abort()
            for (const sink of leftovers.current) void sink.delete()
        }
        addEventListener("pagehide", end)
        return () => {
            removeEventListener("pagehide", end)
            end()
        }
    }, [])
    useEffect(() => {
        if (locked) stop.current.abort()
    }, [locked])
    const unlock = async (password: string) => {
        const watch = { signal: stop.current.signal, onProgress: setProgress }
        try {
            const looked = await lookWithPassword(file, password)
            setStage({ kind: "checking" })
            setStage({ kind: "checked", ...(await openUnproved(looked, watch)) })
        } catch (error) {
            const failure = toFailure(error)
            const isWrong = failure.code === "wrong-password"
            setStage({ kind: isWrong ? "locked" : "failed", failure })
        }
    }
    const save = async ({ opened, verified, unproved }: Checked, name: string) => {
        const checked = { opened, verified, ...(unproved && { unproved }) }
        const from = unproved?.contentOffset ?? 0
        try {
            const target = await chooseTarget(name)
            if (target === undefined) return
            if (target instanceof DownloadSink) leftovers.current.push(target)
            setStage({ ...checked, kind: "saving" })
            const watch = { signal: stop.current.signal, onProgress: setProgress }
            await write(target, verified, { name, from }, watch)
            setStage({ ...checked, kind: "saved" })
        } catch (error) {
            setStage({ kind: "failed", failure: toFailure(error) })
        }
    }
    return { stage, progress, unlock, save, cancel: () => stop.current.abort() }
}

async function check(
    file: File,
    isPrivate: boolean,
    watch: Parameters<typeof verify>[1],
): Promise<Stage> {
    const { reply, beside } = await askBeside("files", { type: "look" }, [file])
    const [key] = beside
    if (!(key instanceof Uint8Array)) throw new CoreError("bug")
    const verified = await verify({ file, key, payloadOffset: reply.payloadOffset }, watch)
    const source = { tab: null, private: isPrivate, messageFrom: [], messageDate: null }
    const told = await askBeside("files", { type: "verified", length: verified.length, source }, [
        file,
        verified.digest,
    ])
    return { kind: "checked", opened: told.reply.file, verified }
}

async function write(
    target: Sink | DownloadSink,
    verified: Verified,
    { name, from }: { name: string; from: number },
    watch: Parameters<typeof decrypt>[2],
): Promise<void> {
    if (!(target instanceof DownloadSink)) return decrypt(verified, after(from, target), watch)
    await decrypt(verified, target, watch)
    download(cut(await target.file(name), from))
}

/** Where the person says; elsewhere an ordinary download, for which the browser needs a file. */
async function chooseTarget(suggestedName: string) {
    const { showSaveFilePicker } = window as Picking
    if (showSaveFilePicker === undefined) return DownloadSink.open()
    try {
        return await pickedSink(await showSaveFilePicker({ suggestedName }))
    } catch (error) {
        if (error instanceof DOMException && error.name === "AbortError") return undefined
        throw error
    }
}
