import { useEffect } from "preact/hooks"

/** Short enough that a crash or a lock costs a word, long enough not to seal every keystroke. */
const SAVE_AFTER_MS = 500

/** What a surface still holds in memory and must hand to the core before the vault is locked. */
const savers = new Set<() => Promise<void>>()

/** Registers a saver; the returned function takes it back. */
function keepSaver(save: () => Promise<void>): () => void {
    savers.add(save)
    return () => {
        savers.delete(save)
    }
}

/** Saves everything. A failure must not keep the person from locking: locking wins. */
export async function saveAll(): Promise<void> {
    await Promise.allSettled([...savers].map((save) => save()))
}

/** While the component stands, saves when its page is hidden, and before the vault is locked. */
export function useSaved(pen: { save(): Promise<void> }): void {
    useEffect(() => {
        const save = () => pen.save()
        const release = keepSaver(save)
        const hidden = () => document.hidden && void save()
        document.addEventListener("visibilitychange", hidden)
        return () => {
            release()
            document.removeEventListener("visibilitychange", hidden)
        }
    }, [pen])
}

/** Saves of one thing: some time after its last change, and one after another. */
export class Saving {
    private timer: ReturnType<typeof setTimeout> | undefined
    private last: Promise<void> = Promise.resolve()

    /** A change waits to be saved. */
    get isDue(): boolean {
        return this.timer !== undefined
    }

    later(save: () => Promise<void>): void {
        clearTimeout(this.timer)
        this.timer = setTimeout(() => void save(), SAVE_AFTER_MS)
    }

    now(save: () => Promise<void>): Promise<void> {
        clearTimeout(this.timer)
        this.timer = undefined
        this.last = this.last.then(save)
        return this.last
    }
}
