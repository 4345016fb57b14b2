/** The pickers that no click opens: `showOpenFilePicker` and its kin, and the clipboard. */

import { CLIPBOARD, FOLDER, HOLD } from "../signals.ts"
import { clickInSight } from "./attach.ts"
import { attribute, create, filesIn, listen, native, prevent } from "./native.ts"
import { holds } from "./wire.ts"

interface PickerOptions {
    multiple?: boolean
    types?: readonly { accept?: Record<string, string | readonly string[]> }[]
}

/** Asks as a file field does, so that the guard holds it as it holds every field. */
export function pickFiles(options: PickerOptions = {}): Promise<unknown[]> {
    const input = create(document, "input") as HTMLInputElement
    attribute(input, "type", "file")
    attribute(input, "accept", acceptOf(options))
    if (options.multiple === true) attribute(input, "multiple", "")
    // Even if nobody held the click, it would open nothing.
    listen(input, "click", prevent)
    return new native.Promise((resolve, reject) => {
        listen(input, "change", () => {
            const handles: unknown[] = []
            for (const file of filesIn(input)) handles[handles.length] = handleOf(file)
            resolve(handles)
        })
        listen(input, "cancel", () => reject(aborted()))
        clickInSight(input, () => native.apply(native.click, input, []))
    })
}

/** A folder cannot be given sealed as a folder; the guard says so in the page. */
export function refuseFolder(): Promise<never> | undefined {
    return holds(FOLDER) ? native.Promise.reject(aborted()) : undefined
}

/** What the page read from the clipboard, unless there is more than text in it. */
export async function textAlone(read: Promise<ClipboardItem[]>): Promise<ClipboardItem[]> {
    const items = await read
    for (const item of items) {
        for (const type of item.types) {
            if (type.startsWith("text/") || !holds(CLIPBOARD)) continue
            throw new native.DOMException("Held", "NotAllowedError")
        }
    }
    return items
}

export const isHeld = (): boolean => holds(HOLD)

function aborted(): DOMException {
    return new native.DOMException("The user aborted a request.", "AbortError")
}

function acceptOf({ types = [] }: PickerOptions): string {
    const parts = types.flatMap(({ accept = {} }) =>
        Object.entries(accept).flatMap(([name, endings]) => [name, endings].flat()),
    )
    return parts.join(",")
}

/** A handle on a file that lies on no disk of the person's: it can be read, not written. */
function handleOf(file: File): object {
    const handle: object = Object.create(native.FileHandle?.prototype ?? null)
    const own = (value: unknown) => ({
        value,
        enumerable: true,
        configurable: true,
        writable: true,
    })
    return Object.defineProperties(handle, {
        kind: own("file"),
        name: own(file.name),
        getFile: own(async () => file),
        queryPermission: own(async () => "granted"),
        requestPermission: own(async () => "granted"),
        isSameEntry: own(async (other: unknown) => other === handle),
        createWritable: own(async () => {
            throw new native.DOMException("Read only", "NotAllowedError")
        }),
    })
}
