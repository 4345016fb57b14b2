/** Building what the frame shows, from text alone. */

type Child = Node | string

export function make<K extends keyof HTMLElementTagNameMap>(
    tag: K,
    className: string,
    ...children: Child[]
): HTMLElementTagNameMap[K] {
    const element = document.createElement(tag)
    if (className !== "") element.className = className
    element.append(...children)
    return element
}

export function button(label: string, className: string, press: () => void): HTMLButtonElement {
    const element = make("button", className, label)
    element.type = "button"
    element.addEventListener("click", (event) => {
        if (event.isTrusted) press()
    })
    return element
}

export function notice(text: string, kind: "" | "caution" | "danger" = ""): HTMLElement {
    const element = make("div", `notice ${kind}`.trim(), text)
    element.setAttribute("role", "note")
    return element
}
