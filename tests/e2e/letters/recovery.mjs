// What remains when a profile is lost: 24 words and a sealed file.

import { strict as assert } from "node:assert"
import { until } from "../drivers/until.mjs"
import { acquainted, openPasted, sealedBlock } from "../story/pair.mjs"
import { Person } from "../story/person.mjs"

const WORDS = "Kept for the new machine."

export async function setUp(world, browser) {
    const pair = await acquainted(world, browser)
    return { ...pair, block: await sealedBlock(pair.bob, pair.alice, WORDS) }
}

async function answerCheck(tab, words) {
    for (const at of [1, 2]) {
        const field = `[data-test=kit-check-${at}]`
        const position = await tab.eval(
            (css) =>
                Number(
                    (document.querySelector(css)?.closest(".field")?.textContent ?? "").match(
                        /\d+/,
                    )?.[0],
                ),
            field,
        )
        assert.ok(position >= 1 && position <= 24, `word ${position} is asked for`)
        await tab.type(field, words(position), { clear: true })
    }
    await tab.click("@kit-check")
}

export const tests = [
    {
        name: "the recovery kit shows 24 words and asks for two of them, which must be right",
        async run(world, _browser, shared) {
            const tab = await shared.alice.profile.extensionPage("pages/settings.html#kit")
            await tab.type("@kit-passphrase", shared.alice.passphrase)
            await tab.click("@kit-show")
            await tab.waitFor("@kit-words", { timeout: 60_000 })
            const words = await tab.eval(() =>
                [...document.querySelectorAll("[data-test=kit-words] li")].map((li) =>
                    li.textContent.trim(),
                ),
            )
            assert.equal(words.length, 24)
            await world.shot(tab, "kit")
            await tab.click("@kit-have")
            await tab.waitFor("@kit-check-1")
            await answerCheck(tab, (position) => (words[position - 1] === "able" ? "zoo" : "able"))
            await tab.waitFor("@failure")
            assert.ok(!(await tab.has("@kit-done")), "wrong words are taken")
            await world.shot(tab, "kit-wrong-words")
            await answerCheck(tab, (position) => words[position - 1])
            await tab.waitFor("@kit-done")
            shared.words = words
            await tab.close()
        },
    },
    {
        name: "a backup is one sealed file that names nobody",
        async run(_world, _browser, shared) {
            const { alice, bob } = shared
            const tab = await alice.profile.extensionPage("pages/settings.html#backup")
            await tab.waitFor("@backup-make", { state: ["ready", "hidden"] })
            shared.backup = await alice.profile.download(() => tab.click("@backup-make"))
            const text = shared.backup.text
            assert.ok(text.length > 500, `${text.length} characters`)
            assert.ok(!text.includes(bob.address) && !text.includes(bob.name))
            await tab.close()
        },
    },
    {
        name: "in a fresh profile the words open old letters, and the backup brings the contacts back",
        async run(world, _browser, { alice, bob, block, words, backup }) {
            assert.ok(words && backup, "the tests before have failed")
            const again = await Person.install(world, alice.profile.name, "Alice")
            again.address = alice.address
            const tab = await again.profile.openSurface("welcome.html")
            await tab.click("@have-words")
            await tab.type("@words", words.join(" "))
            await tab.type("@name", alice.name)
            await tab.type("@address", alice.address)
            await tab.type("@passphrase", again.passphrase)
            await world.shot(tab, "restore")
            await tab.click("@restore")
            await tab.waitFor("@ready-page", { timeout: 60_000 })
            await world.shot(tab, "restored")
            const before = await openPasted(again, block)
            assert.equal(before.text?.trim(), WORDS)
            assert.equal(before.trust, "unknown")
            await before.tab.close()
            const settings = await again.profile.extensionPage("pages/settings.html#backup")
            await settings.waitFor("@backup-restore", { state: ["ready", "hidden"] })
            await settings.choose("@backup-restore-input", backup.path)
            await settings.waitFor("@backup-restored", { timeout: 60_000 })
            await world.shot(settings, "backup-restored")
            await settings.close()
            assert.equal(await again.trustOf(bob.address), "known")
            const after = await openPasted(again, block)
            assert.equal(after.trust, "known")
            await after.tab.close()
            assert.equal(await again.ownFingerprint(), await alice.ownFingerprint())
            await world.close(again.profile)
        },
    },
    {
        name: "another's backup is refused and changes nothing",
        async run(_world, _browser, { bob, alice, backup }) {
            assert.ok(backup, "the tests before have failed")
            const tab = await bob.profile.extensionPage("pages/settings.html#backup")
            await tab.waitFor("@backup-restore", { state: ["ready", "hidden"] })
            await tab.choose("@backup-restore-input", backup.path)
            await until(() => tab.has("@failure"), { timeout: 20_000, what: () => "no refusal" })
            assert.ok(!(await tab.has("@backup-restored")))
            await tab.close()
            assert.equal(await bob.trustOf(alice.address), "known")
        },
    },
]
