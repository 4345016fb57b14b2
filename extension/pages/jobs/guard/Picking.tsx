import { useRef, useState } from "preact/hooks"
import type { GuardSheet, HoldErrand, Recipient } from "../../../generated/protocol.ts"
import { api } from "../../../lib/browser.ts"
import { obstacle } from "../../../ui/advice.ts"
import { size } from "../../../ui/amount.ts"
import { Button, LinkButton } from "../../../ui/Button.tsx"
import { desk, shell, useDoing } from "../../../ui/client.ts"
import { DIRECTORY } from "../../../ui/FilePicker.tsx"
import { givenByInput } from "../../../ui/given.ts"
import { Icon } from "../../../ui/Icon.tsx"
import { FailureNotice, Notice } from "../../../ui/Notice.tsx"
import { TrustBadge } from "../../../ui/Trust.tsx"
import { names, t } from "../../../ui/text.ts"
import { MixedQuestion } from "../MixedQuestion.tsx"
import { type RecipientChoice, Recipients } from "../Recipients.tsx"
import { hostOf } from "./host.ts"
import { type Folder, type OnStage, over } from "./stage.ts"
import { type Choose, type SheetState, withChoice } from "./useSheet.ts"

interface Props {
    hold: HoldErrand
    tab: number
    state: SheetState
    choose: Choose
    /** Files that came along: dropped, pasted, or taken out of a field. */
    came: File[]
    /** They are one folder. */
    folder: Folder | undefined
    onStage: OnStage
}

/** For whom, which files, and the ways out. */
export function Picking(props: Props) {
    const { hold, state, came } = props
    const { sheet } = state
    const host = hostOf(hold.site)
    const lost = hold.wanted.files > 0 && came.length === 0
    return (
        <>
            <div class="panel-body" data-test="guard-sheet" data-route={hold.wanted.route}>
                <p class="strong" data-test="guard-wants">
                    {wants(props, host)}
                </p>
                {lost && <Notice tone="caution">{t("guardLost")}</Notice>}
                <For {...props} />
                <MixedQuestion
                    about="files"
                    apart={hold.wanted.multiple || hold.wanted.route === "drop"}
                    mixed={sheet.mixed}
                    decide={choiceFor(sheet, props.choose, props.onStage).decideClassical}
                />
                {came.length > 0 && <FileList files={came} folder={props.folder} />}
                <Said hold={hold} />
                <Names {...props} />
            </div>
            <footer class="panel-foot">
                {sheet.blockedBy && (
                    <p class="small strong" data-test="blocked">
                        {obstacle(sheet.blockedBy)}
                    </p>
                )}
                <Ways {...props} />
            </footer>
        </>
    )
}

function wants({ hold, came }: Props, host: string): string {
    if (came.length > 0) return t("guardHeld", host)
    return hold.wanted.directory ? t("guardWantsFolder", host) : t("guardWants", host)
}

/** "For: Bob ✓ [change]"; the whole list once the person wants it, or must. */
function For({ state, choose, onStage }: Props) {
    const { sheet } = state
    const settled = sheet.sealFor.length > 0 && sheet.blockedBy === null
    const [open, setOpen] = useState(!settled)
    if (open) {
        return (
            <div class="stack stack-snug">
                <h2 class="label">{t("guardFor")}</h2>
                <Recipients
                    recipients={sheet.recipients}
                    choice={choiceFor(sheet, choose, onStage)}
                />
            </div>
        )
    }
    const chosen = sheet.recipients.filter((one) => one.chosen)
    return (
        <div class="row row-wrap" data-test="guard-for">
            <span class="soft">{t("guardFor")}</span>
            {chosen.map((one) => (
                <span key={one.address} class="row">
                    <span class="person-name" dir="auto">
                        {one.contact?.name || one.address}
                    </span>
                    {one.contact && <TrustBadge trust={one.contact.trust} />}
                </span>
            ))}
            <LinkButton test="guard-change" onPress={() => setOpen(true)}>
                {t("guardChange")}
            </LinkButton>
            {sheet.kept && <span class="tiny faint">{t("guardKept")}</span>}
        </div>
    )
}

