/**
 * The inner layer: a sandboxed document without scripts and without a way to load anything. The
 * letter goes in as escaped text, so there is nothing in it but characters.
 */

/** Its digest is in the manifest's `style-src`, which the inner document inherits. */
export const INNER_STYLE =
    ":root{color-scheme:light dark}" +
    "body{margin:0;padding:2px 16px 12px;white-space:pre-wrap;overflow-wrap:anywhere;tab-size:4;" +
    'font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;' +
    "color:light-dark(#1b1f1e,#ecebe7);background:light-dark(#ffffff,#1b1e1d)}"

export const INNER_STYLE_DIGEST = "sha256-RVhHuwYSs92m1CQrsImcPRpxi5106hLisZaqEW2HQz4="

const ESCAPES: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
}

export function escapeHtml(text: string): string {
    return text.replace(/[&<>"']/gu, (character) => ESCAPES[character] ?? "")
}

/** The whole inner document for a text. */
export function innerDocument(text: string): string {
    return (
        '<!doctype html><meta charset="utf-8">' +
        '<meta http-equiv="Content-Security-Policy" ' +
        `content="default-src 'none'; style-src '${INNER_STYLE_DIGEST}'">` +
        `<style>${INNER_STYLE}</style><body dir="auto">${escapeHtml(text)}`
    )
}

export function innerFrame(text: string, title: string): HTMLIFrameElement {
    const frame = document.createElement("iframe")
    frame.setAttribute("sandbox", "")
    frame.title = title
    frame.className = "inner"
    frame.srcdoc = innerDocument(text)
    return frame
}
