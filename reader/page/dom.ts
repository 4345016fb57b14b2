/** The page's elements, by their ids. */

export function element<T extends HTMLElement>(id: string, kind: new () => T): T {
    const found = document.getElementById(id)
    if (!(found instanceof kind)) throw new Error(`no ${kind.name} ${id}`)
    return found
}

export function show(id: string, shown: boolean): void {
    element(id, HTMLElement).hidden = !shown
}

export function write(id: string, text: string): void {
    element(id, HTMLElement).textContent = text
}

export function onPress(id: string, act: () => void): void {
    element(id, HTMLButtonElement).addEventListener("click", act)
}

/** Resolves when what was written has been painted, so that it stands while the page computes. */
export function painted(): Promise<void> {
    return new Promise((resolve) => {
        // A page in the background is not painted.
        const late = setTimeout(resolve, 300)
        requestAnimationFrame(() =>
            setTimeout(() => {
                clearTimeout(late)
                resolve()
            }),
        )
    })
}