function choiceFor(sheet: GuardSheet, choose: Choose, onStage: OnStage): RecipientChoice {
    const { recipients } = sheet
    const key = (one: Recipient) => one.contact?.id ?? one.address
    return {
        choose: (recipient, chosen) => {
            const others = recipients.map((one) =>
                key(one) === key(recipient) ? { ...one, chosen } : one,
            )
            void choose(withChoice({ ...sheet, recipients: others }))
        },
        add: (added) =>
            void choose(
                withChoice(sheet, ({ to, addresses }) => {
                    if ("contact" in added) to.push(added.contact)
                    else addresses.push(added.address)
                }),
            ),
        invite: async (address) => {
            const page = `pages/contacts.html#invite=${encodeURIComponent(address)}`
            await api.tabs.create({ url: api.runtime.getURL(page) })
        },
        decide: (contact) => onStage({ at: "deciding", contact }),
        // The core suggests nobody in Bcc for files.
        decideBcc: async () => undefined,
        decideClassical: (choice) => {
            if (choice !== "leave-out") {
                void choose({ ...withChoice(sheet), classical: choice })
                return
            }
            const left = recipients.filter((one) => one.state !== "classical")
            void choose({ ...withChoice({ ...sheet, recipients: left }), classical: null })
        },
    }
}

export function FileList(props: { files: readonly File[]; folder: Folder | undefined }) {
    const { files, folder } = props
    if (folder !== undefined) return <FolderLine files={files} name={folder.name} />
    return (
        <ul class="file-list" data-test="guard-files">
            {files.slice(0, 12).map((file, at) => (
                <li key={at} class="row">
                    <Icon name="paperclip" />
                    <span class="ellipsis grow" dir="auto">
                        {file.name}
                    </span>
                    <span class="tiny faint">{size(file.size)}</span>
                </li>
            ))}
            {files.length > 12 && <li class="faint">… {files.length - 12}</li>}
        </ul>
    )
}

function FolderLine({ files, name }: { files: readonly File[]; name: string }) {
    return (
        <ul class="file-list" data-test="guard-files">
            <li class="row" data-test="guard-folder">
                <Icon name="paperclip" />
                <span class="ellipsis grow" dir="auto">
                    {t("filesFolder", name)}
                </span>
                <span class="tiny faint">
                    {size(files.reduce((sum, file) => sum + file.size, 0))}
                </span>
            </li>
        </ul>
    )
}

/** What the person should know before: what the site says it takes, and what the guard misses. */
function Said({ hold: { site, wanted } }: { hold: HoldErrand }) {
    const host = hostOf(site)
    return (
        <>
            {wanted.accept &&
                !/(^|,)\s*(\.age|\*\/\*|application\/octet-stream)/u.test(wanted.accept) && (
                    <Notice test="guard-accept">{t("guardAccept", host, wanted.accept)}</Notice>
                )}
            {wanted.unguarded.length > 0 && (
                <Notice tone="caution" test="guard-unguarded">
                    {t("guardUnguarded", names(wanted.unguarded.map(hostOf)))}
                </Notice>
            )}
            {wanted.route === "net" && <Notice tone="caution">{t("guardNet", host)}</Notice>}
            {wanted.directory && <p class="small">{t("guardFolderNote")}</p>}
            <p class="tiny faint">{t("guardSizes")}</p>
        </>
    )
}

/** What the site sees of the names: decided once for the site. */
function Names({ hold, state, choose }: Props) {
    const { failure, run } = useDoing()
    const set = (isReal: boolean) =>
        run(async () => {
            await desk({ type: "name-files", site: hold.site, naming: isReal ? "real" : "word" })
            await choose()
        })
    return (
        <>
            <label class="row check small">
                <input
                    type="checkbox"
                    checked={state.sheet.guard.naming === "real"}
                    data-test="guard-real-names"
                    onChange={(event) => void set(event.currentTarget.checked)}
                />
                <span>{t("guardRealNames")}</span>
            </label>
            <FailureNotice failure={failure} />
        </>
    )
}

