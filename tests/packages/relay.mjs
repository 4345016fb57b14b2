// `cargo xtask package relay --try`: the guide for self-hosting (docs/self-hosting.md), line by line, on
// a bare Debian that has been set up for nothing else.
//
// debootstrap makes the Debian (once: target/tools/debian), systemd-nspawn starts a copy of it with an init
// and a network of its own; no line leads outside. What a person would do is taken from the guide
// itself: its blocks of commands run as they stand, its files are written as they stand. One thing is
// not the guide's: nobody certifies relay.example.org, so openssl does in certbot's stead.
//
// At the end the package goes into a container (relay/Containerfile, by buildah): a copy of the same
// Debian stands for the image that it begins with, and the network is this machine's.
//
// Needs root. Arguments: the package.

import { execFile, spawn } from "node:child_process"
import { createHash, randomBytes } from "node:crypto"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { get } from "node:http"
import { createServer } from "node:net"
import { basename, join, resolve } from "node:path"
import { promisify } from "node:util"

const run = promisify(execFile)
const [debian] = process.argv.slice(2)
const tools = resolve(process.env.CARGO_TARGET_DIR ?? "target", "tools")
const base = join(tools, "debian")
const MIRROR = process.env.DEBIAN_MIRROR ?? "http://deb.debian.org/debian"
const NAME = "relay.example.org"

/** The text of a section of the guide. */
function section(guide, title) {
    const [, rest] = guide.split(`\n## ${title}\n`)
    if (rest === undefined) throw new Error(`the guide has no section "${title}"`)
    return rest.split("\n## ")[0]
}

/** Its blocks of a kind, in order. */
const blocks = (text, kind) =>
    [...text.matchAll(new RegExp(`\`\`\`${kind}\n([^]*?)\`\`\``, "g"))].map((match) => match[1])

async function debootstrap() {
    if (existsSync(base)) return
    console.log("debootstrap: a bare Debian 12 (once)")
    const made = `${base}.new`
    await rm(made, { recursive: true, force: true })
    await mkdir(tools, { recursive: true })
    // An init, as every server has, and what the guide fetches when there is a network.
    const packages = "systemd,systemd-sysv,dbus,curl,openssl"
    const args = ["--variant=minbase", `--include=${packages}`, "bookworm", made, MIRROR]
    await run("/usr/sbin/debootstrap", args, { maxBuffer: 1e8 })
    await rename(made, base)
}

/** Processes by their parent. */
async function childOf(parent) {
    const text = await readFile(`/proc/${parent}/task/${parent}/children`, "utf8")
    return text.trim().split(" ")[0] || undefined
}

async function until(what, ask) {
    for (let tries = 0; tries < 600; tries += 1) {
        const answer = await ask().catch(() => undefined)
        if (answer) return answer
        await new Promise((done) => setTimeout(done, 100))
    }
    throw new Error(`waited in vain: ${what}`)
}

await debootstrap()
const folder = await mkdtemp(join(tools, "bare-"))
const root = join(folder, "root")
await run("cp", ["-a", base, root])
await writeFile(join(root, "etc/hosts"), `127.0.0.1 localhost ${NAME}\n`)
await cp(debian, join(root, "root", basename(debian)))
const nspawn = ["-q", "-D", root, "--register=no", "--keep-unit", "--private-network", "-b"]
const machine = spawn("systemd-nspawn", nspawn, { stdio: ["ignore", "ignore", "inherit"] })

/** Runs commands as root on the bare machine, as at its console; who asks is answered yes. */
async function there(script) {
    const init = await until("init", () => childOf(machine.pid))
    const inside = `cd /root\nyes | (set -e\n${script}\n)`
    const args = ["-t", init, "-m", "-u", "-i", "-n", "-p", "-r", "/bin/bash", "-c", inside]
    const env = {
        PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
        HOME: "/root",
        DEBIAN_FRONTEND: "noninteractive",
    }
    const { stdout } = await run("nsenter", args, { env, maxBuffer: 1e8 })
    return stdout
}

let passed = 0
function check(what, holds, seen) {
    if (!holds) throw new Error(`${what}: ${seen}`)
    passed += 1
    console.log(`ok ${what}`)
}

const health = (url) => until(url, async () => (await there(`curl -fsS ${url}`)).includes("ok"))
const property = async (name) => (await there(`systemctl show -P ${name} sotto-relay`)).trim()

