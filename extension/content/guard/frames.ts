/** Frames of other origins in this page: the guard stands there only where it was granted. */

const FRAMES_MAX = 16

export function unguardedFrames(): string[] {
    const origins = new Set<string>()
    for (const frame of document.querySelectorAll<HTMLIFrameElement>("iframe[src]")) {
        const origin = originOf(frame.src)
        if (origin !== undefined && origin !== location.origin) origins.add(origin)
    }
    return [...origins].slice(0, FRAMES_MAX)
}

function originOf(address: string): string | undefined {
    try {
        const { protocol, origin } = new URL(address)
        return /^https?:$/u.test(protocol) ? origin : undefined
    } catch {
        return undefined
    }
}
