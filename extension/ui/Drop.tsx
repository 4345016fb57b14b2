import type { ComponentChildren } from "preact"
import { useRef, useState } from "preact/hooks"
import { Button } from "./Button.tsx"

/** Far above any letter or card; what is larger is not text of ours. */
const MAX_FILE_LEN = 16 * 1024 * 1024

/** A place to drop a text file. */
export function DropZone(props: {
    test: string
    children: ComponentChildren
    onText: (text: string) => void
    onTooLarge: () => void
}) {
    const [over, setOver] = useState(false)
    const take = async (file: File | undefined) => {
        setOver(false)
        if (!file) return
        if (file.size > MAX_FILE_LEN) return props.onTooLarge()
        props.onText(await file.text())
    }
    return (
        // Dropping is the short way; the file button inside is for every hand.
        <fieldset
            class={over ? "drop over" : "drop"}
            data-test={props.test}
            onDragOver={(event) => {
                event.preventDefault()
                setOver(true)
            }}
            onDragLeave={() => setOver(false)}
            onDrop={(event) => {
                const file = event.dataTransfer?.files[0]
                if (!file) return setOver(false)
                event.preventDefault()
                return void take(file)
            }}
        >
            {props.children}
        </fieldset>
    )
}

/** A button that opens the system's picker for one text file. */
export function FileButton(props: {
    test: string
    children: ComponentChildren
    onText: (text: string) => void
    onTooLarge: () => void
}) {
    const input = useRef<HTMLInputElement>(null)
    return (
        <>
            <input
                ref={input}
                type="file"
                hidden
                data-test={`${props.test}-input`}
                onChange={async (event) => {
                    const file = event.currentTarget.files?.[0]
                    if (!file) return
                    if (file.size > MAX_FILE_LEN) props.onTooLarge()
                    else props.onText(await file.text())
                    if (input.current) input.current.value = ""
                }}
            />
            <Button test={props.test} icon="upload" onPress={() => input.current?.click()}>
                {props.children}
            </Button>
        </>
    )
}
