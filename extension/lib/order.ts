/** Does one thing after the other. */
export type InOrder = <T>(work: () => Promise<T>) => Promise<T>

/** Each work begins when the one before has ended, well or not. */
export function inOrder(): InOrder {
    let last: Promise<unknown> = Promise.resolve()
    return (work) => {
        const done = last.then(work)
        last = done.catch(() => undefined)
        return done
    }
}
