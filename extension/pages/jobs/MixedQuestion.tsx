import type { ClassicalChoice, Mixed } from "../../generated/protocol.ts"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { names, t } from "../../ui/text.ts"

interface Props {
    mixed: Mixed | null
    decide: (choice: ClassicalChoice) => void
}

/** Somebody's only key is classical and others have better ones: asked once, then said. */
export function MixedQuestion({ mixed, decide }: Props) {
    if (!mixed) return null
    const who = names(mixed.names)
    return (
        <div class="composer-remark" data-test="mixed" data-choice={mixed.choice ?? ""}>
            {mixed.choice === null ? (
                <Asked mixed={mixed} who={who} decide={decide} />
            ) : (
                <Decided choice={mixed.choice} who={who} mixed={mixed} decide={decide} />
            )}
        </div>
    )
}

function Asked({ mixed, who, decide }: Props & { mixed: Mixed; who: string }) {
    return (
        <Notice
            tone="caution"
            icon="key"
            title={t("mixedTitle", who)}
            actions={
                <>
                    <Button size="small" test="mixed-own" onPress={() => decide("own-letter")}>
                        {t("mixedOwn")}
                    </Button>
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
            {t("mixedText")}
        </Notice>
    )
}

function Decided(props: Props & { mixed: Mixed; choice: ClassicalChoice; who: string }) {
    const { choice, who, mixed, decide } = props
    const all = choice === "seal-all"
    const other = all ? "own-letter" : "seal-all"
    return (
        <Notice
            icon="key"
            tone={all ? "caution" : "plain"}
            actions={
                (all || mixed.canSealAll) && (
                    <LinkButton test="mixed-change" onPress={() => decide(other)}>
                        {all ? t("mixedOwn") : t("mixedAll")}
                    </LinkButton>
                )
            }
        >
            {all ? t("mixedSealsAll") : t("mixedOwnFollows", who)}
        </Notice>
    )
}
