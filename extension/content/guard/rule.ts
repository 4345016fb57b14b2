/** What the person decided for this site. Until it is known, everything is held. */

import type { GuardRule } from "../../generated/protocol.ts"
import { nameOf } from "./fields.ts"

let rule: GuardRule = "ask"
let exempt: ReadonlySet<string> = new Set()

export function setRule(now: GuardRule, fields: readonly string[]): void {
    rule = now
    exempt = new Set(fields)
}

export function passes(): boolean {
    return rule === "off"
}

export function passesField(field: HTMLInputElement): boolean {
    return passes() || (exempt.size > 0 && exempt.has(nameOf(field)))
}
