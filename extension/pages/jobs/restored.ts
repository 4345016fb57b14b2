/** Whether the identity shown now came from words, in this very page. */
let restored = false

export function rememberRestored(): void {
    restored = true
}

export function wasRestored(): boolean {
    return restored
}
