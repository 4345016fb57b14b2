// `cargo xtask bench steps`: what each job costs a person, counted from the input events that the
// browser marks as real while two people do the job in a real webmail.
//
// `ours` are presses of what is Sotto's, in its own surfaces and in what it puts into pages; `page`
// are presses of the webmail's own controls. A press into a field is part of filling it.

import { mkdir, writeFile } from "node:fs/promises"
import { skipped } from "../e2e/drivers/recorder.mjs"
import { endWith, killRest } from "../e2e/story/ending.mjs"
import { Person } from "../e2e/story/person.mjs"
import { World } from "../e2e/story/world.mjs"

const START = { events: 0, opened: 0, hooks: 0 }

const rows = []
const jobs = []

/** Counts one job of one person. `must` are presses without which it was not done. */
async function job(name, person, must, work, from = person.profile.recorder.mark()) {
    await work()
    const count = person.profile.recorder.since(from)
    const why = skipped(count, must)
    for (const reason of why) console.log(`${name}: ${reason}`)
    jobs.push({
        job: name,
        ours: count.clicksOurs,
        page: count.clicksPage,
        fields: count.fields,
        windows: count.windows,
        "focus changes": count.focusChanges,
        presses: count.presses.join(", "),
    })
    return { ...count, name, whole: why.length === 0 }
}

/** One figure of a job. A job with a skipped surface has no figure. */
function row(id, unit, count, ours, bar) {
    rows.push({
        id,
        unit,
        ours: count.whole ? ours : null,
        peer: null,
        theirs: null,
        ratio: null,
        bar,
        holds: count.whole && (bar === null || ours <= bar),
    })
}

/** What has no bar is told with the rest. */
function reported(count) {
    row(`${count.name}.windows`, "windows", count, count.windows, null)
    row(`${count.name}.focus`, "changes", count, count.focusChanges, null)
}

async function firstRun(world, name, user) {
    const person = await Person.install(world, "chromium", name)
    if (user !== undefined) person.user = user
    const create = ["welcome.html create"]
    const count = await job("first-run", person, create, () => person.createIdentity(), START)
    return { person, count }
}

async function invite(alice, address, page) {
    return job("invite", alice, [`${page} sotto-layer`, "panel.html invite"], async () => {
        await alice.box.pressCompose({ to: address })
        await alice.pressButton()
        await alice.compose.type("@text", "Meet me at the old bridge at seven.")
        await alice.invite()
        await alice.box.send()
    })
}

async function acceptAndAnswer(bob, page) {
    await bob.box.openNewest()
    const must = [
        `${page} sotto-block`,
        "frame.html Add Alice Example",
        "panel.html card-add-write",
        "panel.html seal",
    ]
    return job("accept-answer", bob, must, async () => {
        bob.frame = await bob.openBlock()
        bob.compose = await bob.fromFrame("Add Alice Example")
        await bob.compose.click("@card-add-write")
        await bob.compose.waitFor("@text")
        await bob.box.reply()
        await bob.seal({ text: "Yes, I got it. This is Bob." })
        await placed(bob)
        await bob.box.send()
    })
}

async function read(person, page, letters) {
    await person.box.openNewest({ count: letters })
    return job("read", person, [`${page} sotto-block`], async () => {
        await person.read()
    })
}

async function sealAndSend(alice, bob, page) {
    await alice.box.inbox()
    return job("seal-send", alice, [`${page} sotto-layer`, "panel.html seal"], async () => {
        await alice.box.pressCompose({ to: bob.address })
        await alice.pressButton()
        await alice.compose.waitFor(`[data-test=recipient][data-address="${bob.address}"]`)
        await alice.seal({ text: "Good. Seven it is, by the bridge." })
        await placed(alice)
        await alice.box.send()
    })
}

async function reply(bob, page) {
    return job("reply", bob, [`${page} sotto-layer`, "panel.html seal"], async () => {
        await bob.box.reply()
        await bob.pressButton()
        await bob.seal({ text: "I shall be there." })
        await placed(bob)
        await bob.box.send()
    })
}

async function placed(person) {
    const where = await person.placed()
    if (where !== "editor")
        throw new Error(`${person.name}'s letter is ${where}, not in the editor`)
}

/** Alice gets to know Bob from his first letter; no bar of its own. */
async function add(alice) {
    const panel = await alice.fromFrame("Add Bob Example")
    await alice.acceptCard(panel)
    await panel.close()
}

async function count(world) {
    const { person: alice, count: first } = await firstRun(world, "Alice")
    row("first-run.clicks", "clicks", first, first.clicks, 2)
    row("first-run.fields", "fields", first, first.fields, 3)
    row("first-run.windows", "windows", first, first.windows, 1)
    row("first-run.focus", "changes", first, first.focusChanges, null)
    const server = await world.roundcube()
    const page = server.origin
    const bobUser = world.unique("bob")
    await alice.openMail()

    const invited = await invite(alice, server.address(bobUser), page)
    row("invite.clicks", "clicks", invited, invited.clicksOurs, 2)
    reported(invited)

    const { person: bob } = await firstRun(world, "Bob", bobUser)
    await bob.openMail()
    const answered = await acceptAndAnswer(bob, page)
    row("accept-answer.clicks", "clicks", answered, answered.clicksOurs, 4)
    reported(answered)

    const opened = await read(alice, page, 1)
    row("read.clicks", "clicks", opened, opened.clicks, 1)
    reported(opened)
    await add(alice)

    const sealed = await sealAndSend(alice, bob, page)
    row("seal-send.ours", "clicks", sealed, sealed.clicksOurs, 2)
    row("seal-send.page", "clicks", sealed, sealed.clicksPage, 2)
    const own = sealed.surfaces.filter((surface) => !surface.includes("://"))
    row("seal-send.surfaces", "surfaces", sealed, own.length, 1)
    reported(sealed)

    await read(bob, page, 2)
    const replied = await reply(bob, page)
    row("reply.ours", "clicks", replied, replied.clicksOurs, 2)
    row("reply.page", "clicks", replied, replied.clicksPage, 2)
    reported(replied)
}

const world = new World({ folder: "../bench/steps" })
endWith(() => world.end())
try {
    await count(world)
} catch (error) {
    await world.shotAll("failed").catch(() => {})
    throw error
} finally {
    await world.end().catch((error) => console.error(error))
    killRest()
}
console.table(jobs)
console.table(rows)
await mkdir("target/bench", { recursive: true })
await writeFile("target/bench/steps.json", `${JSON.stringify({ rows }, null, 4)}\n`)
process.exit(rows.every(({ holds }) => holds) ? 0 : 1)
