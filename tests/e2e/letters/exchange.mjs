// The main job, from installing to `verified`, in a real webmail, by the interface alone.

import { strict as assert } from "node:assert"
import { BLOCK, Person } from "../story/person.mjs"

const WAITING = "Meet me at the old bridge at seven."
const FIRST_ANSWER = "Yes, I got it. This is Bob."
const SECOND_ANSWER = "Good. Seven it is, by the bridge."

/**
 * @param {import("../story/world.mjs").World} world
 * @param {{alice: string, bob: string, html: boolean, adapters: boolean}} how
 */
export async function exchange(world, how) {
    const alice = await Person.install(world, how.alice, "Alice")
    await alice.createIdentity()
    if (!how.adapters) await alice.setAdapters(false)
    await alice.openMail(how)
    const server = await world.roundcube()
    const bobUser = world.unique("bob")
    const bobAddress = server.address(bobUser)

    await invite(alice, bobAddress, how)

    const bob = await Person.install(world, how.bob, "Bob")
    bob.user = bobUser
    await bob.createIdentity()
    if (!how.adapters) await bob.setAdapters(false)
    await bob.openMail(how)
    await acceptAndAnswer(bob, alice)

    await readAndAdd(alice, bob)
    await sealWaiting(alice, bob)

    await bob.box.openNewest({ count: 2 })
    const read = await bob.read()
    await bob.shot(bob.box.tab, "reads-waiting-letter")
    assert.equal(read.text, WAITING)
    assert.match(read.head, /From Alice Example/)
    assert.match(read.head, /Same key since/)

    await replyFromPage(bob, alice, how)

    await alice.box.openNewest({ count: 2 })
    const last = await alice.read()
    await alice.shot(alice.box.tab, "reads-second-answer")
    assert.equal(last.text, SECOND_ANSWER)
    assert.match(last.head, /Same key since/)

    await compare(alice, bob)
    return { alice, bob }
}

async function invite(alice, bobAddress, how) {
    // With adapters on, Sotto fills the empty subject; without, the page's own field is hers.
    await alice.box.compose({ to: bobAddress, ...(how.adapters ? {} : { subject: "Hello" }) })
    await alice.shot(alice.box.tab, "compose-with-button")
    await alice.pressButton()
    if (!how.adapters) await alice.addRecipient(bobAddress)
    const recipient = await alice.recipient(bobAddress)
    assert.equal(recipient.state, "no-card")
    await alice.compose.type("@text", WAITING)
    await alice.shot(alice.compose, "panel-no-card")
    await alice.invite()
    await alice.shot(alice.compose, "panel-invited")
    await alice.shot(alice.box.tab, "invitation-in-editor")
    assert.match(await alice.box.draftText(), /BEGIN SOTTO CONTACT CARD/)
    assert.ok(!(await alice.box.draftText()).includes(WAITING), "the waiting text is in the page")
    await alice.box.send()
}

async function acceptAndAnswer(bob, alice) {
    await bob.box.openNewest()
    await bob.shot(bob.box.tab, "invitation-mail")
    const frame = await bob.openBlock()
    await frame.waitText(/Alice Example/)
    await bob.shot(bob.box.tab, "card-in-frame")
    bob.frame = frame
    const panel = await bob.fromFrame("Add Alice Example")
    await panel.waitFor("@card-add")
    await bob.shot(panel, "panel-add-alice")
    assert.equal(await panel.attribute("@card", "data-verdict"), "new")
    await bob.acceptCard(panel)
    await bob.shot(panel, "panel-added")
    await panel.click("@write-back")
    bob.compose = panel
    await panel.waitFor("@text")
    const to = await bob.recipient(alice.address)
    assert.deepEqual(to, { state: "ready", chosen: true })
    await bob.seal({ text: FIRST_ANSWER })
    await bob.shot(panel, "panel-sealed-parked")
    await putIntoReply(bob)
    await bob.shot(bob.box.tab, "answer-in-editor")
    await bob.box.send()
}

