/**
 * Whether the person is reached, on the toolbar: in the button's title, and veiled also how many
 * messages wait. On tabs with sealed letters their number stands in its place.
 */

import type { MessageKey } from "../generated/messages.ts"
import { api } from "../lib/browser.ts"
import { t } from "../lib/i18n.ts"

type State = "unlocked" | "veiled" | "locked"

const TITLES = {
    unlocked: "extensionName",
    veiled: "titleVeiled",
    locked: "titleLocked",
} as const satisfies Record<State, MessageKey>

export function showState(state: State, waiting: number): void {
    const text = state === "veiled" && waiting > 0 ? String(waiting) : ""
    Promise.all([
        api.action.setTitle({ title: t(TITLES[state]) }),
        api.action.setBadgeText({ text }),
    ]).catch(() => undefined)
}
