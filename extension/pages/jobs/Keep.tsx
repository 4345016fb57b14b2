import { Button } from "../../ui/Button.tsx"
import { copy } from "../../ui/clipboard.ts"
import { t } from "../../ui/text.ts"

/** What a person may do with the words of a letter. */
export function Keep({ text }: { text: string }) {
    return (
        <>
            <Button test="copy-letter" icon="copy" onPress={() => copy(text)}>
                {t("copyText")}
            </Button>
            <Button test="print-letter" icon="print" onPress={() => window.print()}>
                {t("print")}
            </Button>
        </>
    )
}
