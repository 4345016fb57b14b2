import { useState } from "preact/hooks"
import { sweepOpened } from "../engine/sink.ts"
import { FilePicker } from "../ui/FilePicker.tsx"
import { mount } from "../ui/mount.tsx"
import { PageBar } from "../ui/PageBar.tsx"
import { t } from "../ui/text.ts"
import { Unlocked } from "../ui/Unlock.tsx"
import { FileOpener } from "./jobs/FileOpener.tsx"
import { FileSealer } from "./jobs/FileSealer.tsx"
import { type Given, isSealed } from "./jobs/givenFiles.ts"
import { JobList } from "./jobs/JobList.tsx"
import { SaveReader } from "./jobs/SaveReader.tsx"
import { useHandedFile } from "./jobs/useHandedFile.ts"

type Opening = { kind: "open"; files: File[]; isPrivate: boolean }
/** What is being done with the files that were given last. */
type Doing = { kind: "nothing" } | { kind: "seal"; given: Given } | Opening

/** Seals and opens files: works for every site, without access to any. */
function Files() {
    const [doing, setDoing] = useState<Doing>({ kind: "nothing" })
    const [turn, setTurn] = useState(0)
    const begin = (next: Doing) => {
        setTurn((at) => at + 1)
        setDoing(next)
    }
    const take = async (given: Given) => {
        if (given.files.length === 0) return
        const sealed = given.folder === undefined && (await isSealed(given.files))
        begin(
            sealed
                ? { kind: "open", files: [...given.files], isPrivate: false }
                : { kind: "seal", given },
        )
    }
    const done = () => begin({ kind: "nothing" })
    useHandedFile((file, isPrivate) => begin({ kind: "open", files: [file], isPrivate }))
    if (doing.kind === "seal") {
        return <FileSealer key={turn} given={doing.given} onDone={done} />
    }
    if (doing.kind === "open") {
        return <FileOpener key={turn} {...doing} onDone={done} />
    }
    return (
        <div class="stack stack-wide">
            <section class="stack stack-loose">
                <div class="stack stack-snug">
                    <h1>{t("filesTitle")}</h1>
                    <p class="lead">{t("filesLead")}</p>
                </div>
                <FilePicker test="files" onGiven={take} />
            </section>
            <JobList />
            <SaveReader />
        </div>
    )
}

// What an earlier page opened and could not delete when it was closed.
sweepOpened().catch(() => undefined)

mount(
    "navFiles",
    <div class="page">
        <PageBar current="files.html" />
        <main class="page-main">
            <Unlocked>
                <Files />
            </Unlocked>
        </main>
    </div>,
)
