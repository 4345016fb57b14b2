/** Whether the site seems to have refused a sealed file: as far as a page shows it. */

import { say } from "./notice.ts"

/** Sites that look at files do so at once, or after a first answer of their server. */
const LOOKS_MS = [600, 2000, 5000]

const COMPLAINTS =
    "[role=alert],[aria-invalid=true],input[type=file]:invalid," +
    "[class*=error i],[class*=invalid i],[class*=alert-danger i]"

export function watchRefusal(field: HTMLInputElement | undefined): void {
    if (field !== undefined && !field.isConnected) return
    const before = complaints()
    let said = false
    for (const ms of LOOKS_MS) {
        setTimeout(() => {
            if (said || complaints() <= before) return
            said = true
            say("refused")
        }, ms)
    }
}

function complaints(): number {
    let count = 0
    for (const element of document.querySelectorAll<HTMLElement>(COMPLAINTS)) {
        const shows = element.offsetParent !== null && element.textContent?.trim() !== ""
        if (shows || element.matches(":invalid")) count += 1
    }
    return count
}
