/**
 * The inner layer: a sandboxed document without scripts and without a way to load anything. The
 * letter goes in as the text of one element; no parser reads it, so there is nothing in it but
 * characters.
 *
 * The document is begun before the letter is asked for and is of our own origin: an opaque one gets
 * a process of its own, whose start was half of an opening (docs/adr/0005).
 */

/** Its digest is in the manifest's `style-src`. */
export const INNER_STYLE =
    ":root{color-scheme:light dark}" +
    "body{margin:0;padding:2px 16px 12px;white-space:pre-wrap;overflow-wrap:anywhere;tab-size:4;" +
    'font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;' +
    "color:light-dark(#1b1f1e,#ecebe7);background:light-dark(#ffffff,#1b1e1d)}"

export const INNER_STYLE_DIGEST = "sha256-RVhHuwYSs92m1CQrsImcPRpxi5106hLisZaqEW2HQz4="

export interface Inner {
    /** Puts a text in place of the one before. */
    show(text: string, title: string): void
}

/** Beside the extension's own policy, which the inner document inherits. */
const POLICY = `default-src 'none'; style-src '${INNER_STYLE_DIGEST}'`

/**
 * The inner layer in `element`, an empty frame of our document whose `sandbox` allows neither
 * scripts, forms, plugins nor ways out.
 */
export function innerIn(element: HTMLIFrameElement): Inner {
    let shown = ""
    const write = (): void => {
        const doc = element.contentDocument
        if (doc === null) return
        if (doc.querySelector("style") === null) furnish(doc)
        doc.body.textContent = shown
    }
    // Where the browser replaces the empty document that it begins with, the text goes with it.
    element.addEventListener("load", write)
    write()
    return {
        show(text, title) {
            shown = text
            element.title = title
            element.className = "inner"
            write()
        },
    }
}

function furnish(doc: Document): void {
    const policy = doc.createElement("meta")
    policy.httpEquiv = "Content-Security-Policy"
    policy.content = POLICY
    const style = doc.createElement("style")
    style.textContent = INNER_STYLE
    doc.head.append(policy, style)
    doc.body.dir = "auto"
}
