/** One status for every surface: kept here, told to pages of ours over ports, never to frames. */

import type { Status } from "../generated/protocol.ts"

type Listener = (now: Status) => void

const ports = new Set<chrome.runtime.Port>()
const listeners: Listener[] = []
let last: Status | undefined

/** The last status this worker knows; none right after it was started. */
export function lastStatus(): Status | undefined {
    return last
}

export function onStatus(listener: Listener): void {
    listeners.push(listener)
}

export function publish(status: Status): void {
    last = status
    for (const port of ports) port.postMessage(status)
    for (const listener of listeners) listener(status)
}

/** The status was read, not changed: nobody has to be told. */
export function remember(status: Status): void {
    last = status
}

/** A page of ours follows the status. The gate has admitted it. */
export async function follow(
    port: chrome.runtime.Port,
    current: () => Promise<Status>,
): Promise<void> {
    ports.add(port)
    port.onDisconnect.addListener(() => ports.delete(port))
    const status = await current()
    if (ports.has(port)) port.postMessage(status)
}
