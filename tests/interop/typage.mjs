// The other side of core/tests/typage.rs: one request as JSON on standard input, the result as base64.
import { Decrypter, Encrypter } from "age-encryption"

const chunks = []
for await (const chunk of process.stdin) chunks.push(chunk)
const request = JSON.parse(Buffer.concat(chunks).toString("utf8"))
const bytes = new Uint8Array(Buffer.from(request.bytes, "base64"))

async function encrypt() {
    const encrypter = new Encrypter()
    if (request.passphrase) {
        encrypter.setPassphrase(request.passphrase)
        encrypter.setScryptWorkFactor(10)
    }
    for (const recipient of request.recipients ?? []) encrypter.addRecipient(recipient)
    return encrypter.encrypt(bytes)
}

async function decrypt() {
    const decrypter = new Decrypter()
    if (request.passphrase) decrypter.addPassphrase(request.passphrase)
    if (request.identity) decrypter.addIdentity(request.identity)
    return decrypter.decrypt(bytes)
}

const result = request.operation === "encrypt" ? await encrypt() : await decrypt()
process.stdout.write(Buffer.from(result).toString("base64"))
