/** Chat: conversations, requests, groups, the relay. */

import type {
    AlarmKind,
    ChatBody,
    ChatMessage,
    Conversation,
    ConversationBrief,
    Delivery,
    LivePerson,
    LiveReply,
    LiveStatus,
    Member,
    MessageRequest,
    Safety,
} from "../../extension/generated/protocol.ts"
import type { LiveAnswers, Scene } from "./scenes.ts"
import * as views from "./views.ts"

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

export const live: LiveStatus = {
    reach: "reachable",
    code: null,
    nextTry: null,
    relay: "wss://relay.example",
    settings: { receipts: true, typing: true, presence: true, notify: "bare" },
    unread: 4,
    requests: 1,
}

const none = { reply: false, react: false, edit: false, delete: false, retry: false }
const theirs = { ...none, reply: true, react: true }
const ours = { ...theirs, edit: true, delete: true }
const far = (state: Delivery["state"], of = 1): Delivery => ({
    state,
    code: state === "failed" ? "relay-full" : null,
    delivered: state === "delivered" || state === "read" ? of : 0,
    read: state === "read" ? of : 0,
    of,
})

const bob = { id: views.bob.id, name: "Bob Tailor", trust: "verified" as const, own: false }
const carol = { id: views.carol.id, name: "Carol Nguyễn", trust: "verified" as const, own: false }
const stranger = { id: "77aa01", name: "", trust: "unknown" as const, own: false }
const me = { id: "a11ce0", name: "Alice Example", trust: "verified" as const, own: true }

function message(
    position: number,
    author: ChatMessage["author"],
    body: ChatBody | string,
    rest: Partial<ChatMessage> = {},
): ChatMessage {
    const text = typeof body === "string"
    return {
        id: position.toString(16).padStart(32, "0"),
        position,
        at: views.NOW - DAY_MS + position * 7 * MINUTE_MS,
        author,
        body: text ? { type: "text", text: body, edited: false } : body,
        replyTo: null,
        reactions: [],
        delivery: author.own && text ? far("read") : null,
        may: text ? (author.own ? ours : theirs) : none,
        ...rest,
    }
}

function reaction(emoji: string, names: string[], own = false) {
    return { emoji, count: names.length, own, names }
}

const LONG = `${"The lease says that either side may end it with three months' notice. ".repeat(40)}`

const pairMessages: ChatMessage[] = [
    message(0, bob, { type: "began" }),
    message(1, bob, "Hello Alice! Did the letter about the flat arrive?"),
    message(2, me, "It did, thank you. I have read it twice."),
    message(3, me, "Give me until tomorrow?", {
        reactions: [reaction("👍", ["Bob Tailor"])],
        at: views.NOW - DAY_MS + 15 * MINUTE_MS,
    }),
    message(4, bob, "Of course. The plan is here: https://city.example/plans/2026_(draft)."),
    message(5, me, { type: "deleted" }),
    message(6, bob, LONG),
    message(7, bob, { type: "new-device" }),
    message(8, me, "Then I sign it.", {
        at: views.NOW - 40 * MINUTE_MS,
        body: { type: "text", text: "Then I sign it on Monday.", edited: true },
        replyTo: {
            message: "00",
            position: 1,
            name: "Bob Tailor",
            own: false,
            text: "Hello Alice! Did the letter about the flat arrive?",
        },
        delivery: far("delivered"),
    }),
    message(
        9,
        bob,
        "Very good.\nI bring the keys, and the cat wants to say something as well:\n🐈",
        {
            at: views.NOW - 20 * MINUTE_MS,
            reactions: [reaction("❤️", ["Alice Example"], true), reaction("😂", ["Bob Tailor"])],
        },
    ),
    message(10, bob, "שלום, see you!", { at: views.NOW - 19 * MINUTE_MS }),
    message(11, me, "See you.", { at: views.NOW - 2 * MINUTE_MS, delivery: far("sent") }),
]

const pending: ChatMessage[] = [
    ...pairMessages,
    message(12, me, "On a train, this goes later.", {
        at: views.NOW - MINUTE_MS,
        delivery: far("waiting"),
    }),
    message(13, me, "And this one.", {
        at: views.NOW,
        delivery: far("failed"),
        may: { ...none, delete: true, retry: true },
    }),
]

const pairBrief: ConversationBrief = {
    id: "0b".repeat(16),
    kind: "pair",
    title: "Bob Tailor",
    contact: { ...views.bob, trust: "verified" },
    presence: "here",
    standing: "active",
    last: pairMessages.at(-1) ?? null,
    at: views.NOW - 2 * MINUTE_MS,
    unread: 0,
    muted: false,
    draft: "",
    alarm: false,
}

