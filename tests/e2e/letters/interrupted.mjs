// What happens in between: locked, killed, reloaded, navigated, in two windows, in private.

import { strict as assert } from "node:assert"
import { until } from "../drivers/until.mjs"
import { acquainted, openPasted, sealedBlock } from "../story/pair.mjs"
import { BLOCK, BUTTON } from "../story/person.mjs"

const WORDS = "Between two stations."

export async function setUp(world, browser) {
    const pair = await acquainted(world, browser)
    return { ...pair, block: await sealedBlock(pair.alice, pair.bob, WORDS) }
}

async function lockHere(person) {
    const tab = await person.lock()
    await tab.close()
}

/** Each test begins with both unlocked, whatever became of the one before. */
const afresh = (test) => ({
    ...test,
    async run(world, browser, shared) {
        for (const person of [shared.alice, shared.bob]) await person.ready()
        await test.run(world, browser, shared)
    },
})

const cases = [
    {
        name: "a locked vault shows nothing; unlocked in the browser's own surface, the letter opens",
        async run(world, _browser, { bob, editors, block }) {
            editors.putText(block)
            const page = await bob.profile.page(`${editors.origin}/show`)
            const open = await bob.read(page)
            assert.equal(open.text, WORDS)
            await lockHere(bob)
            // What was opened is gone from the page; the frame offers to unlock.
            await page.front()
            const frame = await bob.frameThatSays(/Sotto is locked/, page)
            assert.ok(!(await frame.text("body")).includes(WORDS))
            await world.shot(page, "locked-in-page")
            await frame.click("text=Unlock")
            const surface = await bob.profile.openedPopup()
            await world.shot(surface, "unlock-popup")
            await bob.unlockIn(surface)
            await page.front()
            const again = await bob.read(page)
            assert.equal(again.text, WORDS)
            await page.close()
        },
    },
    {
        name: "a worker killed in the middle loses nothing",
        async run(world, _browser, { alice, bob, editors }) {
            const page = await alice.profile.page(`${editors.origin}/textarea`)
            await alice.pressButton(page)
            await alice.addRecipient(bob.address)
            await alice.compose.type("@text", "Written before, ")
            await alice.profile.killWorker()
            await alice.compose.type("@text", "and after.")
            await alice.profile.killWorker()
            await alice.seal()
            assert.equal(await alice.placed(), "editor")
            await world.shot(alice.compose, "after-worker-killed")
            const block = await page.value("#text")
            const opened = await openPasted(bob, block)
            assert.equal(opened.text?.trim(), "Written before, and after.")
            await opened.tab.close()
            await alice.compose.close()
            await page.close()
        },
    },
    {
        name: "navigating away while composing parks the letter; the next editor takes it",
        async run(world, _browser, { alice, bob, editors }) {
            const page = await alice.profile.page(`${editors.origin}/textarea`)
            await alice.pressButton(page)
            await alice.addRecipient(bob.address)
            await alice.compose.type("@text", "Do not lose me.")
            await page.goto(`${editors.origin}/plain`)
            await alice.seal()
            assert.equal(await alice.placed(), "parked")
            await world.shot(alice.compose, "parked")
            await page.goto(`${editors.origin}/rich`)
            await page.waitFor(BUTTON)
            await alice.compose.click("@insert")
            await alice.compose.waitFor("[data-test=sealed][data-placed=editor]")
            const opened = await openPasted(bob, await page.text("#text"))
            assert.equal(opened.text?.trim(), "Do not lose me.")
            await opened.tab.close()
            await alice.compose.close()
            await page.close()
        },
    },
    {
        name: "two windows agree: locked in one is locked in both, and a draft is one draft",
        async run(world, _browser, { bob }) {
            const [one, two] = [
                await bob.profile.extensionPage("pages/contacts.html"),
                await bob.profile.extensionPage("pages/letters.html"),
            ]
            await one.waitFor("@nav-letters")
            await two.waitFor("@letter-paste")
            await one.front()
            await one.click("@lock")
            await one.waitFor("@unlock-passphrase")
            await two.front()
            await two.waitFor("@unlock-passphrase")
            await bob.unlockIn(two)
            await one.front()
            await one.waitGone("@unlock-block")
            await world.shot(two, "two-windows")
            await one.close()
            await two.close()
        },
    },
    {
        name: "the extension reloaded with the page open: locked, the page served anew, the draft kept",
        async run(world, _browser, { bob, alice, editors, block }) {
            const draft = await bob.profile.extensionPage("pages/panel.html")
            await draft.click("@write")
            bob.compose = draft
            await bob.addRecipient(alice.address)
            await draft.type("@text", "A draft that lives.")
            await until(async () => !(await draft.text("@saved")).match(/…|ing/), {
                timeout: 8000,
                what: () => "the draft is not saved",
            })
            editors.putText(block)
            const page = await bob.profile.page(`${editors.origin}/show`)
            await page.waitFor(BLOCK)
            await bob.profile.reloadExtension()
            await page.front()
            await page.waitFor(BLOCK)
            await bob.frameThatSays(/Sotto is locked/, page)
            await world.shot(page, "after-reload")
            const tab = await bob.profile.extensionPage("pages/letters.html")
            await bob.unlockIn(tab)
            await tab.waitText(/A draft that lives/)
            await tab.close()
            await page.front()
            const letter = await bob.read(page)
            assert.equal(letter.text, WORDS)
            await page.close()
        },
    },
    {
        name: "a private window reads, and nothing of it is remembered",
        async run(world, _browser, { bob, alice, editors, block }) {
            const counted = async () => {
                const tab = await bob.contact(alice.address)
                const said = await tab.text("@contact-letters")
                await tab.close()
                return said
            }
            const before = await counted()
            await bob.profile.allowPrivate()
            await bob.ready()
            const fresh = await sealedBlock(alice, bob, "For your eyes in private.")
            editors.putText(fresh)
            const page = await bob.profile.privatePage(`${editors.origin}/show`)
            const letter = await bob.read(page)
            assert.equal(letter.text, "For your eyes in private.")
            await world.shot(page, "private-window")
            await page.close()
            assert.equal(await counted(), before)
            assert.ok(block)
        },
    },
]

export const tests = cases.map(afresh)
