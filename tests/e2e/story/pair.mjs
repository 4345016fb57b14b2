// Two people who know each other, for everything that comes after the main job.

import { Person } from "./person.mjs"

/** Alice and Bob, each with the other's card, both unlocked. */
export async function acquainted(world, browser) {
    const kind = browser === "firefox" ? "firefox" : "chromium"
    const [alice, bob] = [
        await Person.install(world, kind, "Alice"),
        await Person.install(world, kind, "Bob"),
    ]
    for (const person of [alice, bob]) await person.createIdentity()
    const [aliceCard, bobCard] = [await alice.ownCard(), await bob.ownCard()]
    await alice.addCard(bobCard)
    await bob.addCard(aliceCard)
    return { alice, bob, editors: await world.editors() }
}

/** A letter as its block, written in a tab of Sotto's own and copied from there. */
export async function sealedBlock(from, to, text) {
    const tab = await from.profile.extensionPage("pages/panel.html")
    await tab.click("@write")
    from.compose = tab
    await tab.waitFor("@text")
    await from.addRecipient(to.address)
    await from.seal({ text })
    const block = await tab.eval(() =>
        document.querySelector("[data-test=sealed-text]").textContent.trim(),
    )
    await tab.close()
    return block
}

/** Opens pasted text on the letters page; gives the failure's code, or the words. */
export async function openPasted(person, text) {
    const tab = await person.profile.extensionPage("pages/letters.html")
    await tab.paste("@letter-paste", text)
    await tab.click("@open")
    await tab.waitFor("[data-test=letter-text], [data-test=failure], [data-test=reveal]")
    const seen = await tab.eval(() => ({
        code:
            document
                .querySelector("[data-test=failure]")
                ?.closest("[data-code]")
                ?.getAttribute("data-code") ?? null,
        text: document.querySelector("[data-test=letter-text]")?.textContent ?? null,
        trust: document.querySelector("[data-test=verdict]")?.getAttribute("data-trust") ?? null,
        notes: [...document.querySelectorAll("[data-test^=note-]")].map((note) =>
            note.getAttribute("data-test"),
        ),
        whole: document.body.innerText,
    }))
    return { tab, ...seen }
}

const BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----"
const END = "-----END AGE ENCRYPTED FILE-----"

/** The bytes inside an armored block. */
export const bytesOf = (block) =>
    Buffer.from(block.replace(BEGIN, "").replace(END, "").replace(/\s/g, ""), "base64")

/** An armored block of bytes. */
export function armor(bytes) {
    const lines = bytes.toString("base64").match(/.{1,64}/g) ?? []
    return [BEGIN, ...lines, END, ""].join("\n")
}

/** Where the parts of an age file are, by the text of its header. */
export function partsOf(bytes) {
    const at = (needle, from = 0) => bytes.indexOf(needle, from)
    const mac = at("\n---") + 1
    const payload = at("\n", mac) + 1
    const seal = at("-> sotto.seal.v1")
    const stanza = at("-> ")
    return {
        version: 10,
        "stanza type": stanza + 4,
        "stanza argument": at(" ", stanza + 4) + 3,
        "stanza body": at("\n", stanza) + 5,
        "seal type": seal + 5,
        "seal body": at("\n", seal) + 40,
        "header MAC": mac + 6,
        "payload nonce": payload + 3,
        "payload chunk": payload + 16 + 7,
        "payload tag": bytes.length - 3,
    }
}
