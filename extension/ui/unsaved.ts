/** What a surface still holds in memory and must hand to the core before the vault is locked. */
const savers = new Set<() => Promise<void>>()

/** Registers a saver; the returned function takes it back. */
export function keepSaver(save: () => Promise<void>): () => void {
    savers.add(save)
    return () => {
        savers.delete(save)
    }
}

/** Saves everything. A failure must not keep the person from locking: locking wins. */
export async function saveAll(): Promise<void> {
    await Promise.allSettled([...savers].map((save) => save()))
}
