import { useEffect, useRef, useState } from "preact/hooks"
import type { MessageKey } from "../../generated/messages.ts"
import type { Draft, Failure } from "../../generated/protocol.ts"
import { adviceFor, obstacle } from "../../ui/advice.ts"
import { Button, IconButton, LinkButton } from "../../ui/Button.tsx"
import type { Given } from "../../ui/given.ts"
import { FailureNotice, Notice } from "../../ui/Notice.tsx"
import { names, t } from "../../ui/text.ts"
import { Attachments, choiceOf, useDroppedFiles } from "./Attachments.tsx"
import { MixedQuestion } from "./MixedQuestion.tsx"
import { PageHealth } from "./PageHealth.tsx"
import { PageNow } from "./PageNow.tsx"
import { type RecipientChoice, Recipients } from "./Recipients.tsx"
import type { DraftState } from "./useDraft.ts"

interface Props {
    state: DraftState
    choice: RecipientChoice
    failure: Failure | undefined
    tab: number | null
    neutral: boolean
    onNeutral: (neutral: boolean) => void
    onEdit: (change: Partial<Pick<Draft, "subject" | "text">>) => void
    onAddresses: (addresses: string[]) => void
    onSeal: () => Promise<void>
    onPassword: () => Promise<void>
    onDiscard: () => Promise<void>
}

/** The letter while it is written. */
export function Writing(props: Props) {
    const [files, setFiles] = useState(false)
    const [given, setGiven] = useState<Given>()
    const { draft } = props.state
    const text = useFirstFocus(draft.recipients.length > 0)
    const surface = useDroppedFiles((dropped) => {
        setGiven(dropped)
        setFiles(true)
    })
    return (
        <>
            <div ref={surface} class="panel-body flush composer" data-test="composer">
                <Recipients recipients={draft.recipients} choice={props.choice} />
                <MixedQuestion mixed={draft.mixed} decide={props.choice.decideClassical} />
                <div class="composer-subject">
                    <input
                        type="text"
                        value={draft.subject}
                        placeholder={t("composeSubject")}
                        aria-label={t("composeSubject")}
                        title={t("composeSubjectHint")}
                        autocomplete="off"
                        spellcheck={false}
                        dir="auto"
                        data-test="subject"
                        onInput={(event) => props.onEdit({ subject: event.currentTarget.value })}
                    />
                </div>
                <Remarks {...props} />
                <textarea
                    ref={text}
                    class="composer-text"
                    value={draft.text}
                    placeholder={t("composeText")}
                    aria-label={t("composeText")}
                    autocomplete="off"
                    autocapitalize="sentences"
                    spellcheck={false}
                    dir="auto"
                    data-test="text"
                    onInput={(event) => props.onEdit({ text: event.currentTarget.value })}
                    onKeyDown={(event) => {
                        const asked = event.key === "Enter" && (event.ctrlKey || event.metaKey)
                        if (asked && draft.blockedBy === null) void props.onSeal()
                    }}
                />
                {draft.quoted !== null && <Quoted quoted={draft.quoted} {...props} />}
            </div>
            <footer class="panel-foot">
                {files && (
                    <Attachments
                        choice={choiceOf(draft)}
                        label={
                            draft.sealFor.length > 0
                                ? t("attachFor", names(draft.sealFor))
                                : t("attachNobody")
                        }
                        disabled={draft.blockedBy !== null}
                        tab={props.tab}
                        given={given}
                    />
                )}
                <FailureNotice failure={props.failure} />
                <SealButton {...props} />
                <div class="row">
                    <IconButton
                        small
                        test="attach"
                        icon="paperclip"
                        label={t("composeAttach")}
                        onPress={() => setFiles(!files)}
                    />
                    <IconButton
                        small
                        test="with-password"
                        icon="key"
                        label={t("passwordWay")}
                        onPress={props.onPassword}
                    />
                    <span class="tiny faint" role="status" data-test="saved">
                        {t(savedLine(props.state))}
                    </span>
                    <span class="push">
                        <IconButton
                            small
                            test="discard"
                            icon="trash"
                            label={t("composeDiscard")}
                            onPress={props.onDiscard}
                        />
                    </span>
                </div>
            </footer>
        </>
    )
}

