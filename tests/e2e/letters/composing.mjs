// Writing in a real webmail: quoting, threads, Bcc, letters that wait.

import { strict as assert } from "node:assert"
import { acquainted, openPasted } from "../story/pair.mjs"
import { Person } from "../story/person.mjs"

const WORDS = "Bring a lantern."

export async function setUp(world, browser) {
    const pair = await acquainted(world, browser)
    for (const person of [pair.alice, pair.bob]) await person.openMail()
    return pair
}

export const tests = [
    {
        name: "a reply opens the quoted letter in the panel, never in the page, and keeps the thread",
        async run(world, _browser, { alice, bob }) {
            await alice.box.compose({ to: bob.address })
            await alice.pressButton()
            await alice.recipient(bob.address)
            await alice.seal({ subject: "The bridge", text: WORDS })
            assert.equal(await alice.placed(), "editor")
            await alice.box.send()
            await bob.box.openNewest()
            const first = await bob.box.source()
            await bob.box.reply()
            await bob.pressButton()
            const panel = bob.compose
            await panel.click("[data-test=quoted] summary")
            await panel.waitText(WORDS, { within: "@quoted" })
            await world.shot(panel, "quoted-in-panel")
            await panel.click("@quote-in")
            assert.match(await panel.value("@text"), /> Bring a lantern\./)
            assert.ok(!(await bob.box.draftText()).includes("lantern"), "words are in the page")
            await bob.seal({ text: "I will." })
            assert.ok(!(await bob.box.draftText()).includes("lantern"), "words are in the page")
            await bob.box.send()
            await alice.box.openNewest()
            const letter = await alice.read()
            assert.match(letter.text, /I will\./)
            assert.match(letter.text, /> Bring a lantern\./)
            const answer = await alice.box.source()
            assert.ok(!answer.includes("lantern"), "words are in the mail")
            const [, id] = first.match(/^Message-ID:\s*(<[^>]+>)/im) ?? []
            assert.ok(id, "the first mail has no Message-ID")
            assert.match(
                answer,
                new RegExp(
                    `^In-Reply-To:\\s*${RegExp.escape?.(id) ?? id.replace(/[.*+?^$()|[\]\\]/g, "\\$&")}`,
                    "im",
                ),
            )
        },
    },
    {
        name: "Reply in the frame writes to who sealed the letter; the answer waits for the page's own reply",
        async run(world, _browser, { alice, bob }) {
            await bob.box.openNewest()
            await bob.read()
            bob.compose = await bob.fromFrame("Reply")
            await bob.compose.waitFor("@text")
            assert.deepEqual(await bob.recipient(alice.address), { state: "ready", chosen: true })
            await bob.seal({ text: "From the frame." })
            assert.equal(await bob.placed(), "parked")
            await bob.box.reply()
            await bob.compose.click("@insert")
            await bob.compose.waitFor("[data-test=sealed][data-placed=editor]")
            await world.shot(bob.compose, "reply-from-frame")
            await bob.box.send()
            await alice.box.openNewest({ count: 2 })
            assert.equal((await alice.read()).text, "From the frame.")
        },
    },
    {
        name: "an address in Bcc stops Seal, and gets a letter of its own",
        async run(world, _browser, { alice, bob }) {
            const carol = await Person.install(world, alice.profile.name, "Carol")
            await carol.createIdentity()
            await alice.addCard(await carol.ownCard())
            await alice.box.compose({ to: bob.address, bcc: carol.address })
            await alice.pressButton()
            assert.equal((await alice.recipient(carol.address)).state, "bcc")
            await alice.compose.type("@text", "For each alone.")
            assert.equal(await alice.compose.state("@seal"), "disabled")
            await world.shot(alice.compose, "bcc-stops")
            await alice.compose.click("@bcc-next")
            await alice.box.clearBcc()
            await alice.compose.waitFor("@seal")
            await alice.seal()
            assert.equal(await alice.placed(), "editor")
            const common = await alice.box.draftText()
            await alice.box.send()
            const refused = await openPasted(carol, common)
            assert.equal(refused.code, "not-a-recipient")
            await refused.tab.close()
            await alice.compose.click("@next-open")
            await alice.compose.waitFor("@text")
            assert.equal(await alice.compose.value("@text"), "For each alone.")
            assert.deepEqual(await alice.recipient(carol.address), {
                state: "ready",
                chosen: true,
            })
            await alice.seal()
            await alice.box.compose({ to: carol.address })
            if ((await alice.placed()) !== "editor") await alice.compose.click("@insert")
            await alice.compose.waitFor("[data-test=sealed][data-placed=editor]")
            await world.shot(alice.compose, "bcc-own-letter")
            const own = await openPasted(carol, await alice.box.draftText())
            assert.equal(own.text?.trim(), "For each alone.")
            await own.tab.close()
            await world.close(carol.profile)
        },
    },
]
