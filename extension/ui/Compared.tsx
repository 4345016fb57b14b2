import { t } from "./text.ts"

/** Groups of five digits, as two people read them to each other. */
export function Digits({ groups, short }: { groups: readonly string[]; short?: boolean }) {
    return (
        <p class={short ? "digits fingerprint" : "digits"} data-test="digits" dir="ltr">
            {groups.map((group, at) => (
                <span key={at}>{group}</span>
            ))}
        </p>
    )
}

/** Numbered words. */
export function Words({ words, test = "words" }: { words: readonly string[]; test?: string }) {
    return (
        <ol class="words" data-test={test}>
            {words.map((word, at) => (
                <li key={at}>{word}</li>
            ))}
        </ol>
    )
}

/** Light modules around the code that readers need. */
const QUIET_ZONE = 4

/** A QR code from rows of modules, "1" dark. Always black on white: readers expect it. */
export function Qr({ rows, label }: { rows: readonly string[]; label: string }) {
    const side = rows.length + 2 * QUIET_ZONE
    const path = rows.flatMap((row, y) =>
        [...row].map((module, x) =>
            module === "1" ? `M${x + QUIET_ZONE} ${y + QUIET_ZONE}h1v1h-1z` : "",
        ),
    )
    return (
        <svg
            class="qr"
            viewBox={`0 0 ${side} ${side}`}
            role="img"
            aria-label={label}
            data-test="qr"
            shape-rendering="crispEdges"
        >
            <path d={path.join("")} />
        </svg>
    )
}

/** A printable fingerprint arrives as one text of six groups. */
export function Fingerprint({ text }: { text: string }) {
    return (
        <div class="stack stack-tight">
            <span class="label">{t("fingerprint")}</span>
            <Digits short groups={text.split(/\s+/u)} />
        </div>
    )
}