/** Whether the words on the screen would outlive it. */
function savedLine({ saving, failure }: DraftState): MessageKey {
    if (saving) return "composeSaving"
    return failure ? "composeNotSaved" : "composeSaved"
}

/** Who is known already needs no typing: the words come next. */
function useFirstFocus(wanted: boolean) {
    const text = useRef<HTMLTextAreaElement>(null)
    const first = useRef(wanted)
    useEffect(() => {
        const area = text.current
        if (!first.current || !area) return
        // The recipients and what is said about the page stay in sight.
        area.focus({ preventScroll: true })
        area.setSelectionRange(area.value.length, area.value.length)
    }, [])
    return text
}

/** What stands in the way, said for this surface where that is shorter than the advice. */
function SealButton({ state, onSeal }: Props) {
    const { sealFor, blockedBy } = state.draft
    const who = names(sealFor)
    if (blockedBy === "kit-due") {
        return (
            <Notice
                tone="caution"
                icon="key"
                test="blocked"
                actions={
                    <a
                        class="btn btn-small"
                        href="settings.html#kit"
                        target="_blank"
                        rel="noreferrer"
                    >
                        {t("kitSaveNow")}
                    </a>
                }
            >
                {adviceFor({ code: blockedBy })}
            </Notice>
        )
    }
    return (
        <>
            <Button
                wide
                kind="primary"
                size="large"
                icon="lock"
                test="seal"
                disabled={blockedBy !== null}
                describedBy="seal-why"
                onPress={onSeal}
            >
                {sealFor.length > 0 ? t("sealFor", who) : t("seal")}
            </Button>
            <p id="seal-why" class="small soft" hidden={blockedBy === null} data-test="blocked">
                {blockedBy && obstacle(blockedBy)}
            </p>
        </>
    )
}

/** What the person should know about the page before they write on. */
function Remarks(props: Props) {
    const { draft } = props.state
    return (
        <>
            <PageHealth class="composer-remark" tab={props.tab} origin={draft.site} />
            <PageNow draft={draft} tab={props.tab} onAdd={props.onAddresses} />
            {draft.private && (
                <div class="composer-remark" data-test="private-draft">
                    <Notice icon="eyeOff">{t("composePrivate")}</Notice>
                </div>
            )}
            {draft.seenBySite && (
                <div class="composer-remark" data-test="seen-by-site">
                    <Notice
                        icon="eye"
                        tone="caution"
                        actions={
                            <LinkButton
                                test="start-empty"
                                onPress={() => props.onEdit({ text: "" })}
                            >
                                {t("composeStartFresh")}
                            </LinkButton>
                        }
                    >
                        {t("composeSeenBySite")}
                    </Notice>
                </div>
            )}
            {draft.pageSubject !== null && (
                <div class="composer-remark small soft" data-test="page-subject">
                    <p>
                        {draft.pageSubject
                            ? t("composePageSubject", draft.pageSubject)
                            : t("composePageSubjectEmpty")}
                    </p>
                    <label class="row check">
                        <input
                            type="checkbox"
                            checked={props.neutral}
                            data-test="neutral-subject"
                            onChange={(event) => props.onNeutral(event.currentTarget.checked)}
                        />
                        {t("composeNeutralSubject", t("neutralSubject"))}
                    </label>
                </div>
            )}
        </>
    )
}

function Quoted(props: Props & { quoted: string }) {
    const quote = () => {
        const lines = props.quoted.split("\n").map((line) => (line ? `> ${line}` : ">"))
        const { text } = props.state.draft
        props.onEdit({ text: `${text}${text ? "\n\n" : ""}${lines.join("\n")}\n` })
    }
    return (
        <details class="more composer-remark" data-test="quoted">
            <summary>{t("composeQuoted")}</summary>
            <div class="stack stack-snug">
                <div class="letter-text quoted" dir="auto">
                    {props.quoted}
                </div>
                <p class="small">
                    <LinkButton test="quote-in" onPress={quote}>
                        {t("composeQuoteIn")}
                    </LinkButton>
                </p>
            </div>
        </details>
    )
}
