/**
 * WebSockets to relays. Which are needed, when one is tried again and what is said, the module of
 * the sessions decides; here they are opened, and what comes is handed on in bundles, because each
 * bundle costs one commit.
 */

const PATH = "/v1"
const PROTOCOL = "sotto-relay.v1"

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

export function sockets(heard: Heard): Sockets {
    const open = new Map<string, WebSocket>()
    let waiting: [string, Uint8Array][] = []

    function lost(relay: string, socket: WebSocket): void {
        if (open.get(relay) !== socket) return
        open.delete(relay)
        heard.closed(relay)
    }

    return {
        connect(relay) {
            if (open.has(relay)) return
            const socket = new WebSocket(`${relay}${PATH}`, PROTOCOL)
            open.set(relay, socket)
            socket.binaryType = "arraybuffer"
            socket.onopen = () => open.get(relay) === socket && heard.opened(relay)
            socket.onclose = () => lost(relay, socket)
            socket.onmessage = ({ data }) => {
                if (open.get(relay) !== socket) return
                // The wire has no text; a relay that sends one does not speak it.
                if (!(data instanceof ArrayBuffer)) return socket.close()
                waiting.push([relay, new Uint8Array(data)])
                if (waiting.length === 1) heard.waiting()
            }
        },
        send(relay, message) {
            const socket = open.get(relay)
            // One that is closing will say so, and what was lost is sent again.
            if (socket?.readyState === WebSocket.OPEN) socket.send(message)
        },
        close(relay) {
            const socket = open.get(relay)
            if (socket === undefined) return
            socket.close()
            lost(relay, socket)
        },
        take() {
            const taken = waiting
            waiting = []
            return taken
        },
        end() {
            const all = [...open.values()]
            open.clear()
            waiting = []
            for (const socket of all) socket.close()
        },
    }
}