function Ways(props: Props) {
    const { hold, came, state, onStage } = props
    const { failure, run } = useDoing()
    const ready = state.sheet.blockedBy === null
    const seal = (files: File[], folder?: Folder) =>
        onStage({ at: "sealing", files, folder: folder ?? undefined })
    const end = (outcome: "released" | "exempt") =>
        run(async () => {
            if (outcome === "exempt") {
                const { field } = hold.wanted
                await desk({ type: "exempt-field", site: hold.site, field, exempt: true })
            }
            await shell({ type: "release", hold: hold.hold })
            onStage(over(outcome))
        })
    const who = names(state.sheet.sealFor)
    return (
        <>
            <FailureNotice failure={failure} />
            {came.length > 0 ? (
                <Button
                    wide
                    kind="primary"
                    icon="lock"
                    test="guard-seal"
                    disabled={!ready}
                    onPress={() => seal(came, props.folder)}
                >
                    {ready ? t("sealFor", who) : t("guardSeal")}
                </Button>
            ) : (
                <Pickers {...props} ready={ready} seal={seal} />
            )}
            <div class="row row-wrap guard-ways">
                <UnsealedLink {...props} />
                {hold.wanted.field !== "" && (
                    <LinkButton test="guard-exempt" onPress={() => end("exempt")}>
                        {t("guardExempt")}
                    </LinkButton>
                )}
                <LinkButton test="guard-release" onPress={() => end("released")}>
                    {t("guardNothing")}
                </LinkButton>
            </div>
        </>
    )
}

/** Picked here is sealed at once: for whom was decided before. */
function Pickers(
    props: Props & { ready: boolean; seal: (files: File[], folder?: Folder) => void },
) {
    const { hold, ready, seal } = props
    const { wanted } = hold
    const files = useRef<HTMLInputElement>(null)
    const folder = useRef<HTMLInputElement>(null)
    return (
        <>
            <input
                ref={files}
                type="file"
                hidden
                multiple={wanted.multiple || wanted.directory}
                data-test="guard-pick-input"
                onChange={(event) => take(event.currentTarget, seal)}
            />
            <input
                ref={folder}
                type="file"
                hidden
                {...DIRECTORY}
                data-test="guard-folder-input"
                onChange={(event) => take(event.currentTarget, seal)}
            />
            <Button
                wide
                kind="primary"
                icon="lock"
                test="guard-pick"
                disabled={!ready}
                onPress={() => (wanted.directory ? folder : files).current?.click()}
            >
                {wanted.directory ? t("guardPickFolder") : t("guardPick")}
            </Button>
            {!wanted.directory && (
                <LinkButton test="guard-pick-folder" onPress={() => folder.current?.click()}>
                    {t("guardPickFolder")}
                </LinkButton>
            )}
        </>
    )
}

function take(input: HTMLInputElement, seal: (files: File[], folder?: Folder) => void): void {
    if (!input.files || input.files.length === 0) return
    const { files, folder } = givenByInput(input.files)
    input.value = ""
    seal([...files], folder)
}

/** The page would have got a dropped folder's files under their own names. */
function withoutFolder(file: File): File {
    const { type, lastModified } = file
    return new File([file], file.name.split("/").at(-1) ?? "", { type, lastModified })
}

function UnsealedLink({ hold, came, folder, onStage }: Props) {
    const input = useRef<HTMLInputElement>(null)
    const press = () => {
        const files = folder === undefined ? came : came.map(withoutFolder)
        if (files.length > 0) onStage({ at: "unsealed", files })
        else input.current?.click()
    }
    return (
        <>
            <input
                ref={input}
                type="file"
                hidden
                multiple={hold.wanted.multiple}
                data-test="guard-unsealed-input"
                onChange={(event) => {
                    const files = [...(event.currentTarget.files ?? [])]
                    if (files.length > 0) onStage({ at: "unsealed", files })
                }}
            />
            <LinkButton test="guard-unsealed" onPress={press}>
                {t("guardUnsealed")}
            </LinkButton>
        </>
    )
}
