// Ports of loopback that are free now, and scripts of services.

import { spawn } from "node:child_process"
import { createServer } from "node:net"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** @param {number} count */
export async function freePorts(count) {
    const servers = []
    for (let i = 0; i < count; i++) {
        const server = createServer()
        await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
        servers.push(server)
    }
    const ports = servers.map((server) => server.address().port)
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
    return ports
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