async function install(guide) {
    const [first, ask] = blocks(section(guide, "2. Install"), "sh")
    const shown = await there(first)
    check("it is installed and runs", shown.includes("active (running)"), shown)
    check("it says ok, as the guide does", (await there(ask)).trim().endsWith("ok"), "")
    const status = await there("cat /proc/$(systemctl show -P MainPID sotto-relay)/status")
    const uid = Number(status.match(/Uid:\t(\d+)/)[1])
    check("its user is of its own", uid > 60_000, uid)
    check("it gains no rights", /NoNewPrivs:\t1/.test(status), status)
    check("it may take port 443 and nothing else", /CapEff:\t0{13}400/.test(status), status)
    check("its system calls are filtered", /Seccomp:\t2/.test(status), status)
    check("its memory is bounded", (await property("MemoryMax")) === String(2 ** 30), "")
}

async function open(guide) {
    const text = section(guide, "3. Open it to others")
    const [certbot, hook, runHook, restart] = blocks(text, "sh")
    check(
        "the guide gets a certificate",
        certbot.includes(`certbot certonly --standalone -d ${NAME}`),
        certbot,
    )
    const live = `/etc/letsencrypt/live/${NAME}`
    await there(`mkdir -p ${live} /etc/letsencrypt/renewal-hooks/deploy
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=relay \\
    -addext subjectAltName=DNS:${NAME} -keyout ${live}/privkey.pem -out ${live}/fullchain.pem`)
    const place = "etc/letsencrypt/renewal-hooks/deploy/sotto-relay"
    check("the guide names the hook's place", text.includes(`/${place}`), "")
    await writeFile(join(root, place), hook)
    await there(runHook)
    const [settings] = blocks(text, "toml")
    await writeFile(join(root, "etc/sotto-relay/relay.toml"), settings)
    await there(restart)
    check(
        "others are served with TLS",
        await health(`--cacert ${live}/fullchain.pem https://${NAME}/health`),
        "",
    )
    const mode = await there("stat -c %a /etc/sotto-relay/tls/privkey.pem")
    check("the key is root's alone", mode.trim() === "600", mode)
    await there(`openssl x509 -in ${live}/fullchain.pem -noout -fingerprint -sha256`)
}

async function keep() {
    const store = "/var/lib/private/sotto-relay/relay.db"
    await there(`test -s ${store}`)
    await there(`printf 'SOTTO_RELAY_PASS=%s\\n' "$(openssl rand -hex 32)" >/etc/sotto-relay/environment
chmod 600 /etc/sotto-relay/environment
systemctl restart sotto-relay`)
    check(
        "a pass is taken",
        await until("running", async () => (await property("SubState")) === "running"),
        "",
    )
    await there(
        "echo 'SOTTO_RELAY_PASS=short' >/etc/sotto-relay/environment\nsystemctl restart sotto-relay || true",
    )
    const log = await until("a reason", async () => {
        const text = await there("journalctl --no-pager -u sotto-relay | tail -n 20")
        return text.includes("64 hexadecimal digits") && text
    })
    check("the journal says in one line why it does not start", log.includes("`pass`"), log)
    await there("rm /etc/sotto-relay/environment\nsystemctl restart sotto-relay")
    await there(`apt install --reinstall ./${basename(debian)}`)
    const settings = await there("cat /etc/sotto-relay/relay.toml")
    check("an update keeps the settings", settings.includes("0.0.0.0:443"), settings)
    await there("apt remove sotto-relay")
    check("what was kept survives the removal", (await there(`ls ${store}`)).includes(store), "")
    await there("apt purge sotto-relay")
    const left = await there(
        `ls -d /etc/sotto-relay /var/lib/sotto-relay ${store} 2>/dev/null || true`,
    )
    check("a purge leaves nothing", left.trim() === "", left)
}

async function freePort() {
    const server = createServer()
    await new Promise((listening) => server.listen(0, "127.0.0.1", listening))
    const { port } = server.address()
    await new Promise((closed) => server.close(closed))
    return port
}

