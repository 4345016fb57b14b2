// A group of many, really made: the others are people without a browser (tests/crowd), the one who
// makes it is the person in the browser. `SOTTO_CROWD=200` for the bar's largest, which takes minutes.

import { strict as assert } from "node:assert"
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { pause, until } from "../drivers/until.mjs"
import { startCrowd } from "../services/crowd.mjs"
import { startRelay, UNLIMITED } from "../services/relay.mjs"
import { OUT } from "../story/world.mjs"
import { Side } from "./side.mjs"

const SIZE = Number(process.env.SOTTO_CROWD ?? 12)
/** Sizes at which one more is added; the person is one of them. */
const SIZES = [2, 10, 50, 200].filter((size) => size <= SIZE)
const LONG_MS = 120_000
/** So many of a long roster are shown at first. */
const FOLDED = 12
/** Up to so many people tell each other what they have read (docs of `live::MAX_TELLING`). */
const TELLING = 20
/** Who is there all the time; the others come when the group is whole. */
const PRESENT = [0, 1]

export async function setUp(world, browser) {
    const relay = await startRelay({ limits: UNLIMITED })
    world.onEnd(() => relay.close())
    const crowd = await startCrowd(relay, SIZE)
    world.onEnd(() => crowd.close())
    const alice = await Side.open(world, browser, "Alice")
    await alice.reach(relay.origin)
    return { relay, crowd, alice, figures: {} }
}

async function canAdd(alice) {
    const { people } = await alice.live({ type: "people" })
    return people.filter((person) => person.canAdd)
}

/** Everybody has what was said to them, and nothing of ours is on its way. */
async function settled(alice, group) {
    await until(
        async () => {
            const opened = await alice.live({ type: "open-conversation", conversation: group })
            return !opened.conversation.changing
        },
        { timeout: LONG_MS, every: 50, what: () => "the change is still on its way" },
    )
}

async function open(alice, group) {
    return (await alice.live({ type: "open-conversation", conversation: group })).conversation
}

/** Adds people and waits until it is in the stream: how long, how many blobs, how many bytes. */
async function add({ alice, relay }, group, people) {
    const [blobs, bytes] = [
        await relay.metric("appended_total"),
        await relay.metric("appended_bytes_total"),
    ]
    const took = await alice.page.eval(
        async (conversation, people) => {
            const { runtime } = globalThis.browser ?? chrome
            const ask = (body) => runtime.sendMessage({ v: 1, id: 5, claim: "live", body })
            const began = performance.now()
            const answer = await ask({ type: "add-people", conversation, people })
            if (answer.error) throw new Error(JSON.stringify(answer.error))
            for (;;) {
                const { ok } = await ask({ type: "open-conversation", conversation })
                if (!ok.conversation.changing) return performance.now() - began
                await new Promise((done) => setTimeout(done, 5))
            }
        },
        group,
        people,
    )
    // The Welcome and the invitation follow the commit.
    let last = -1
    await until(
        async () => {
            const before = last
            last = await relay.metric("appended_total")
            return last === before
        },
        { timeout: LONG_MS, every: 400, what: () => "the relay is still given something" },
    )
    return {
        ms: took,
        blobs: last - blobs,
        bytes: (await relay.metric("appended_bytes_total")) - bytes,
    }
}

const shown = (ms) => `${ms.toFixed(0)} ms`

