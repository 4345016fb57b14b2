// Letters that are not what they seem. Each fails whole: no word of it shows, the page keeps its text.

import { strict as assert } from "node:assert"
import { acquainted, armor, bytesOf, openPasted, partsOf, sealedBlock } from "../story/pair.mjs"
import { BLOCK, Person } from "../story/person.mjs"

const WORDS = "The canary sings at noon."
const REFUSALS = new Set([
    "malformed-armor",
    "malformed-header",
    "malformed-seal",
    "tampered",
    "truncated",
    "bad-signature",
    "newer-version",
    "not-a-recipient",
    "nothing-found",
    "too-large",
    "sealed-to-other",
])

export async function setUp(world, browser) {
    const pair = await acquainted(world, browser)
    return { ...pair, block: await sealedBlock(pair.alice, pair.bob, WORDS) }
}

async function refused(person, text, what) {
    const { tab, code, text: shown, whole } = await openPasted(person, text)
    await tab.close()
    assert.ok(code, `${what}: no failure is shown`)
    assert.ok(REFUSALS.has(code), `${what}: ${code}`)
    assert.equal(shown, null, `${what}: text is shown`)
    assert.ok(!whole.includes("canary"), `${what}: words are shown`)
    return code
}

/** Opens the block on a page; the frame says it does not open and the page's text comes back whole. */
async function refusedInPage(world, { bob, editors }, block, name) {
    editors.putText(block)
    const page = await bob.profile.page(`${editors.origin}/show`)
    const before = block.replace(/\s/g, "")
    const frame = await bob.openBlock(page)
    const said = await frame.waitText(/does not open/)
    assert.ok(!said.includes("canary"))
    await world.shot(page, name)
    await page.click(`${BLOCK} >>> button.quiet:last-of-type`)
    const shown = (await page.text("#message pre")).replace(/\s/g, "")
    assert.ok(shown.includes(before.slice(0, 200)), "the page's own text is not whole")
    await page.close()
}

export const tests = [
    {
        name: "an untouched letter opens, in the page and in Sotto",
        async run(world, _browser, { bob, editors, block }) {
            editors.putText(block)
            const page = await bob.profile.page(`${editors.origin}/show`)
            const letter = await bob.read(page)
            assert.equal(letter.text, WORDS)
            await world.shot(page, "generic-page")
            await page.close()
        },
    },
    {
        name: "a changed byte of every class is refused",
        async run(world, _browser, shared) {
            const whole = bytesOf(shared.block)
            for (const [part, at] of Object.entries(partsOf(whole))) {
                const bytes = Buffer.from(whole)
                bytes[at] ^= 1
                await refused(shared.bob, armor(bytes), part)
            }
            const bytes = Buffer.from(whole)
            bytes[partsOf(whole)["payload chunk"]] ^= 1
            await refusedInPage(world, shared, armor(bytes), "tampered-in-page")
        },
    },
    {
        name: "a letter cut short is refused",
        async run(_world, _browser, { bob, block }) {
            const whole = bytesOf(block)
            const { "payload nonce": payload } = partsOf(whole)
            for (const length of [
                whole.length - 1,
                whole.length - 16,
                payload + 10,
                payload - 3,
                60,
            ]) {
                await refused(
                    bob,
                    armor(whole.subarray(0, length)),
                    `${length} of ${whole.length} bytes`,
                )
            }
            await refused(bob, block.split("\n").slice(0, -3).join("\n"), "no end line")
        },
    },
    {
        name: "a letter for someone else does not open",
        async run(world, _browser, shared) {
            const { alice, bob, editors } = shared
            const own = await alice.profile.extensionPage("pages/panel.html")
            await own.close()
            const carol = await Person.install(world, alice.profile.name, "Carol")
            await carol.createIdentity()
            await alice.addCard(await carol.ownCard())
            const block = await sealedBlock(alice, carol, WORDS)
            assert.equal(await refused(bob, block, "for Carol"), "not-a-recipient")
            await refusedInPage(world, { bob, editors }, block, "wrong-recipient-in-page")
            await world.close(carol.profile)
        },
    },
    {
        name: "a seal copied from another letter is refused",
        async run(_world, _browser, { alice, bob, block }) {
            const other = bytesOf(await sealedBlock(alice, bob, "Another letter altogether."))
            const one = bytesOf(block)
            const sealOf = (bytes) => [
                bytes.indexOf("-> sotto.seal.v1"),
                bytes.indexOf("\n---") + 1,
            ]
            const [from, to] = sealOf(one)
            const [otherFrom, otherTo] = sealOf(other)
            const copied = Buffer.concat([
                one.subarray(0, from),
                other.subarray(otherFrom, otherTo),
                one.subarray(to),
            ])
            await refused(bob, armor(copied), "seal of another letter")
            const twice = Buffer.concat([
                one.subarray(0, to),
                one.subarray(from, to),
                one.subarray(to),
            ])
            await refused(bob, armor(twice), "two seals")
            const none = Buffer.concat([one.subarray(0, from), one.subarray(to)])
            await refused(bob, armor(none), "no seal, header changed")
        },
    },
    {
        name: "a letter that comes again says so",
        async run(_world, _browser, { alice, bob }) {
            const block = await sealedBlock(alice, bob, "Only once, please.")
            const first = await openPasted(bob, block)
            assert.equal(first.text, "Only once, please.")
            assert.deepEqual(first.notes, [])
            await first.tab.close()
            const again = await openPasted(bob, block)
            assert.ok(again.notes.includes("note-seen-before"), String(again.notes))
            await again.tab.close()
        },
    },
    {
        name: "another key for a known address stops: no Add, sealing refused, until decided",
        async run(world, _browser, { alice, bob, editors }) {
            const other = await Person.install(world, alice.profile.name, "Alice")
            other.user = alice.user
            await other.createIdentity()
            editors.putText(await other.ownCard())
            const page = await bob.profile.page(`${editors.origin}/show`)
            const frame = await bob.openBlock(page)
            await frame.waitText(/Another key for/)
            await world.shot(page, "other-key-in-page")
            assert.ok(!(await frame.has("text=Add")))
            bob.frame = frame
            const panel = await bob.fromFrame("Compare")
            await panel.waitFor("[data-test=card][data-verdict=other-key]")
            assert.ok(!(await panel.has("@card-add")))
            await bob.shot(panel, "panel-other-key")
            await panel.close()
            // Looking stores nothing; a letter that was proved to come from the other key does.
            assert.equal(await bob.trustOf(alice.address), "known")
            await other.addCard(await bob.ownCard())
            const { tab: letter, trust } = await openPasted(
                bob,
                await sealedBlock(other, bob, "It is me, Alice."),
            )
            assert.equal(trust, "changed")
            await bob.shot(letter, "letter-other-key")
            await letter.close()
            assert.equal(await bob.trustOf(alice.address), "changed")
            const tab = await bob.profile.extensionPage("pages/panel.html")
            await tab.click("@write")
            bob.compose = tab
            await tab.waitFor("@text")
            await tab.type("@add-person", alice.address)
            await tab.press("Enter")
            const to = await bob.recipient(alice.address)
            assert.equal(to.state, "changed")
            assert.equal(await tab.state("@seal"), "disabled")
            await bob.shot(tab, "panel-changed-recipient")
            await tab.close()
            await page.close()
            await world.close(other.profile)
        },
    },
]
