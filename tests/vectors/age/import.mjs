// Rewrites cctv.json from the npm package `cctv-age`:
//     npm install --no-save cctv-age@0.2.0 && node tests/vectors/age/import.mjs
import { writeFileSync } from "node:fs"
import * as testdata from "cctv-age"

const lists = new Set(["identity", "passphrase"])

/** The textual header of a vector, and the age file after the empty line, as base64. */
function parse(name, bytes) {
    const file = Buffer.from(bytes)
    const end = file.indexOf("\n\n")
    const vector = { name, identity: [], passphrase: [] }
    for (const line of file.subarray(0, end).toString("latin1").split("\n")) {
        const [key, value] = [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]
        if (lists.has(key)) vector[key].push(value)
        else vector[key.replace(" ", "_")] = value
    }
    return { ...vector, file: file.subarray(end + 2).toString("base64") }
}

const vectors = Object.entries(testdata.default ?? testdata).map(([name, bytes]) => parse(name, bytes))
const lines = vectors.map((vector) => JSON.stringify(vector)).join(",\n")
writeFileSync(new URL("cctv.json", import.meta.url), `[\n${lines}\n]\n`)