const groupMessages: ChatMessage[] = [
    message(0, me, { type: "began" }),
    message(1, me, { type: "added", names: ["Bob Tailor", "Carol Nguyễn", ""] }),
    message(2, bob, "Shall we meet on Thursday?"),
    message(3, carol, "Thursday is good, after six."),
    message(4, carol, "I book the small room.", { at: views.NOW - DAY_MS + 22 * MINUTE_MS }),
    message(5, stranger, "I come along if there is room."),
    message(6, me, "There is.", {
        delivery: { state: "sent", code: null, delivered: 2, read: 1, of: 3 },
    }),
    message(7, carol, { type: "renamed", name: "Reading circle" }),
    message(8, bob, { type: "alarm", kind: "refused-change" }),
    message(9, carol, "Bring the second volume, please.", { at: views.NOW - 6 * MINUTE_MS }),
]

const groupBrief: ConversationBrief = {
    ...pairBrief,
    id: "9c".repeat(16),
    kind: "group",
    title: "Reading circle",
    contact: null,
    presence: "unknown",
    last: groupMessages.at(-1) ?? null,
    at: views.NOW - 6 * MINUTE_MS,
    unread: 3,
    alarm: true,
}

const member = (who: ChatMessage["author"], rest: Partial<Member> = {}): Member => ({
    id: who.id,
    name: who.name,
    address: "",
    trust: who.trust,
    own: who.own,
    admin: false,
    devices: 1,
    leaving: false,
    ...rest,
})

const may = { send: true, add: false, remove: false, change: false, leave: false, renew: false }

const pair: Conversation = {
    brief: pairBrief,
    total: pairMessages.length,
    firstUnread: null,
    roster: [member(me), member(bob, { address: views.bob.address })],
    add: "admins",
    remove: "admins",
    may,
    blockedBy: null,
    ended: null,
    draft: { text: "", replyTo: null },
    typing: [],
    quiet: false,
    changing: false,
}

const group: Conversation = {
    ...pair,
    brief: groupBrief,
    total: groupMessages.length,
    firstUnread: 9,
    roster: [
        member(me, { admin: true }),
        member(bob, { address: views.bob.address, devices: 2 }),
        member(carol, { address: views.carol.address, admin: true }),
        member(stranger, { leaving: true }),
    ],
    add: "everybody",
    may: { ...may, add: true, remove: true, change: true, leave: true },
}

/** Two hundred people: more than tell each other what they have read. */
const crowd: Conversation = {
    ...group,
    quiet: true,
    roster: [
        ...group.roster.filter(({ id }) => id !== stranger.id),
        ...Array.from({ length: 197 }, (_, number) =>
            member(
                { ...carol, id: number.toString(16).padStart(8, "0"), name: `Member ${number}` },
                { address: `member${number}@example.org` },
            ),
        ),
    ],
}

const others: ConversationBrief[] = [
    {
        ...pairBrief,
        id: "c0".repeat(16),
        title: "Carol Nguyễn",
        contact: views.carol,
        presence: "unknown",
        last: message(3, carol, "A long line that says more than fits into the list of anybody"),
        at: views.NOW - DAY_MS,
        unread: 1,
    },
    {
        ...pairBrief,
        id: "d0".repeat(16),
        title: "dave.with.a.very.long.address@department.university.example",
        contact: views.dave,
        presence: "unknown",
        muted: true,
        unread: 120,
        draft: "I meant to ask",
        at: views.NOW - 9 * DAY_MS,
    },
]
const conversations = [pairBrief, groupBrief, ...others]

export const people: LivePerson[] = [
    {
        contact: { ...views.bob, trust: "verified" },
        reachability: "ready",
        presence: "here",
        conversation: pairBrief.id,
        unread: 0,
        canAdd: true,
    },
    {
        contact: views.carol,
        reachability: "ready",
        presence: "unknown",
        conversation: "c0".repeat(16),
        unread: 4,
        canAdd: true,
    },
    {
        contact: views.dave,
        reachability: "undecided",
        presence: "unknown",
        conversation: null,
        unread: 0,
        canAdd: false,
    },
    {
        contact: { ...views.bob, id: "0c", name: "Oscar", address: "oscar@far.example" },
        reachability: "no-mailbox",
        presence: "unknown",
        conversation: null,
        unread: 0,
        canAdd: false,
    },
    {
        contact: views.frank,
        reachability: "no-card",
        presence: "unknown",
        conversation: null,
        unread: 0,
        canAdd: false,
    },
]

