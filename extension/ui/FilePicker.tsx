import { useRef, useState } from "preact/hooks"
import { Button } from "./Button.tsx"
import { type Given, givenByDrop, givenByInput } from "./given.ts"
import { t } from "./text.ts"

/** Known to both browsers, and not yet to the types of the painter. */
export const DIRECTORY = { webkitdirectory: true }

/** A place to drop files or a folder, and buttons for every hand. */
export function FilePicker(props: {
    test: string
    onGiven: (given: Given) => void | Promise<void>
    small?: boolean
}) {
    const [over, setOver] = useState(false)
    const files = useRef<HTMLInputElement>(null)
    const folder = useRef<HTMLInputElement>(null)
    const picked = (input: HTMLInputElement) => {
        if (!input.files || input.files.length === 0) return
        void props.onGiven(givenByInput(input.files))
        input.value = ""
    }
    return (
        // Dropping is the short way; the buttons inside are for every hand.
        <fieldset
            class={`drop${props.small ? "" : " drop-files"}${over ? " over" : ""}`}
            aria-label={t("filesDrop")}
            data-test={`${props.test}-drop`}
            onDragOver={(event) => {
                event.preventDefault()
                setOver(true)
            }}
            onDragLeave={() => setOver(false)}
            onDrop={(event) => {
                setOver(false)
                if (!event.dataTransfer) return
                event.preventDefault()
                void givenByDrop(event.dataTransfer).then(props.onGiven)
            }}
        >
            <div class="stack stack-snug">
                {!props.small && <p class="soft">{t("filesDrop")}</p>}
                <div class="row row-wrap">
                    <Button
                        kind={props.small ? "plain" : "primary"}
                        icon="paperclip"
                        test={`${props.test}-pick`}
                        onPress={() => files.current?.click()}
                    >
                        {t("filesPick")}
                    </Button>
                    <Button
                        kind={props.small ? "quiet" : "plain"}
                        icon="upload"
                        test={`${props.test}-pick-folder`}
                        onPress={() => folder.current?.click()}
                    >
                        {t("filesPickFolder")}
                    </Button>
                </div>
            </div>
            <input
                ref={files}
                type="file"
                multiple
                hidden
                data-test={`${props.test}-input`}
                onChange={(event) => picked(event.currentTarget)}
            />
            <input
                ref={folder}
                type="file"
                hidden
                {...DIRECTORY}
                data-test={`${props.test}-folder-input`}
                onChange={(event) => picked(event.currentTarget)}
            />
        </fieldset>
    )
}
