/** Whether the identity of this page was asked to come from words. */
let restored = false

export function rememberRestored(): void {
    restored = true
}

/** A first run afterwards, in the same page, is a new identity. */
export function forgetRestored(): void {
    restored = false
}

export function wasRestored(): boolean {
    return restored
}
