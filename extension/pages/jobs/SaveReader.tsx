import { Button } from "../../ui/Button.tsx"
import { useDoing } from "../../ui/client.ts"
import { download } from "../../ui/clipboard.ts"
import { FailureNotice } from "../../ui/Notice.tsx"
import { t } from "../../ui/text.ts"
import { emptyReader } from "./readerPage.ts"

/** The self-contained reader, without a letter in it. */
export function SaveReader() {
    const { failure, run } = useDoing()
    const save = () =>
        run(async () => {
            download("sotto-reader.html", await emptyReader(), "text/html")
        })
    return (
        <div class="stack stack-snug" data-test="reader-offer">
            <p class="soft">{t("readerEmptyHint")}</p>
            <FailureNotice failure={failure} />
            <div>
                <Button icon="download" test="reader-save" onPress={save}>
                    {t("readerSave")}
                </Button>
            </div>
        </div>
    )
}