const safety: Safety = {
    trust: "verified",
    comparing: views.comparing,
    epoch: 12,
    authenticator: ["48213", "90177", "05518", "66390", "12874", "33051"],
    agreed: [views.bob],
    alarms: [],
}
const alarm = (kind: AlarmKind, name: string) => ({ kind, name, at: views.NOW - DAY_MS })

const requests: MessageRequest[] = [
    {
        conversation: "ee".repeat(16),
        at: views.NOW - 5 * MINUTE_MS,
        card: { ...views.look, name: "Alice Example (your bank)" },
        contact: null,
        text: "Hello! Please confirm your account here: https://bank.example\n\nYour bank",
        group: false,
        relay: "wss://relay.bank.example",
    },
    {
        conversation: "ef".repeat(16),
        at: views.NOW - 50 * MINUTE_MS,
        card: null,
        contact: views.carol,
        text: "Shall we talk here?",
        group: false,
        relay: null,
    },
    {
        conversation: "e0".repeat(16),
        at: views.NOW - 90 * MINUTE_MS,
        card: null,
        contact: { ...views.bob, trust: "verified" },
        text: "",
        group: true,
        relay: "wss://chat.choir.example:8443",
    },
]

type MessagesReply = Extract<LiveReply, { type: "messages" }>
const log = (messages: ChatMessage[]): MessagesReply => ({
    type: "messages",
    messages,
    total: messages.length,
})

const base: LiveAnswers = {
    "live-status": { type: "live-status", live },
    conversations: { type: "conversations", conversations, requests: requests.slice(0, 1) },
    "open-conversation": { type: "open-conversation", conversation: pair },
    messages: log(pairMessages),
    safety: { type: "safety", safety },
    people: { type: "people", people },
    "mark-read": { type: "mark-read", unread: 0 },
    "keep-draft": { type: "keep-draft" },
    typing: { type: "typing" },
    "set-live": { type: "set-live", live },
    "search-messages": {
        type: "search-messages",
        more: true,
        hits: pairMessages.slice(1, 5).map((one) => ({
            conversation: pairBrief.id,
            title: "Bob Tailor",
            message: one.id,
            position: one.position,
            at: one.at,
            name: one.author.name,
            own: one.author.own,
            before: "… Did the letter about the ",
            found: "flat",
            after: " arrive?",
            cursor: one.id,
        })),
    },
}

const desk = {
    contact: {
        type: "contact" as const,
        contact: views.contactOf({ ...views.bob, trust: "known" }),
    },
}
const scene = (page: string, rest: Partial<Scene> = {}): Scene => ({
    page,
    wide: true,
    status: views.open,
    desk,
    ...rest,
    live: { ...base, ...rest.live },
})
const talk = (conversation: Conversation, messages: ChatMessage[], rest: Partial<Scene> = {}) =>
    scene(`chat.html#talk=${conversation.brief.id}`, {
        ...rest,
        live: {
            "open-conversation": {
                type: "open-conversation",
                conversation: { ...conversation, total: messages.length },
            },
            messages: log(messages),
            ...rest.live,
        },
    })
const noRelay: LiveStatus = { ...live, relay: null, reach: "off", unread: 0, requests: 0 }
const passAsked: LiveStatus = { ...live, reach: "unreachable", code: "relay-pass-needed" }
const nobodyYet: LiveAnswers = {
    "live-status": { type: "live-status", live: noRelay },
    conversations: { type: "conversations", conversations: [], requests: [] },
}
const closed = (change: Partial<Conversation>): Conversation => ({
    ...pair,
    may: { ...may, send: false },
    ...change,
})

/** As many as a conversation of years has: what `tests/bench/chat.mjs` scrolls through. */
export const MANY = 100_000

function ofMany(position: number): ChatMessage {
    const words = "The relay keeps sealed messages until the other browser fetches them. "
    const amount = (position * 2_654_435_761) % 13
    const author = position % 5 < 3 ? bob : me
    const at = views.NOW - (MANY - position) * 11 * MINUTE_MS
    return message(position, author, `${position}: ${words.slice(0, 8 + amount * 5)}`, {
        at,
        ...(amount === 12 ? { body: { type: "text", text: words.repeat(6), edited: false } } : {}),
        ...(amount === 3 ? { reactions: [reaction("👍", ["Bob Tailor"])] } : {}),
    })
}