/** Asks the relay on its wire (docs/relay.md): a function from a request to its answer. */
async function wire(port) {
    const headers = {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": 13,
        "sec-websocket-key": randomBytes(16).toString("base64"),
        "sec-websocket-protocol": "sotto-relay.v1",
    }
    const socket = await new Promise((upgraded, failed) => {
        const request = get({ host: "127.0.0.1", port, path: "/v1", headers })
        request.on("upgrade", (_, socket) => upgraded(socket)).on("error", failed)
        request.on("response", (answer) => failed(new Error(`status ${answer.statusCode}`)))
    })
    return async (...fields) => {
        const message = Buffer.concat(fields)
        // A binary frame of less than 64 KiB; a mask of zeros leaves it as it is.
        const head = Buffer.from([0x82, 0x80 | 126, message.length >> 8, message.length & 255])
        socket.write(Buffer.concat([head, Buffer.alloc(4), message]))
        const [frame] = await Promise.race([once(socket, "data"), once(socket, "close")])
        if (!Buffer.isBuffer(frame)) throw new Error("the relay closed the connection")
        return frame.subarray(2)
    }
}

/** Makes a stream, appends a blob and reads it. Returns what was read. */
async function keptBlob(port, blob) {
    const ask = await wire(port)
    const [stream, secret] = [randomBytes(16), randomBytes(32)]
    const digest = (kind) =>
        createHash("sha256")
            .update("sotto/v1/cap\0")
            .update(Buffer.from([kind]))
            .update(stream)
            .update(secret)
            .digest()
    const request = (type) => Buffer.from([type, 0, 0, 0, 1])
    const none = (length) => Buffer.alloc(length)
    await ask(request(1), stream, digest(1), digest(2), digest(3), none(32))
    await ask(request(4), stream, secret, none(9), Buffer.from(blob))
    const from = Buffer.from([0, 0, 0, 0, 0, 0, 0, 1, 0, 10])
    const page = await ask(request(5), stream, secret, from)
    // Type, id, more; seq, at, via and length of the first blob.
    return page[0] === 130 ? page.subarray(30).toString() : `type ${page[0]}, code ${page[5]}`
}

async function container() {
    const images = [`--root=${folder}/images`, `--runroot=${folder}/layers`, "--storage-driver=vfs"]
    const buildah = async (...args) => {
        const { stdout } = await run("buildah", [...images, ...args], { maxBuffer: 1e8 })
        return stdout.trim()
    }
    const file = await readFile("relay/Containerfile", "utf8")
    const bare = await buildah("from", "scratch")
    await run("cp", ["-a", `${base}/.`, await buildah("mount", bare)])
    const [, first] = file.match(/^FROM (.*)$/m)
    await buildah("commit", "--rm", bare, first)
    const context = join(folder, "context")
    await cp(debian, join(context, "dist", basename(debian)))
    const isolation = ["--isolation", "chroot"]
    const build = ["bud", ...isolation, "--pull=never", "-t", "sotto-relay"]
    await buildah(...build, "-f", "relay/Containerfile", context)
    const made = await buildah("from", "--pull=never", "localhost/sotto-relay")
    const { config } = JSON.parse(await buildah("inspect", made)).OCIv1
    check("the image has a user of its own", config.User === "65532:65532", config.User)
    const port = await freePort()
    const listen = ["--env", `SOTTO_RELAY_LISTEN=127.0.0.1:${port}`]
    const args = [...images, "run", ...isolation, ...listen, made, "--", ...config.Entrypoint]
    const relay = spawn("buildah", args, { stdio: ["ignore", "ignore", "inherit"] })
    try {
        const health = () => run("curl", ["-fsS", `http://127.0.0.1:${port}/health`])
        await until("the container", async () => (await health()).stdout.includes("ok"))
        const read = await keptBlob(port, "a blob")
        check("a container keeps a blob", read === "a blob", read)
    } finally {
        relay.kill()
        if (relay.exitCode === null && relay.signalCode === null) await once(relay, "exit")
    }
}

try {
    await until("a system that runs", async () =>
        /running|degraded/.test(await there("systemctl is-system-running || true")),
    )
    const guide = await readFile("docs/self-hosting.md", "utf8")
    await install(guide)
    await open(guide)
    await keep()
    await container()
    console.log(`${passed} passed, 0 failed`)
} catch (error) {
    const asked = there("systemctl status sotto-relay; journalctl --no-pager | tail -n 40")
    console.error(await asked.catch((failed) => failed.stdout))
    throw error
} finally {
    const init = await childOf(machine.pid).catch(() => undefined)
    if (init !== undefined) process.kill(Number(init), "SIGKILL")
    await new Promise((done) => (machine.exitCode === null ? machine.once("exit", done) : done()))
    for (const name of await readdir(folder))
        await rm(join(folder, name), { recursive: true, force: true })
    await rm(folder, { recursive: true, force: true })
}