/** The sealed letter waits; the page's own Reply gives an editor; one press puts it in. */
async function putIntoReply(person) {
    await person.box.reply()
    await person.compose.click("@insert")
    await person.compose.waitFor("[data-test=sealed][data-placed=editor]")
    await person.shot(person.compose, "panel-now-press-send")
    assert.match(await person.box.draftText(), /BEGIN AGE ENCRYPTED FILE/)
}

async function readAndAdd(alice, bob) {
    await alice.box.openNewest()
    const letter = await alice.read()
    await alice.shot(alice.box.tab, "reads-first-letter")
    assert.equal(letter.text, FIRST_ANSWER)
    assert.match(letter.head, /First letter with this key/)
    const panel = await alice.fromFrame("Add Bob Example")
    await panel.waitFor("@card-add")
    await alice.shot(panel, "panel-add-bob")
    await alice.acceptCard(panel)
    await alice.shot(panel, "panel-letter-ready")
    alice.compose = panel
    assert.ok(bob.address)
}

async function sealWaiting(alice, bob) {
    await alice.compose.click("@seal-waiting")
    await alice.compose.waitFor("@text")
    assert.equal(await alice.compose.value("@text"), WAITING)
    const to = await alice.recipient(bob.address)
    assert.deepEqual(to, { state: "ready", chosen: true })
    await alice.seal()
    await putIntoReply(alice)
    await alice.box.send()
}

/** The page's Reply first, then the button: the quoted letter opens in the panel, never in the page. */
async function replyFromPage(bob, alice, how) {
    await bob.box.reply()
    await bob.pressButton()
    if (!how.adapters) await bob.addRecipient(alice.address)
    await bob.recipient(alice.address)
    await bob.shot(bob.compose, "panel-reply")
    await bob.seal({ text: SECOND_ANSWER })
    assert.equal(await bob.placed(), "editor")
    assert.ok(!(await bob.box.draftText()).includes(SECOND_ANSWER))
    await bob.box.send()
}

/** Both read the same words on their own screens; then each says so. */
async function compare(alice, bob) {
    const tabs = [await alice.contact(bob.address), await bob.contact(alice.address)]
    for (const tab of tabs) assert.equal(await tab.attribute("@contact", "data-trust"), "known")
    const [aliceWords, bobWords] = [await alice.wordsFor(tabs[0]), await bob.wordsFor(tabs[1])]
    assert.equal(aliceWords.length, 8)
    assert.deepEqual(aliceWords, bobWords)
    await alice.shot(tabs[0], "compares-words")
    for (const tab of tabs) {
        await tab.click("@agree")
        await tab.waitFor("[data-test=contact][data-trust=verified]")
    }
    await bob.shot(tabs[1], "verified")
    await bob.box.openNewest({ count: 2 })
    const frame = await bob.openBlock()
    await frame.waitText(bob.firefox ? /Compared: check in Sotto/ : /You compared this key/)
    await bob.shot(bob.box.tab, "reads-verified")
    bob.frame = frame
    const panel = await bob.fromFrame("Open in Sotto")
    assert.equal(await bob.verdict(panel), "verified")
    await bob.shot(panel, "panel-verified")
}

const variant = (browsers, alice, bob, html, adapters) => ({
    name: `invite, accept, answer, reply, compare: ${html ? "HTML" : "plain"} compose, adapters ${adapters ? "on" : "off"}`,
    browsers,
    async run(world) {
        await exchange(world, { alice, bob, html, adapters })
    },
})

export const tests = [
    variant(["chromium"], "chromium", "chromium", false, true),
    variant(["chromium"], "chromium", "chromium", true, false),
    variant(["firefox"], "firefox", "firefox", true, true),
    variant(["firefox"], "firefox", "firefox", false, false),
    variant(["mixed"], "chromium", "firefox", false, true),
]

export { BLOCK }
