import assert from "node:assert/strict"
import { afterEach, describe, it } from "node:test"
import { sockets } from "./live-sockets.ts"

const RELAY = "wss://relay.example"
const LONGEST = 524_288
const real = globalThis.WebSocket

/** A socket of a relay that does what the test says. */
class Fake {
    static last: Fake | undefined
    static readonly OPEN = 1
    readyState = 1
    isClosed = false
    onopen: (() => void) | undefined
    onmessage: ((event: { data: unknown }) => void) | undefined
    constructor() {
        Fake.last = this
    }
    close() {
        this.isClosed = true
    }
    receive(data: unknown) {
        this.onmessage?.({ data })
    }
}

function heard(socket: unknown) {
    globalThis.WebSocket = socket as typeof WebSocket
    const said: string[] = []
    const links = sockets({
        opened: (relay) => said.push(`opened ${relay}`),
        closed: (relay) => said.push(`closed ${relay}`),
        waiting: () => said.push("waiting"),
    })
    const connect = (relay: string) => {
        links.connect(relay)
        return Fake.last
    }
    return { links, said, connect, relay: connect(RELAY) }
}

describe("sockets", () => {
    afterEach(() => {
        globalThis.WebSocket = real
        Fake.last = undefined
    })

    it("an address that the browser does not take is one that is closed", () => {
        class Throws {
            constructor() {
                throw new SyntaxError("invalid URL")
            }
        }
        assert.deepEqual(heard(Throws).said, [`closed ${RELAY}`])
    })

    it("a message that is longer than any ends the connection", () => {
        const { links, said, relay } = heard(Fake)
        relay?.receive(new ArrayBuffer(LONGEST))
        assert.equal(relay?.isClosed, false)
        relay?.receive(new ArrayBuffer(LONGEST + 1))
        assert.equal(relay?.isClosed, true)
        assert.deepEqual(said, ["waiting", `closed ${RELAY}`])
        assert.equal(links.take().length, 1)
    })

    it("a relay that floods is ended, what came before is taken, and no other suffers", () => {
        const { links, said, relay, connect } = heard(Fake)
        const other = connect("wss://other.example")
        for (let sent = 0; sent < 17; sent += 1) relay?.receive(new ArrayBuffer(LONGEST))
        assert.equal(relay?.isClosed, true)
        relay?.receive(new ArrayBuffer(1))
        other?.receive(new ArrayBuffer(LONGEST))
        assert.equal(other?.isClosed, false)
        assert.deepEqual(said, ["waiting", `closed ${RELAY}`])
        assert.equal(links.take().length, 17)
    })

    it("what is taken waits no more", () => {
        const { links, relay } = heard(Fake)
        for (let sent = 0; sent < 40; sent += 1) {
            relay?.receive(new ArrayBuffer(LONGEST))
            if (sent % 10 === 9) assert.equal(links.take().length, 10)
        }
        assert.equal(relay?.isClosed, false)
    })

    it("text is not spoken here", () => {
        const { links, said, relay } = heard(Fake)
        relay?.receive("text")
        assert.deepEqual(said, [`closed ${RELAY}`])
        assert.equal(links.take().length, 0)
    })
})
