/** Begins something when it is first needed. What failed is begun again by whoever needs it next. */
export function once(begin: () => Promise<void>): () => Promise<void> {
    let begun: Promise<void> | undefined
    return () => {
        begun ??= begin().catch((error: unknown) => {
            begun = undefined
            throw error
        })
        return begun
    }
}
