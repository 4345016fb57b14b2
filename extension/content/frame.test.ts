import assert from "node:assert/strict"
import { afterEach, beforeEach, describe, it, mock } from "node:test"

type Listener = (message: unknown, sender: object) => void

const listeners = new Set<Listener>()
const fake = {
    runtime: {
        id: "sotto",
        getURL: (path: string) => `chrome-extension://sotto/${path}`,
        onMessage: {
            addListener: (listener: Listener) => listeners.add(listener),
            removeListener: (listener: Listener) => listeners.delete(listener),
        },
    },
}

// The module takes the browser's API when it is loaded.
Object.assign(globalThis, { chrome: fake })
const { whenBlocked } = await import("./frame.ts")

const URL_OF_OURS = "chrome-extension://sotto/frame/frame.html#token"

/** A frame as far as the watch looks at it. */
function framed(): HTMLIFrameElement {
    return Object.assign(new EventTarget(), {
        src: URL_OF_OURS,
        isConnected: true,
    }) as unknown as HTMLIFrameElement
}

function speak(url = URL_OF_OURS): void {
    for (const listener of [...listeners]) listener("sotto-frame-ready", { id: "sotto", url })
}

describe("a frame that the page may keep out", () => {
    beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }))
    afterEach(() => {
        mock.timers.reset()
        listeners.clear()
    })

    const watched = () => {
        const frame = framed()
        const blocked = mock.fn()
        whenBlocked(frame, blocked)
        return { frame, calls: () => blocked.mock.callCount() }
    }

    it("is blocked when it loads and does not speak", () => {
        const { frame, calls } = watched()
        frame.dispatchEvent(new Event("load"))
        mock.timers.tick(60_000)
        assert.equal(calls(), 1)
    })

    it("is not when it speaks after it has loaded", () => {
        const { frame, calls } = watched()
        frame.dispatchEvent(new Event("load"))
        speak()
        mock.timers.tick(60_000)
        assert.equal(calls(), 0)
    })

    it("is not when it speaks before the browser says that it has loaded", () => {
        const { frame, calls } = watched()
        speak()
        frame.dispatchEvent(new Event("load"))
        mock.timers.tick(60_000)
        assert.equal(calls(), 0)
    })

    it("does not pass another frame's word for its own", () => {
        const { frame, calls } = watched()
        speak("chrome-extension://sotto/frame/frame.html#another")
        frame.dispatchEvent(new Event("load"))
        mock.timers.tick(60_000)
        assert.equal(calls(), 1)
    })
})
