import { api } from "../../lib/browser.ts"
import { CoreError } from "../../lib/failure.ts"

/** The place for a sealed letter in the reader's page. */
const EMPTY = '<pre id="sealed" hidden></pre>'

/** The self-contained reader, as it was packed: a text to save, not a page of ours to open. */
export async function emptyReader(): Promise<string> {
    const reply = await fetch(api.runtime.getURL("reader.txt"))
    return reply.text()
}

/** The reader with a letter in it. Its script is the same, and so is the hash in its policy. */
export async function readerWith(sealed: string): Promise<string> {
    const page = await emptyReader()
    // An armored block or a line: base64 and marks, nothing that markup knows.
    const isPlain = /^[A-Za-z0-9+/=_.\s-]+$/.test(sealed)
    if (!isPlain || !page.includes(EMPTY)) throw new CoreError("bug")
    return page.replace(EMPTY, () => `<pre id="sealed" hidden>\n${sealed}</pre>`)
}
