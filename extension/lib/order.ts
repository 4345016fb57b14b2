/** Does one thing after the other. */
export type InOrder = <T>(work: () => Promise<T>) => Promise<T>

/** Each work begins when the one before has ended, well or not. No result is held. */
export function inOrder(): InOrder {
    let last: Promise<void> = Promise.resolve()
    return (work) => {
        const done = last.then(work)
        last = done.then(nothing, nothing)
        return done
    }
}

function nothing(): void {}
