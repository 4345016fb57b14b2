/** How our few things in pages look. Ink is the page's own colour, so light and dark come by itself. */

/** Readable with white text on it, and against white and black pages. */
const ACCENT = "#17705f"

export const PLACEHOLDER_STYLE = `
.box{all:initial;display:block;box-sizing:border-box;max-width:680px;margin:8px 0;color:inherit;
font:400 14px/20px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;
border:1px solid color-mix(in srgb,currentColor 20%,transparent);border-radius:10px;
background:color-mix(in srgb,currentColor 3%,transparent);text-align:start;container-type:inline-size}
.bar{display:flex;flex-wrap:wrap;align-items:center;gap:6px 10px;padding:8px 8px 8px 14px;min-height:32px}
svg{flex:none;width:16px;height:16px;opacity:.75}
.title{flex:1 1 auto;font-weight:500;overflow-wrap:anywhere}
.note{flex:1 1 100%;font-size:13px;line-height:18px;opacity:.85;order:9;padding:0 6px 4px 0}
.note:empty{display:none}
button{all:unset;box-sizing:border-box;cursor:pointer;padding:5px 12px;min-height:32px;border-radius:7px;
font:500 14px/20px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;color:inherit;
text-align:center;white-space:nowrap}
button.main{background:${ACCENT};color:#fff}
button.main:hover{background:#115b4d}
button.quiet{opacity:.8;padding:5px 8px;font-weight:400;font-size:13px}
button.quiet:hover{opacity:1;background:color-mix(in srgb,currentColor 8%,transparent)}
button:focus-visible{outline:2px solid ${ACCENT};outline-offset:2px;box-shadow:0 0 0 2px #fff}
button[hidden],.frame:empty{display:none}
button[disabled]{opacity:.55;cursor:default}
.frame{border-top:1px solid color-mix(in srgb,currentColor 14%,transparent)}
iframe{all:initial;display:block;width:100%;border:0;border-radius:0 0 9px 9px}
@container (max-width:330px){.bar{padding-inline-start:10px}svg{display:none}.title{flex-basis:100%}}
@media (forced-colors:active){.box{border-color:CanvasText}button.main{border:1px solid ButtonText}}
@media print{.bar button{display:none}}
`

/** What a page's own style sheets could do to a host, said once and for good. */
const PLAIN =
    "display:block!important;visibility:visible!important;opacity:1!important;float:none!important;" +
    "margin:0!important;padding:0!important;border:0!important;outline:0!important;" +
    "background:none!important;box-shadow:none!important;clip-path:none!important;" +
    "filter:none!important;transform:none!important;transition:none!important;" +
    "animation:none!important;overflow:visible!important;pointer-events:auto!important;" +
    "min-width:0!important;min-height:0!important;max-width:none!important;" +
    "max-height:none!important;white-space:normal!important;letter-spacing:normal!important;" +
    "text-transform:none!important;text-indent:0!important;"

export const HOST_STYLE = `${PLAIN}position:static!important;width:auto!important;height:auto!important;`

export const BUTTON_STYLE = `
button{all:initial;box-sizing:border-box;position:fixed;display:flex;align-items:center;gap:6px;
height:30px;padding:0 11px 0 9px;border-radius:15px;border:1px solid rgb(255 255 255/35%);
background:${ACCENT};color:#fff;cursor:pointer;pointer-events:auto;user-select:none;
font:500 13px/18px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;
box-shadow:0 1px 3px rgb(0 0 0/28%)}
button:hover{background:#115b4d}
button:focus-visible{outline:2px solid ${ACCENT};outline-offset:2px;box-shadow:0 0 0 2px #fff}
button.small{width:30px;padding:0;justify-content:center}
button.small span{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
svg{flex:none;width:15px;height:15px}
@media (forced-colors:active){button{border:1px solid ButtonText}}
@media print{button{display:none}}
`

export const LINK_HOST_STYLE = `${PLAIN}display:inline-block!important;position:static!important;width:auto!important;height:auto!important;vertical-align:middle!important;margin-inline-start:6px!important;`

export const LINK_STYLE = `
button{all:initial;box-sizing:border-box;padding:1px 9px;min-height:24px;border-radius:12px;
background:${ACCENT};color:#fff;cursor:pointer;
font:500 12px/18px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
button:hover{background:#115b4d}
button:focus-visible{outline:2px solid ${ACCENT};outline-offset:2px;box-shadow:0 0 0 2px #fff}
button:disabled{opacity:.6;cursor:default}
@media (forced-colors:active){button{border:1px solid ButtonText}}
@media print{button{display:none}}
`

/** Our elements cover nothing of the page but the button itself. */
export const LAYER_STYLE =
    `${PLAIN}position:fixed!important;inset:0 auto auto 0!important;` +
    "width:0!important;height:0!important;z-index:2147483646!important;"

const SVG = "http://www.w3.org/2000/svg"

/** A letter folded shut with a dot of wax, or a card. */
const PATHS = {
    letter: "M2 4.5h12v8H2zM2.3 4.8 8 9.3l5.7-4.5",
    card: "M2 3.5h12v9H2zM5 6.7a1.2 1.2 0 1 0 2.4 0a1.2 1.2 0 1 0-2.4 0M3.8 10.6c.4-1.3 4.4-1.3 4.8 0M10.4 6.5h2M10.4 9h2",
    seal: "M3.5 7h9v6.5h-9zM5.5 7V5a2.5 2.5 0 0 1 5 0v2",
} as const

export function icon(name: keyof typeof PATHS, doc: Document): SVGElement {
    const svg = doc.createElementNS(SVG, "svg")
    svg.setAttribute("viewBox", "0 0 16 16")
    svg.setAttribute("aria-hidden", "true")
    const path = doc.createElementNS(SVG, "path")
    path.setAttribute("d", PATHS[name])
    path.setAttribute("fill", "none")
    path.setAttribute("stroke", "currentColor")
    path.setAttribute("stroke-width", "1.4")
    path.setAttribute("stroke-linejoin", "round")
    path.setAttribute("stroke-linecap", "round")
    svg.append(path)
    return svg
}
