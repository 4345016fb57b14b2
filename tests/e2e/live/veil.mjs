// The person is away: whoever is reachable is veiled, receives, and shows nothing.

import { strict as assert } from "node:assert"
import { until } from "../drivers/until.mjs"
import { meet } from "./meet.mjs"
import { PASSPHRASE, says } from "./side.mjs"

export const setUp = meet

/** The time in the settings has passed without the person; the minute's alarm finds it so. */
async function leave(side) {
    await side.page.eval(async () => {
        const { storage, alarms } = globalThis.browser ?? chrome
        await storage.session.set({ used: 1 })
        await alarms.create("idle", { when: Date.now(), periodInMinutes: 1 })
    })
    await until(async () => (await standing(side)).vault === "locked", {
        timeout: 90_000,
        every: 200,
        what: () => `${side.name} is still unlocked`,
    })
}

/** What the lock has overtaken is asked once more: lock wins. */
async function standing(side) {
    const answer = await side.ask("desk", { type: "status" })
    if (answer.error?.code === "locked-meanwhile") return standing(side)
    const { vault, veiled } = answer.ok.status
    return { vault, veiled }
}

async function connected(relay, count, timeout = 40_000) {
    let seen
    await until(
        async () => {
            seen = await relay.connections()
            return seen === count
        },
        { timeout, every: 200, what: () => `${seen} connections, not ${count}` },
    )
}

async function unlock(side) {
    await side.desk({ type: "unlock", passphrase: PASSPHRASE })
    await side.reached()
}

const theRest = (words) => words.filter((word) => word.includes("meanwhile"))

export const tests = [
    {
        name: "away, the person stays reachable, and nothing is shown or said",
        async run(_world, _browser, { bob, relay }) {
            await leave(bob)
            assert.deepEqual(await standing(bob), { vault: "locked", veiled: true })
            await bob.reached()
            await connected(relay, 2)
            for (const body of [
                { type: "conversations" },
                { type: "messages", conversation: bob.talk, from: 0, count: 60 },
                { type: "send", conversation: bob.talk, text: "no", replyTo: null },
                { type: "set-reachable", on: false },
            ])
                assert.equal(await bob.refused(body), "vault-locked", body.type)
            await assert.rejects(bob.desk({ type: "contacts", query: "" }), /vault-locked/)
        },
    },
    {
        name: "what comes meanwhile, the worker killed in between, is there once the person is back",
        async run(_world, _browser, { alice, bob, relay }) {
            // A page that asks would wake it.
            await bob.page.goto("about:blank")
            for (let round = 0; round < 2; round += 1) {
                await bob.profile.killWorker()
                for (let number = 0; number < 5; number += 1)
                    await alice.say(alice.talk, `meanwhile ${5 * round + number}`)
                await connected(relay, 2)
            }
            await bob.page.goto(bob.profile.extensionPath("pages/settings.html"))
            let live
            await until(
                async () => {
                    live = await bob.status()
                    return live.unread === 10
                },
                { timeout: 40_000, every: 300, what: () => JSON.stringify(live) },
            )
            assert.deepEqual(await standing(bob), { vault: "locked", veiled: true })
            const last = says("meanwhile 9")
            const sent = await alice.sees(alice.talk, last)
            assert.equal(sent.delivery.state, "sent", "nobody has it before the person is back")
            await unlock(bob)
            await bob.sees(bob.talk, last)
            const wanted = Array.from({ length: 10 }, (_, number) => `you: meanwhile ${number}`)
            assert.deepEqual(theRest(await bob.words(bob.talk)), wanted)
            await alice.sees(alice.talk, (it) => last(it) && it.delivery.state === "delivered")
            await bob.profile.killWorker()
            await bob.reached(60_000)
            assert.deepEqual(theRest(await bob.words(bob.talk)), wanted)
            await bob.say(bob.talk, "I am back")
            await alice.sees(alice.talk, says("I am back"))
        },
    },
    {
        name: "the popup says that it is veiled; locked there, nobody is reached any more",
        async run(world, browser, { alice, bob, relay }) {
            await leave(bob)
            await bob.reached()
            await alice.say(alice.talk, "meanwhile 10")
            const popup = await bob.profile.page(bob.profile.extensionPath("pages/popup.html"))
            await popup.waitFor("[data-test=veiled][data-reach=reachable]", { timeout: 30_000 })
            await popup.waitFor("@veiled-waiting", { timeout: 30_000 })
            await world.shot(popup, `veiled-${browser}`)
            const title = () => popup.eval(() => (globalThis.browser ?? chrome).action.getTitle({}))
            assert.match(await title(), /veiled/)
            await popup.click("@lock-veiled")
            await connected(relay, 1)
            assert.deepEqual(await standing(bob), { vault: "locked", veiled: false })
            await popup.waitGone("@veiled")
            assert.match(await title(), /not reachable/)
            await world.shot(popup, `locked-${browser}`)
            await popup.close()
            await unlock(bob)
            await bob.sees(bob.talk, says("meanwhile 10"))
        },
    },
    {
        name: "with Reachable off, or by hand, it is a lock and no veil",
        async run(_world, _browser, { bob, relay }) {
            await bob.desk({ type: "lock" })
            await connected(relay, 1)
            assert.deepEqual(await standing(bob), { vault: "locked", veiled: false })
            await unlock(bob)
            await bob.live({ type: "set-reachable", on: false })
            await leave(bob)
            assert.deepEqual(await standing(bob), { vault: "locked", veiled: false })
            await connected(relay, 1)
        },
    },
]
