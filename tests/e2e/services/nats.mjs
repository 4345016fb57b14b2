// A real nats-server with JetStream, which can be killed and started again, and one address before
// several relays, as a balancer of a larger place has it.

import { readFile } from "node:fs/promises"
import { connect, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePorts, runScript } from "./ports.mjs"

export async function startNats() {
    // Where tests/services/nats/start.sh puts clients and monitoring.
    const [BASE_PORT] = await freePorts(1, [1, 11])
    const env = { RUN: join(tmpdir(), `e2e-nats-${BASE_PORT}`), BASE_PORT }
    const address = (await runScript("nats", "start.sh", env)).trim()
    return {
        address,
        /** As the machine's power would. */
        async kill() {
            process.kill(Number(await readFile(join(env.RUN, "1.pid"), "utf8")), "SIGKILL")
        },
        /** With what it kept. */
        start: () => runScript("nats", "start.sh", { ...env, NODE: 1 }),
        close: () => runScript("nats", "stop.sh", env),
    }
}

/**
 * One address before several relays: a connection goes to the relay with the fewest, or to another
 * if that one is gone.
 * @param {{origin: string}[]} relays
 */
export async function balance(relays) {
    const ports = relays.map(({ origin }) => Number(new URL(origin).port))
    const open = new Map(ports.map((port) => [port, new Set()]))

    function lead(client, tried = []) {
        const left = ports.filter((port) => !tried.includes(port))
        const [port] = left.sort((one, other) => open.get(one).size - open.get(other).size)
        if (port === undefined) return client.destroy()
        open.get(port).add(client)
        const relay = connect(port, "127.0.0.1", () => {
            client.pipe(relay).pipe(client)
        })
        let isTaken = false
        relay.once("connect", () => {
            isTaken = true
        })
        relay.once("error", () => undefined)
        relay.once("close", () => {
            open.get(port).delete(client)
            if (isTaken || client.destroyed) client.destroy()
            else lead(client, [...tried, port])
        })
        client.once("close", () => relay.destroy())
    }

    const server = createServer((client) => {
        client.on("error", () => undefined)
        lead(client)
    })
    await new Promise((done) => server.listen(0, "127.0.0.1", done))
    return {
        origin: `ws://127.0.0.1:${server.address().port}`,
        close() {
            for (const clients of open.values()) for (const client of clients) client.destroy()
            return new Promise((done) => server.close(done))
        },
    }
}
