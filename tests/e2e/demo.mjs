// node tests/e2e/demo.mjs: Alice in Chromium and Bob in Firefox write to each other in a real
// Roundcube. Without a display they do it by themselves, with a picture of each step in
// target/demo; with one, both browsers stay open to play.

import { rm } from "node:fs/promises"
import { exchange } from "./letters/exchange.mjs"
import { endWith, killRest } from "./story/ending.mjs"
import { Person } from "./story/person.mjs"
import { World } from "./story/world.mjs"

/** A world that says what happened as it takes its pictures. */
class Told extends World {
    async shot(surface, name) {
        const file = await super.shot(surface, name)
        console.log(`${name.replaceAll("-", " ")}: ${file}`)
        return file
    }
}

async function byThemselves(world) {
    await exchange(world, { alice: "chromium", bob: "firefox", html: false, adapters: true })
    console.log("Alice invited Bob, he answered sealed, both compared eight words: verified.")
}

async function forThePerson(world) {
    const people = [
        await Person.install(world, "chromium", "Alice", { headless: false }),
        await Person.install(world, "firefox", "Bob", { headless: false }),
    ]
    for (const person of people) {
        await person.createIdentity()
        await person.openMail()
        console.log(`${person.name}: ${person.address}, Sotto's passphrase "${person.passphrase}"`)
    }
    const [alice, bob] = people
    console.log(`Both browsers are yours. To begin: in ${alice.name}'s window press Compose, put`)
    console.log(`${bob.address} in To, click into the text and press Sotto's button at its corner.`)
    console.log("Ctrl+C ends the demo.")
    await new Promise(() => {})
}

const world = new Told({ folder: "../demo" })
endWith(() => world.end())
await rm(world.folder, { recursive: true, force: true })
try {
    const display = process.env.DISPLAY || process.env.WAYLAND_DISPLAY
    await (display ? forThePerson(world) : byThemselves(world))
} finally {
    await world.end().catch((error) => console.error(error))
    killRest()
}
process.exit(0)
