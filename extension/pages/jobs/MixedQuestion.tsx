import type { ClassicalChoice, Mixed } from "../../generated/protocol.ts"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { names, t } from "../../ui/text.ts"

interface Props {
    mixed: Mixed | null
    decide: (choice: ClassicalChoice) => void
    /** What is sealed: a letter unless it says otherwise. */
    about?: "letter" | "files"
    /** There can be something of their own: not where a page takes one file alone. */
    apart?: boolean
}

const WORDS = {
    letter: {
        text: "mixedText",
        own: "mixedOwn",
        follows: "mixedOwnFollows",
        all: "mixedSealsAll",
    },
    files: {
        text: "filesMixedText",
        own: "filesMixedOwn",
        follows: "filesMixedOwnFollows",
        all: "filesMixedSealsAll",
    },
} as const

/** Somebody's only key is classical and others have better ones: asked once, then said. */
export function MixedQuestion(props: Props) {
    const { mixed } = props
    if (!mixed) return null
    const who = names(mixed.names)
    return (
        <div class="composer-remark" data-test="mixed" data-choice={mixed.choice ?? ""}>
            {mixed.choice === null ? (
                <Asked {...props} mixed={mixed} who={who} />
            ) : (
                <Decided {...props} choice={mixed.choice} who={who} mixed={mixed} />
            )}
        </div>
    )
}

function Asked(props: Props & { mixed: Mixed; who: string }) {
    const { mixed, who, decide, about = "letter", apart = true } = props
    return (
        <Notice
            tone="caution"
            icon="key"
            title={t("mixedTitle", who)}
            actions={
                <>
                    {apart && (
                        <Button size="small" test="mixed-own" onPress={() => decide("own-letter")}>
                            {t(WORDS[about].own)}
                        </Button>
                    )}
                    <Button size="small" test="mixed-leave" onPress={() => decide("leave-out")}>
                        {t("mixedLeave", who)}
                    </Button>
                    {mixed.canSealAll && (
                        <Button size="small" test="mixed-all" onPress={() => decide("seal-all")}>
                            {t("mixedAll")}
                        </Button>
                    )}
                </>
            }
        >
            {t(WORDS[about].text)}
        </Notice>
    )
}

function Decided(props: Props & { mixed: Mixed; choice: ClassicalChoice; who: string }) {
    const { choice, who, mixed, decide, about = "letter", apart = true } = props
    const all = choice === "seal-all"
    const other = all ? "own-letter" : "seal-all"
    return (
        <Notice
            icon="key"
            tone={all ? "caution" : "plain"}
            actions={
                (all ? apart : mixed.canSealAll) && (
                    <LinkButton test="mixed-change" onPress={() => decide(other)}>
                        {all ? t(WORDS[about].own) : t("mixedAll")}
                    </LinkButton>
                )
            }
        >
            {all ? t(WORDS[about].all) : t(WORDS[about].follows, who)}
        </Notice>
    )
}
