// Ports of loopback that are free now, and scripts of services.

import { spawn } from "node:child_process"
import { createSocket } from "node:dgram"
import { createServer } from "node:net"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** Below what systems give to connections (from 32768 or 49152 on), so that none takes one meanwhile. */
const [FIRST, LAST] = [11_000, 20_000]

/**
 * Ports that a service may take, and take again after it was killed. Nobody else who asks here gets
 * them while this process runs: the other browser's run looks for its own at the same time.
 * @param {number} count
 * @param {number[]} [taken] distances from each at which the service listens
 */
export async function freePorts(count, taken = [0]) {
    const ports = []
    while (ports.length < count) {
        const port = FIRST + Math.floor(Math.random() * (LAST - FIRST))
        if (await isOurs(taken.map((distance) => port + distance))) ports.push(port)
    }
    return ports
}

async function isOurs(ports) {
    for (const port of ports) if (!((await claim(port)) && (await isFree(port)))) return false
    return true
}

/** The same port of UDP, which no service takes, stands for it until this process ends. */
function claim(port) {
    const socket = createSocket("udp4")
    return new Promise((resolve) => {
        socket.once("error", () => socket.close(() => resolve(false)))
        socket.bind({ port, address: "127.0.0.1", exclusive: true }, () => {
            socket.unref()
            resolve(true)
        })
    })
}

function isFree(port) {
    const server = createServer()
    return new Promise((resolve) => {
        server.once("error", () => resolve(false))
        server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)))
    })
}

/** Runs `tests/services/NAME/SCRIPT` to its end. */
export function runScript(name, script, env) {
    const path = fileURLToPath(new URL(`../../services/${name}/`, import.meta.url))
    return new Promise((resolve, reject) => {
        const child = spawn("bash", [join(path, script)], {
            env: { ...process.env, ...env },
            stdio: ["ignore", "pipe", "pipe"],
        })
        let said = ""
        for (const stream of [child.stdout, child.stderr])
            stream.on("data", (data) => {
                said += data
            })
        child.on("error", reject)
        child.on("close", (code) =>
            code === 0 ? resolve(said) : reject(new Error(`${name} ${script}: ${said}`)),
        )
    })
}
