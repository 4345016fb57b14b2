import { useEffect, useState } from "preact/hooks"
import type { MessageKey } from "../generated/messages.ts"
import { t } from "./text.ts"

type Score = 0 | 1 | 2 | 3 | 4
type Estimate = (passphrase: string) => Score

const WORDING = [
    "strengthNone",
    "strengthWeak",
    "strengthFair",
    "strengthGood",
    "strengthStrong",
] as const satisfies readonly MessageKey[]

/** Longer input changes nothing and costs time. */
const MAX_ESTIMATED_LEN = 100

let estimator: Promise<Estimate> | undefined

/** The word lists are large: they come with the first keystroke, not with the page. */
function load(): Promise<Estimate> {
    estimator ??= Promise.all([
        import("@zxcvbn-ts/core"),
        import("@zxcvbn-ts/language-common"),
    ]).then(([{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }]) => {
        const zxcvbn = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs })
        return (passphrase) => zxcvbn.check(passphrase.slice(0, MAX_ESTIMATED_LEN)).score
    })
    return estimator
}

/** How hard a passphrase is to guess: a hint. What is refused, the core decides. */
export function Strength({ passphrase, own }: { passphrase: string; own: readonly string[] }) {
    const [score, setScore] = useState<Score>(0)
    const personal = own.join(" ").toLocaleLowerCase()
    useEffect(() => {
        let wanted = true
        const late = setTimeout(async () => {
            if (!passphrase) return setScore(0)
            const estimate = await load()
            const guessable = personal.includes(passphrase.toLocaleLowerCase())
            if (wanted) setScore(guessable ? 0 : estimate(passphrase))
        }, 120)
        return () => {
            wanted = false
            clearTimeout(late)
        }
    }, [passphrase, personal])
    const level = passphrase ? Math.max(1, score) : 0
    return (
        <p class="strength" data-level={level} data-test="strength">
            {passphrase && (
                <span class="strength-bars" aria-hidden="true">
                    <i />
                    <i />
                    <i />
                    <i />
                </span>
            )}
            <span role="status">{passphrase ? t(WORDING[score]) : t("strengthHint")}</span>
        </p>
    )
}
