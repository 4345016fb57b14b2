/** How the person is reached, in words. */

import type { MessageKey } from "../generated/messages.ts"
import type { LiveStatus, Reach } from "../generated/protocol.ts"
import { adviceFor } from "./advice.ts"
import { t } from "./text.ts"

export const REACH = {
    off: "reachOff",
    connecting: "reachConnecting",
    reachable: "reachOn",
    unreachable: "reachNot",
} as const satisfies Record<Reach, MessageKey>

/** How reachable stands, in one line; why not, where it does not. */
export function reachWords({ reach, code }: LiveStatus): string {
    return reach === "unreachable" && code !== null ? adviceFor({ code }) : t(REACH[reach])
}

/** The relay lets in who has its pass, and the person gave none, or another. */
export function needsPass({ reach, code }: LiveStatus): boolean {
    return reach === "unreachable" && code === "relay-pass-needed"
}