const many: LiveAnswers = {
    "open-conversation": {
        type: "open-conversation",
        conversation: { ...pair, total: MANY },
    },
    messages: (request) => {
        const { from, count } = request
        const length = Math.max(0, Math.min(count, MANY - from))
        return {
            type: "messages",
            messages: Array.from({ length }, (_, at) => ofMany(from + at)),
            total: MANY,
        }
    },
}

export const chatScenes: Record<string, Scene> = {
    "chat-first": scene("chat.html", { live: nobodyYet }),
    "chat-relay-wrong": scene("chat.html", {
        live: { ...nobodyYet, "set-relay": { code: "relay-invalid" } },
        steps: [{ fill: "relay-origin", with: "relay.example" }, { press: "relay-choose" }],
    }),
    "chat-relay-pass": scene("chat.html", {
        live: { ...nobodyYet, "set-relay": { code: "relay-pass-needed" } },
        steps: [
            { fill: "relay-origin", with: "wss://relay.example" },
            { fill: "relay-pass", with: "0123abcd" },
            { press: "relay-choose" },
        ],
    }),
    "chat-pass-asked": scene("chat.html#relay", {
        live: { "live-status": { type: "live-status", live: passAsked } },
    }),
    "chat-list-pass": scene("chat.html", {
        live: { "live-status": { type: "live-status", live: passAsked } },
    }),
    "chat-empty": scene("chat.html", {
        live: {
            "live-status": { type: "live-status", live: { ...live, unread: 0 } },
            conversations: { type: "conversations", conversations: [], requests: [] },
        },
    }),
    "chat-list": scene("chat.html"),
    "chat-offline": scene("chat.html", {
        live: {
            "live-status": {
                type: "live-status",
                live: { ...live, reach: "unreachable", code: "relay-unreachable" },
            },
        },
    }),
    "chat-locked": scene("chat.html", { status: views.locked }),
    "chat-veiled": scene("chat.html", { status: views.veiled }),
    "chat-veiled-quiet": scene("chat.html", {
        status: views.veiled,
        live: {
            "live-status": {
                type: "live-status",
                live: { ...live, reach: "unreachable", code: "relay-unreachable", unread: 0 },
            },
        },
    }),
    "chat-pair": talk({ ...pair, typing: ["Bob Tailor"] }, pairMessages),
    "chat-pending": talk({ ...pair, blockedBy: "relay-unreachable" }, pending),
    "chat-replying": talk(
        { ...pair, draft: { text: "Yes, and", replyTo: { ...quote(), position: 9 } } },
        pairMessages,
    ),
    "chat-editing": talk(pair, pairMessages, { steps: [{ key: "ArrowUp", in: "say-text" }] }),
    "chat-too-long": talk(
        { ...pair, draft: { text: "A very long message. ".repeat(800), replyTo: null } },
        pairMessages,
    ),
    "chat-new": talk(
        { ...pair, total: 0, brief: { ...pairBrief, standing: "new", presence: "unknown" } },
        [],
    ),
    "chat-offered": talk(
        { ...pair, brief: { ...pairBrief, standing: "offered", presence: "unknown" } },
        pending.slice(12).map((one, position) => ({ ...one, position })),
    ),
    "chat-unreachable": talk(
        closed({
            blockedBy: "contact-unreachable",
            brief: { ...pairBrief, standing: "new", presence: "unknown" },
        }),
        [],
    ),
    "chat-forked": talk(
        closed({
            ended: "forked",
            blockedBy: "relay-forked",
            may: { ...may, send: false, renew: true },
            brief: { ...pairBrief, standing: "ended", presence: "unknown", alarm: true },
        }),
        pairMessages,
    ),
    "chat-gone": talk(
        closed({
            ended: "gone",
            blockedBy: "conversation-over",
            may: { ...may, send: false, renew: true },
            brief: { ...pairBrief, standing: "ended", presence: "unknown" },
        }),
        pairMessages,
    ),
    "chat-group": talk(group, groupMessages),
    "chat-left": talk(
        {
            ...group,
            may: { ...may, send: false },
            ended: "left",
            brief: { ...groupBrief, alarm: false },
        },
        groupMessages,
    ),
    "chat-deeds": talk(pair, pairMessages.slice(0, 5), {
        steps: [{ key: "ArrowUp", in: "log" }, { press: "message-react" }],
    }),
    "chat-delete": talk(pair, pairMessages.slice(0, 4), {
        steps: [{ key: "ArrowUp", in: "log" }, { press: "message-delete" }],
    }),
    "chat-many": talk(pair, pairMessages, { live: many }),
    "chat-failed": talk(pair, pairMessages, { live: { messages: { code: "worker-lost" } } }),
    "chat-about-pair": scene(`chat.html#about=${pairBrief.id}`, {
        steps: [
            { key: "ArrowRight", in: "compare-way-words" },
            { chosen: "compare-way-number" },
            { key: "ArrowLeft", in: "compare-way-number" },
            { chosen: "compare-way-words" },
        ],
    }),
    "chat-block": scene(`chat.html#about=${pairBrief.id}`, {
        steps: [{ press: "block" }, { wait: "block-verified" }],
    }),
    "chat-about-group": scene(`chat.html#about=${groupBrief.id}`, {
        live: {
            "open-conversation": { type: "open-conversation", conversation: group },
            safety: {
                type: "safety",
                safety: {
                    ...safety,
                    comparing: null,
                    alarms: [alarm("refused-change", "Bob Tailor"), alarm("withheld", "")],
                },
            },
        },
    }),
    "chat-about-crowd": scene(`chat.html#about=${groupBrief.id}`, {
        live: { "open-conversation": { type: "open-conversation", conversation: crowd } },
    }),
    "chat-found-in-crowd": scene(`chat.html#about=${groupBrief.id}`, {
        live: { "open-conversation": { type: "open-conversation", conversation: crowd } },
        steps: [{ fill: "roster-search", with: "member 19" }, { wait: "member" }],
    }),
    "chat-blocked": talk(
        closed({
            blockedBy: "contact-blocked",
            brief: {
                ...pairBrief,
                contact: { ...views.bob, trust: "blocked" },
                presence: "unknown",
            },
        }),
        pairMessages,
    ),
    "chat-removed": talk(
        {
            ...group,
            roster: [],
            may: { ...may, send: false },
            ended: "removed",
            brief: { ...groupBrief, alarm: false, standing: "ended" },
        },
        groupMessages,
    ),
    "chat-roster-none": scene(`chat.html#about=${groupBrief.id}`, {
        live: { "open-conversation": { type: "open-conversation", conversation: crowd } },
        steps: [{ fill: "roster-search", with: "nobody" }],
    }),
    "chat-leave-only-admin": scene(`chat.html#about=${groupBrief.id}`, {
        live: {
            "open-conversation": {
                type: "open-conversation",
                conversation: {
                    ...group,
                    roster: group.roster.map((one) => ({ ...one, admin: one.own })),
                },
            },
        },
        steps: [{ press: "leave" }, { wait: "only-admin" }],
    }),
    "chat-leave": scene(`chat.html#about=${groupBrief.id}`, {
        live: { "open-conversation": { type: "open-conversation", conversation: group } },
        steps: [{ press: "leave" }],
    }),
    "chat-new-talk": scene("chat.html#new"),
    "chat-new-group": scene("chat.html#group", {
        steps: [{ fill: "group-name", with: "Reading circle" }, { press: "person-choice" }],
    }),
    "chat-requests": scene("chat.html#requests", {
        live: { conversations: { type: "conversations", conversations, requests } },
    }),
    "chat-request-block": scene("chat.html#requests", {
        live: {
            conversations: { type: "conversations", conversations, requests: requests.slice(2) },
        },
        steps: [{ press: "request-block" }, { wait: "block-verified" }],
    }),
    "chat-search": scene(`chat.html#find=${pairBrief.id}`, {
        steps: [{ fill: "search-words", with: "flat" }, { wait: "hits" }],
    }),
    "chat-settings": scene("chat.html#settings", {
        live: {
            "set-live": ({ settings }) => ({ type: "set-live", live: { ...live, settings } }),
        },
        steps: [
            { key: "ArrowRight", in: "notify-bare" },
            { chosen: "notify-name" },
            { key: "ArrowRight", in: "notify-name" },
            { chosen: "notify-off" },
            { key: "ArrowLeft", in: "notify-off" },
            { chosen: "notify-name" },
        ],
    }),
    "chat-settings-off": scene("chat.html#settings", {
        live: {
            "live-status": {
                type: "live-status",
                live: { ...live, reach: "off", settings: { ...live.settings, notify: "off" } },
            },
        },
    }),
}

function quote() {
    return {
        message: "09",
        position: 9,
        name: "Bob Tailor",
        own: false,
        text: "Very good. I bring the keys, and the cat wants to say something as well",
    }
}
