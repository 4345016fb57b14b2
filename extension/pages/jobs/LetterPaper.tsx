import type { ComponentChildren } from "preact"
import type { MessageKey } from "../../generated/messages.ts"
import type { Letter, LetterPart, NoteKind, Sender } from "../../generated/protocol.ts"
import { size } from "../../ui/amount.ts"
import { Icon } from "../../ui/Icon.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { Avatar, TrustBadge } from "../../ui/Trust.tsx"
import { count, names, t } from "../../ui/text.ts"
import { day, dayAndTime } from "../../ui/time.ts"

const NOTES = {
    "seen-before": { key: "noteSeenBefore", tone: "plain" },
    "date-far": { key: "noteDateFar", tone: "caution" },
    "address-mismatch": { key: "noteAddressMismatch", tone: "caution" },
    bare: { key: "noteBare", tone: "plain" },
    "claims-contact": { key: "noteClaimsContact", tone: "danger" },
    "parts-left-out": { key: "notePartsLeftOut", tone: "plain" },
    reduced: { key: "noteReduced", tone: "plain" },
} satisfies Record<NoteKind, { key: MessageKey; tone: "plain" | "caution" | "danger" }>

/** An opened letter: first who it is from and how sure that is, then what else must be said. */
export function LetterPaper({ letter, actions }: { letter: Letter; actions?: ComponentChildren }) {
    return (
        <article class="letter stack" data-test="letter">
            <header class="stack stack-snug">
                <Verdict sender={letter.sender} />
                {letter.notes.map((note) => (
                    <Notice key={note} tone={NOTES[note].tone} test={`note-${note}`}>
                        {t(NOTES[note].key)}
                    </Notice>
                ))}
            </header>
            {letter.subject !== null && (
                <h2 class="letter-subject" dir="auto" data-test="letter-subject">
                    {letter.subject || t("subjectNone")}
                </h2>
            )}
            {letter.withheld ? (
                actions
            ) : (
                <>
                    <div class="letter-text" dir="auto" data-test="letter-text">
                        {letter.text}
                    </div>
                    <Parts parts={letter.parts} />
                    {actions}
                </>
            )}
            <LetterFoot letter={letter} />
        </article>
    )
}

/** Who it is from and how sure that is; `null`: nothing proves it. */
export function Verdict({ sender }: { sender: Sender | null }) {
    if (!sender) {
        return (
            <div class="verdict" data-test="verdict" data-trust="none">
                <Avatar id="" name="" />
                <div class="grow">
                    <p class="person-name">{t("verdictNone")}</p>
                    <p class="small soft">{t("verdictNoneText")}</p>
                </div>
            </div>
        )
    }
    const shown = sender.name || sender.address || t("nameless")
    return (
        <div
            class="verdict"
            data-test="verdict"
            data-trust={sender.own ? "own" : sender.trust}
            data-letters={sender.letters}
        >
            <Avatar id={sender.id} name={shown} />
            <div class="grow stack stack-tight">
                <p class="row row-wrap">
                    <span class="person-name" dir="auto" data-test="sender-name">
                        {sender.own ? t("you") : shown}
                    </span>
                    {!sender.own && <TrustBadge trust={sender.trust} />}
                </p>
                {sender.address && <p class="person-address ellipsis">{sender.address}</p>}
                <p class="small soft" data-test="verdict-text">
                    {verdictText(sender, shown)}
                </p>
            </div>
        </div>
    )
}

function verdictText(sender: Sender, shown: string): string {
    if (sender.own) return t("verdictOwn")
    switch (sender.trust) {
        case "verified":
            return t("verdictVerified")
        case "known":
            return knownText(sender, shown)
        case "unknown":
            return sender.name ? t("verdictUnknown", sender.name) : t("verdictUnknownNameless")
        case "changed":
            return t("verdictChanged")
        case "blocked":
            return t("verdictBlocked")
    }
}

function knownText(sender: Sender, shown: string): string {
    if (sender.letters <= 1 || sender.since === null) return t("verdictFirst", shown)
    return t("verdictKnown", day(sender.since), count("letters", sender.letters))
}

/** Named only. What the writer calls a part proves nothing of what it is. */
function Parts({ parts }: { parts: readonly LetterPart[] }) {
    if (parts.length === 0) return null
    return (
        <section class="letter-parts small" data-test="letter-parts">
            <h3 class="label">{t("partsTitle")}</h3>
            <ul>
                {parts.map((part, at) => (
                    <li key={`${at} ${part.name}`} class="row">
                        <Icon name="paperclip" size={14} />
                        <span class="grow ellipsis" dir="auto">
                            {part.name || t("partNameless")}
                        </span>
                        <span class="faint">{part.kind}</span>
                        <span class="faint num">{size(part.len)}</span>
                    </li>
                ))}
            </ul>
        </section>
    )
}

function LetterFoot({ letter }: { letter: Letter }) {
    const readers = [...letter.recipients]
    if (letter.unnamedRecipients > 0) {
        readers.push(count("openedByMore", letter.unnamedRecipients))
    }
    if (letter.sentAt === null && readers.length === 0) return null
    return (
        <footer class="letter-foot tiny faint">
            {letter.sentAt !== null && <p>{t("sealedAt", dayAndTime(letter.sentAt))}</p>}
            {readers.length > 0 && <p>{t("openedBy", names(readers))}</p>}
            {letter.writtenTo.length > 0 && (
                <p dir="auto">{t("writtenTo", names(letter.writtenTo))}</p>
            )}
            {letter.writtenCc.length > 0 && (
                <p dir="auto">{t("writtenCc", names(letter.writtenCc))}</p>
            )}
        </footer>
    )
}