export const tests = [
    {
        name: `${SIZE} people are written to, and answer`,
        async run(_world, _browser, { alice, crowd, figures }) {
            const { card } = await alice.desk({ type: "own-card" })
            const began = Date.now()
            for (let member = 0; member < SIZE; member += 1) {
                const own = await until(
                    async () => {
                        const { card } = await crowd.desk(member, { type: "own-card" })
                        const { live } = await crowd.live(member, { type: "live-status" })
                        return live.reach === "reachable" ? card : undefined
                    },
                    { timeout: LONG_MS, what: () => `member ${member} is not reachable` },
                )
                await crowd.desk(member, { type: "accept-card", card, verdict: "new" })
                await alice.desk({ type: "accept-card", card: own, verdict: "new" })
            }
            const people = await until(
                async () => {
                    const { people } = await alice.live({ type: "people" })
                    return people.length === SIZE && people
                },
                { timeout: LONG_MS, what: () => "the cards are not all there" },
            )
            for (const { contact } of people) {
                const begun = await alice.live({ type: "begin", contact: contact.id })
                await alice.say(begun.conversation.brief.id, `hello ${contact.name}`)
            }
            let ready = 0
            await until(
                async () => {
                    ready = (await canAdd(alice)).length
                    return ready === SIZE
                },
                { timeout: LONG_MS, every: 500, what: () => `${ready} of ${SIZE} have answered` },
            )
            figures.meet = Date.now() - began
            console.log(`    met ${SIZE} people in ${(figures.meet / 1000).toFixed(1)} s`)
        },
    },
    {
        name: "one more is added at each size: one commit, one Welcome",
        async run(_world, browser, all) {
            const { alice, crowd, figures } = all
            const people = (await canAdd(alice)).map(({ contact }) => contact)
            const of = new Map(
                people.map((contact) => [Number(contact.name.split(" ")[1]), contact.id]),
            )
            for (let member = 0; member < SIZE; member += 1)
                if (!PRESENT.includes(member)) await crowd.setAway(member, true)
            const first = [of.get(0)]
            const made = { type: "create-group", name: `All ${SIZE}`, people: first }
            all.group = (await alice.live(made)).conversation.brief.id
            await settled(alice, all.group)
            let next = 1
            figures.adds = []
            for (const size of SIZES) {
                // The person and `next` others are in it.
                const most = size - 2
                const bulk = []
                for (; next < most; next += 1) bulk.push(of.get(next))
                for (let at = 0; at < bulk.length; at += 50)
                    await add(all, all.group, bulk.slice(at, at + 50))
                const before = (await alice.live({ type: "safety", conversation: all.group }))
                    .safety
                const cost = await add(all, all.group, [of.get(next)])
                next += 1
                const { safety } = await alice.live({ type: "safety", conversation: all.group })
                assert.equal(safety.epoch, before.epoch + 1, "more than one commit")
                const { roster } = await open(alice, all.group)
                figures.adds.push({ to: roster.length - 1, ...cost })
                console.log(
                    `    one more to ${roster.length - 1} (${browser}): ${shown(cost.ms)}, ` +
                        `${cost.blobs} blobs, ${cost.bytes} bytes`,
                )
            }
            const rest = []
            for (; next < SIZE; next += 1) rest.push(of.get(next))
            if (rest.length > 0) await add(all, all.group, rest)
            const { roster } = await open(alice, all.group)
            assert.equal(roster.length, SIZE + 1)
            assert.equal(new Set(roster.map(({ id }) => id)).size, SIZE + 1)
        },
    },
    {
        name: "the page shows all of them: opened, searched, by keyboard",
        async run(world, browser, { alice, group, figures }) {
            const began = Date.now()
            const page = await alice.profile.page(
                alice.profile.extensionPath(`pages/chat.html#about=${group}`),
            )
            await page.waitFor("@roster")
            figures.roster = Date.now() - began
            console.log(`    page with the roster (${browser}): ${shown(figures.roster)}`)
            await world.shot(page, `roster-${browser}`)
            assert.equal(await page.count("[data-test=member]"), Math.min(FOLDED, SIZE + 1))
            await page.waitFor("@leave")
            await page.type("@roster-search", "member 4")
            const wanted = Array.from({ length: SIZE }, (_, n) => `Member ${n}`).filter((name) =>
                name.startsWith("Member 4"),
            )
            await until(async () => (await page.count("[data-test=member]")) === wanted.length, {
                timeout: 10_000,
                what: () => "the search finds others",
            })
            await world.shot(page, `found-${browser}`)
            await page.type("@roster-search", "", { clear: true })
            await page.click("@roster-all")
            await until(async () => (await page.count("[data-test=member]")) === SIZE + 1, {
                timeout: 10_000,
                what: () => "not everybody is shown",
            })
            await world.shot(page, `all-${browser}`)
            await page.close()
        },
    },
    {
        name: "everybody comes: they read, they write, and the page bears it",
        async run(world, browser, { alice, crowd, group, figures, relay }) {
            const heard = new Map()
            crowd.follow(({ member, event }) => {
                for (const { body, author } of event.changed) {
                    if (body.type !== "text" || author.own) continue
                    const words = heard.get(body.text) ?? new Map()
                    words.set(member, Date.now())
                    heard.set(body.text, words)
                }
            })
            const arrived = Date.now()
            for (let member = 0; member < SIZE; member += 1)
                if (!PRESENT.includes(member)) await crowd.setAway(member, false)
            const said = "welcome everybody"
            await alice.say(group, said)
            await until(() => heard.get(said)?.size === SIZE, {
                timeout: LONG_MS,
                every: 200,
                what: () => `${heard.get(said)?.size} of ${SIZE} have read it`,
            })
            figures.arrived = Date.now() - arrived
            console.log(`    all ${SIZE} read after ${shown(figures.arrived)}`)
            const page = await alice.profile.page(
                alice.profile.extensionPath(`pages/chat.html#talk=${group}`),
            )
            await page.waitFor("@say-text")
            await watch(page)
            const before = await relay.metric("appended_total")
            const WORDS = 20
            const began = Date.now()
            for (let number = 0; number < WORDS; number += 1) {
                const body = {
                    type: "send",
                    conversation: group,
                    text: `word ${number}.`,
                    replyTo: null,
                }
                await crowd.live(number % SIZE, body)
            }
            await until(async () => (await told(page, `word ${WORDS - 1}.`)) > 0, {
                timeout: LONG_MS,
                every: 100,
                what: () => "the last word is not shown",
            })
            figures.twenty = Date.now() - began
            await until(() => heard.get(`word ${WORDS - 1}.`)?.size >= SIZE - 1, {
                timeout: LONG_MS,
                every: 200,
                what: () => "not everybody has the last word",
            })
            const took = []
            for (let number = 0; number < 10; number += 1) {
                await page.type("@say-text", `typed ${number}.`)
                await page.press("Enter")
                await until(async () => (await told(page, `typed ${number}.`)) > 0, {
                    timeout: LONG_MS,
                    every: 20,
                    what: () => "what was typed is not shown",
                })
                took.push((await told(page, `typed ${number}.`)) - (await pressedAt(page)))
            }
            took.sort((one, other) => one - other)
            figures.typed = took[5]
            await until(() => heard.get("typed 9.")?.size === SIZE, {
                timeout: LONG_MS,
                every: 200,
                what: () => `${heard.get("typed 9.")?.size} of ${SIZE} have read it`,
            })
            await pause(1_000)
            figures.blobs = (await relay.metric("appended_total")) - before
            // Nobody tells what they have read where there are so many.
            if (SIZE + 1 > TELLING) assert.equal(figures.blobs, WORDS + 10)
            figures.bytes = (await page.eval(() => navigator.storage.estimate())).usage
            console.log(
                `    ${WORDS} words of ${Math.min(WORDS, SIZE)} people shown after ${shown(figures.twenty)}, typed and shown here: p50 ${figures.typed} ms, ` +
                    `${figures.blobs} blobs for ${WORDS + 10} messages, ${(figures.bytes / 1e6).toFixed(1)} MB stored`,
            )
            await world.shot(page, `talk-${browser}`)
            await page.close()
            await mkdir(OUT, { recursive: true })
            await writeFile(join(OUT, `crowd-${SIZE}-${browser}.json`), JSON.stringify(figures))
        },
    },
]

/** The page notes when something is first shown, and when Enter was pressed. */
function watch(page) {
    return page.eval(() => {
        const { dataset } = document.documentElement
        const told = {}
        const look = () => {
            for (const it of document.querySelectorAll("[data-test=message-text]"))
                told[it.textContent.trim()] ??= Date.now()
            dataset.told = JSON.stringify(told)
        }
        const tree = { childList: true, subtree: true, characterData: true }
        new MutationObserver(look).observe(document.body, tree)
        const press = ({ key }) => {
            if (key === "Enter") dataset.pressed = Date.now()
        }
        addEventListener("keydown", press, true)
    })
}

const told = (page, text) =>
    page.eval((text) => JSON.parse(document.documentElement.dataset.told ?? "{}")[text] ?? 0, text)

const pressedAt = (page) => page.eval(() => Number(document.documentElement.dataset.pressed))
