/**
 * WebSockets to relays. Which are needed, when one is tried again and what is said, the module of
 * the sessions decides; here they are opened, and what comes is handed on in bundles, because each
 * bundle costs one commit.
 */

const PATH = "/v1"
const PROTOCOL = "sotto-relay.v1"
/** The longest answer of a relay (protocol/src/relay). */
const MAX_MESSAGE = 512 * 1024
/** Bytes of one relay that wait for the module. */
const MAX_WAITING = 8 * 1024 * 1024

export interface Heard {
    opened(relay: string): void
    closed(relay: string): void
    /** Messages came; `take` them. */
    waiting(): void
}

export interface Sockets {
    connect(relay: string): void
    send(relay: string, message: Uint8Array<ArrayBuffer>): void
    close(relay: string): void
    /** What came since, in order. */
    take(): [string, Uint8Array][]
    /** Nothing is heard of any of them any more. */
    end(): void
}

function opened(address: string): WebSocket | undefined {
    try {
        return new WebSocket(address, PROTOCOL)
    } catch {
        return undefined
    }
}

export function sockets(heard: Heard): Sockets {
    const open = new Map<string, WebSocket>()
    let waiting: [string, Uint8Array][] = []
    /** Bytes of each relay among them: one that floods ends no other's connection. */
    const sizes = new Map<string, number>()

    function lost(relay: string, socket: WebSocket): void {
        if (open.get(relay) !== socket) return
        open.delete(relay)
        heard.closed(relay)
    }

    function cut(relay: string, socket: WebSocket): void {
        socket.close()
        lost(relay, socket)
    }

    /** The wire has no text; more than it allows, or than anybody reads in time, is not taken. */
    function took(relay: string, data: unknown): boolean {
        if (!(data instanceof ArrayBuffer) || data.byteLength > MAX_MESSAGE) return false
        const size = (sizes.get(relay) ?? 0) + data.byteLength
        if (size > MAX_WAITING) return false
        sizes.set(relay, size)
        waiting.push([relay, new Uint8Array(data)])
        if (waiting.length === 1) heard.waiting()
        return true
    }

    return {
        connect(relay) {
            if (open.has(relay)) return
            const socket = opened(`${relay}${PATH}`)
            // An address that the browser takes for none is a relay that does not answer.
            if (socket === undefined) return heard.closed(relay)
            open.set(relay, socket)
            socket.binaryType = "arraybuffer"
            socket.onopen = () => open.get(relay) === socket && heard.opened(relay)
            socket.onclose = () => lost(relay, socket)
            socket.onmessage = ({ data }) => {
                // What is lost is read again, from where it was taken.
                if (open.get(relay) === socket && !took(relay, data)) cut(relay, socket)
            }
        },
        send(relay, message) {
            const socket = open.get(relay)
            // One that is closing will say so, and what was lost is sent again.
            if (socket?.readyState === WebSocket.OPEN) socket.send(message)
        },
        close(relay) {
            const socket = open.get(relay)
            if (socket !== undefined) cut(relay, socket)
        },
        take() {
            const taken = waiting
            waiting = []
            sizes.clear()
            return taken
        },
        end() {
            const all = [...open.values()]
            open.clear()
            waiting = []
            sizes.clear()
            for (const socket of all) socket.close()
        },
    }
}
