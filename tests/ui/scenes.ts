/** What is looked at: one scene per state of a surface worth judging. */

import type {
    DeskReply,
    DeskRequest,
    Errand,
    ErrorCode,
    FilesReply,
    FilesRequest,
    LiveReply,
    LiveRequest,
    PasswordLetter,
    ShellReply,
    ShellRequest,
    Status,
} from "../../extension/generated/protocol.ts"
import { chatScenes, live, people } from "./chat.ts"
import { fileScenes } from "./files.ts"
import { guardScenes } from "./guard.ts"
import { troubleScenes } from "./trouble.ts"
import * as views from "./views.ts"

type Failing = { code: ErrorCode }
type DeskAnswers = {
    [T in DeskRequest["type"]]?: Extract<DeskReply, { type: T }> | Failing
}
type FilesAnswers = { [T in FilesRequest["type"]]?: Extract<FilesReply, { type: T }> | Failing }
type ShellAnswers = { [T in ShellRequest["type"]]?: Extract<ShellReply, { type: T }> | Failing }

/** An answer, or what makes one from the request. */
export type LiveAnswers = {
    [T in LiveRequest["type"]]?:
        | Extract<LiveReply, { type: T }>
        | Failing
        | ((request: Extract<LiveRequest, { type: T }>) => Extract<LiveReply, { type: T }>)
}

/** What a person does before the picture is taken: a hook, and what is typed into it. */
export type Step =
    | { press: string }
    | { fill: string; with: string }
    /** A key, with the focus in the hook. */
    | { key: "ArrowUp" | "ArrowRight" | "ArrowLeft"; in: string }
    /** Chosen among its like, and it has the focus. */
    | { chosen: string }
    /** Until the hook is there. */
    | { wait: string }
    /** Files picked in a field that is not seen. */
    | { give: string; files: readonly string[] }

export interface Scene {
    page: string
    status: Status
    desk?: DeskAnswers
    shell?: ShellAnswers
    files?: FilesAnswers
    live?: LiveAnswers
    /** What travels beside an answer, by "claim type". */
    beside?: Record<string, () => unknown[]>
    steps?: Step[]
    /** Every scene is also taken narrow, dark and in French unless it says otherwise. */
    wide?: boolean
    /** Taken as it is printed, with this class on the body. */
    printed?: string
}

/** Scenes of a surface, filled in where nothing else is said. */
export interface Makers {
    panel: (errand: Partial<Errand>, scene?: Partial<Scene>) => Scene
    popup: (scene?: Partial<Scene>) => Scene
    tab: (page: string, scene?: Partial<Scene>) => Scene
}

const nothing: Errand = {
    job: "compose",
    tab: 7,
    compose: null,
    read: null,
    cards: null,
    to: [],
    replyTo: null,
    draft: null,
    hold: null,
}
const source = { tab: 7, private: false, messageFrom: [], messageDate: null }
const site = {
    tab: 7,
    origin: "https://mail.example",
    granted: false,
    letters: 2,
    cards: 0,
    editor: true,
    health: "no-access" as const,
    known: true,
}
/** The page that is written for: its own scenes say what else it may be (`trouble.ts`). */
const servedSite = { ...site, granted: true, health: "good" as const }

const errand = (rest: Partial<Errand>): ShellAnswers => ({
    errand: { type: "errand", errand: { ...nothing, ...rest } },
    site: { type: "site", site: servedSite },
    "look-again": { type: "look-again", context: null },
    "guard-here": { type: "guard-here", standing: true, unguarded: [], late: false },
    insert: { type: "insert", inserted: "exact" },
})

const contacts = [views.bob, views.carol, views.dave, views.eve]
const desk: DeskAnswers = {
    contacts: { type: "contacts", contacts, invited: [] },
    guards: { type: "guards", guards: [] },
    "guard-of": {
        type: "guard-of",
        guard: {
            site: "https://mail.example",
            rule: "off",
            alwaysFor: [],
            exempt: [],
            naming: "word",
        },
    },
    contact: { type: "contact", contact: views.contactOf(views.bob) },
    drafts: { type: "drafts", drafts: [] },
    compose: { type: "compose", draft: views.draft },
    "save-draft": { type: "save-draft", draft: views.draft },
    "open-draft": { type: "open-draft", draft: views.draft },
    "parked-for": { type: "parked-for", parked: [] },
    "opened-on": { type: "opened-on", letters: [] },
    "suggest-passphrase": {
        type: "suggest-passphrase",
        passphrase: "velvet harbor nine tulip canoe march",
    },
    open: { type: "open", letter: views.letter },
    seal: {
        type: "seal",
        sealed: {
            id: "ab",
            text: views.SEALED,
            names: ["Bob Tailor", "Carol Nguyễn"],
            nextDraft: null,
        },
    },
    sent: { type: "sent" },
    park: { type: "park", parked: [] },
    invite: {
        type: "invite",
        text: `Hello,\n\nI would like to write to you in a way that only you can read.\n\n${views.CARD}`,
    },
    "own-card": { type: "own-card", card: views.CARD, fingerprint: views.me.fingerprint },
    "look-at-cards": { type: "look-at-cards", cards: [views.look] },
    "accept-card": {
        type: "accept-card",
        contact: views.contactOf(views.bob),
        drafts: [{ id: "d", to: ["Bob Tailor"], title: "The house", at: views.NOW, ready: true }],
    },
    "recovery-words": {
        type: "recovery-words",
        words: `${views.comparing.words.join(" ")} ${views.comparing.words.join(" ")} ${views.comparing.words.join(" ")}`.split(
            " ",
        ),
        check: [5, 19],
        fingerprintQr: views.comparing.qr,
    },
}

const panel = (rest: Partial<Errand>, scene: Partial<Scene> = {}): Scene => ({
    page: "panel.html",
    status: views.open,
    ...scene,
    shell: { ...errand(rest), ...scene.shell },
    desk: { ...desk, ...scene.desk },
})
const tab = (page: string, scene: Partial<Scene> = {}): Scene => ({
    page,
    status: views.open,
    wide: true,
    shell: errand({}),
    ...scene,
    desk: { ...desk, ...scene.desk },
})
const popupLive: LiveAnswers = {
    "live-status": { type: "live-status", live: { ...live, relay: null, reach: "off" } },
    people: { type: "people", people },
}
const popup = (scene: Partial<Scene> = {}): Scene => ({
    page: "popup.html",
    status: views.open,
    ...scene,
    shell: { ...errand({}), site: { type: "site", site }, ...scene.shell },
    desk: { ...desk, ...scene.desk },
    live: { ...popupLive, ...scene.live },
})
const composing = (change: Partial<typeof views.draft>): DeskAnswers => {
    const draft = { ...views.draft, ...change }
    return {
        compose: { type: "compose", draft },
        "save-draft": { type: "save-draft", draft },
    }
}
const reading = (change: Partial<typeof views.letter>): DeskAnswers => ({
    open: { type: "open", letter: { ...views.letter, ...change } },
})
const openedWith = (letter: Partial<PasswordLetter>) => ({
    type: "open-with-password" as const,
    letter: { subject: null, text: null, file: null, notes: [], ...letter },
})
const read = { job: "read" as const, read: { text: views.SEALED, source } }
const unknownSender = {
    id: "77aa",
    name: "Bob Tailor",
    address: "bob@mail.example",
    trust: "unknown" as const,
    since: null,
    letters: 1,
    own: false,
}

export const scenes: Record<string, Scene> = {
    ...guardScenes({ panel, popup, tab }),
    ...fileScenes(tab),
    ...chatScenes,
    ...troubleScenes({ panel, popup, tab }),
    "welcome-create": tab("welcome.html", { status: views.missing }),
    "welcome-filled": tab("welcome.html", {
        status: views.missing,
        steps: [
            { fill: "name", with: "Alice Example" },
            { fill: "address", with: "alice@mail.example" },
            { fill: "passphrase", with: "correct horse lantern" },
            { press: "passphrase-show" },
        ],
    }),
    "welcome-suggested": tab("welcome.html", {
        status: views.missing,
        steps: [{ press: "suggest" }],
    }),
    "welcome-error": tab("welcome.html", {
        status: views.missing,
        desk: { create: { code: "address-invalid" } },
        steps: [{ fill: "name", with: "Alice" }, { press: "create" }],
    }),
    "welcome-restore": tab("welcome.html#restore", { status: views.missing }),
    "welcome-help": tab("welcome.html#help", { status: views.locked }),
    "welcome-help-delete": tab("welcome.html#help", {
        status: views.locked,
        steps: [{ press: "help-restore" }],
    }),
    "welcome-ready": tab("welcome.html", {
        status: { ...views.open, due: { ...views.open.due, kit: true } },
    }),
    "welcome-self-sealed": tab("welcome.html", {
        steps: [{ press: "self-write" }, { press: "self-seal" }],
    }),
    "welcome-self-opened": tab("welcome.html", {
        desk: reading({
            sender: { ...unknownSender, own: true },
            subject: null,
            text: "Hello me.",
        }),
        steps: [{ press: "self-write" }, { press: "self-seal" }, { press: "self-open" }],
    }),
    "popup-live": popup({
        live: { "live-status": { type: "live-status", live } },
    }),
    "popup-not-reachable": popup({
        live: {
            "live-status": {
                type: "live-status",
                live: { ...live, reach: "unreachable", code: "relay-unreachable", unread: 0 },
            },
        },
    }),
    "popup-missing": popup({ status: views.missing }),
    "popup-locked": popup({ status: views.locked }),
    "popup-wrong": popup({
        status: views.locked,
        desk: { unlock: { code: "wrong-passphrase" } },
        steps: [{ fill: "unlock-passphrase", with: "nope" }, { press: "unlock" }],
    }),
    "popup-open": popup({
        status: {
            ...views.open,
            due: { ...views.open.due, kit: true },
            readyDrafts: [{ id: "d", to: ["Bob Tailor"], title: "Hi", at: views.NOW, ready: true }],
        },
        desk: {
            "opened-on": {
                type: "opened-on",
                letters: [
                    { name: "Bob Tailor", trust: "known", title: "The house", at: views.NOW },
                    { name: "", trust: null, title: "postcard", at: views.NOW },
                ],
            },
        },
    }),
    "popup-granted": popup({
        shell: {
            ...errand({}),
            site: { type: "site", site: { ...site, granted: true, health: "good", letters: 0 } },
        },
    }),
    "popup-stale": popup({
        shell: {
            ...errand({}),
            site: { type: "site", site: { ...site, granted: true, health: "stale" } },
        },
    }),
    "popup-no-page": popup({ shell: { ...errand({}), site: { type: "site", site: null } } }),
    "panel-home": panel(
        { job: "read" },
        {
            desk: {
                drafts: {
                    type: "drafts",
                    drafts: [
                        {
                            id: "a",
                            to: ["Bob Tailor"],
                            title: "Thursday",
                            at: views.NOW,
                            ready: true,
                        },
                        {
                            id: "b",
                            to: ["erin@new.example"],
                            title: "",
                            at: views.NOW - 9e8,
                            ready: false,
                        },
                    ],
                },
                "parked-for": {
                    type: "parked-for",
                    parked: [
                        {
                            id: "p",
                            text: views.SEALED,
                            site: site.origin,
                            names: ["Carol Nguyễn"],
                            until: views.NOW + 6e7,
                        },
                    ],
                },
            },
        },
    ),
    "password-choose": panel({}, { steps: [{ press: "with-password" }, { press: "suggest" }] }),
    "password-weak": panel(
        {},
        {
            desk: { "seal-with-password": { code: "weak-password" } },
            steps: [
                { press: "with-password" },
                { fill: "password", with: "short" },
                { press: "password-seal" },
            ],
        },
    ),
    "password-sealed": panel(
        {},
        {
            desk: { "seal-with-password": { type: "seal-with-password", text: views.SEALED } },
            steps: [{ press: "with-password" }, { press: "suggest" }, { press: "password-seal" }],
        },
    ),
    "password-needed": panel(read, { desk: { open: { code: "password-needed" } } }),
    "password-wrong": panel(read, {
        desk: {
            open: { code: "password-needed" },
            "open-with-password": { code: "wrong-password" },
        },
        steps: [{ fill: "letter-password", with: "nope" }, { press: "password-open" }],
    }),
    "password-opened": panel(read, {
        desk: {
            open: { code: "password-needed" },
            "open-with-password": openedWith({
                subject: "The keys",
                text: "Dear Alice,\n\nunder the mat.",
                notes: ["claims-contact"],
            }),
        },
        steps: [
            { fill: "letter-password", with: "words" },
            { press: "password-open" },
            { press: "reveal" },
        ],
    }),
    "password-file": panel(read, {
        desk: {
            open: { code: "password-needed" },
            "open-with-password": openedWith({
                file: { name: "invoice 2026.pdf", content: "JVBERi0=" },
            }),
        },
        steps: [{ fill: "letter-password", with: "words" }, { press: "password-open" }],
    }),
    "panel-empty": panel({ job: "read" }),
    "panel-locked": panel({ job: "compose" }, { status: views.locked }),
    "panel-compose": panel({}),
    "panel-compose-new": panel(
        {},
        {
            desk: composing({
                recipients: [],
                text: "",
                subject: "",
                sealFor: [],
                blockedBy: "no-recipient",
            }),
        },
    ),
    "panel-compose-page": panel(
        {},
        {
            desk: composing({
                seenBySite: true,
                pageSubject: "Our secret plan",
                recipients: [
                    views.recipient(views.bob),
                    views.recipient(views.dave, { state: "changed", chosen: false }),
                    {
                        address: "frank@mail.example",
                        contact: null,
                        state: "bcc",
                        fromPage: "bcc",
                        chosen: false,
                    },
                ],
                sealFor: ["Bob Tailor"],
            }),
        },
    ),
    "panel-compose-kit": panel({}, { desk: composing({ blockedBy: "kit-due" }) }),
    "panel-compose-search": panel({}, { steps: [{ fill: "add-person", with: "a" }] }),
    "panel-compose-quoted": panel(
        {},
        {
            desk: composing({ quoted: views.letter.text }),
            steps: [{ press: "quoted" }, { press: "attach" }],
        },
    ),
    "panel-invited": panel({}, { steps: [{ press: "invite" }] }),
    "panel-sealed": panel({}, { steps: [{ press: "seal" }] }),
    "panel-parked": panel(
        {},
        {
            shell: { ...errand({}), insert: { type: "insert", inserted: "gone" } },
            steps: [{ press: "seal" }],
        },
    ),
    "panel-bcc": panel(
        {},
        {
            shell: { ...errand({}), insert: { type: "insert", inserted: "bcc" } },
            steps: [{ press: "seal" }],
        },
    ),
    "panel-read": panel(read),
    "panel-read-unknown": panel(read, {
        desk: reading({ sender: unknownSender, card: views.look, notes: ["date-far"] }),
    }),
    "panel-read-noproof": panel(read, {
        desk: reading({
            sender: null,
            withheld: true,
            text: "",
            subject: null,
            notes: ["claims-contact"],
            recipients: [],
        }),
    }),
    "panel-read-verified": panel(read, {
        desk: reading({
            sender: {
                ...unknownSender,
                name: views.carol.name,
                address: views.carol.address,
                id: views.carol.id,
                trust: "verified",
            },
        }),
    }),
    "panel-read-error": panel(read, { desk: { open: { code: "tampered" } } }),
    "panel-card": panel({ job: "read", cards: views.CARD }),
    "panel-card-added": panel(
        { job: "read", cards: views.CARD },
        { steps: [{ press: "card-add" }] },
    ),
    "panel-card-other": panel(
        { job: "read", cards: views.CARD },
        {
            desk: {
                "look-at-cards": {
                    type: "look-at-cards",
                    cards: [{ ...views.look, verdict: "other-key", contact: views.bob }],
                },
            },
        },
    ),
    contacts: tab("contacts.html#id=5b7a91c2de"),
    "contacts-list": tab("contacts.html", {
        desk: {
            contacts: {
                type: "contacts",
                contacts,
                invited: [{ address: "erin@new.example", at: views.NOW }],
            },
        },
    }),
    "contacts-empty": tab("contacts.html", {
        desk: { contacts: { type: "contacts", contacts: [], invited: [] } },
    }),
    "contacts-number": tab("contacts.html#id=5b7a91c2de", {
        steps: [{ press: "compare-way-number" }],
    }),
    "contacts-code": tab("contacts.html#id=5b7a91c2de", {
        steps: [{ press: "compare-way-code" }],
    }),
    "contacts-changed": tab("contacts.html#id=1f88d0", {
        desk: { contact: { type: "contact", contact: views.contactOf(views.dave) } },
    }),
    "contacts-block": tab("contacts.html#id=5b7a91c2de", {
        desk: {
            contact: {
                type: "contact",
                contact: views.contactOf({ ...views.bob, trust: "verified" }),
            },
        },
        steps: [{ press: "block" }, { wait: "block-verified" }],
    }),
    "contacts-add": tab("contacts.html#add", {
        steps: [{ fill: "card-text", with: views.CARD }, { press: "card-look" }],
    }),
    "contacts-own": tab("contacts.html#own"),
    "contacts-invite": tab("contacts.html#invite=erin%40new.example", {
        steps: [{ press: "invite-make" }],
    }),
    letters: tab("letters.html"),
    "letters-open": tab("letters.html", {
        steps: [{ fill: "letter-paste", with: views.SEALED }, { press: "open" }],
    }),
    files: tab("files.html", { files: { jobs: { type: "jobs", jobs: [] } } }),
    "files-jobs": tab("files.html", {
        files: { jobs: { type: "jobs", jobs: views.fileJobs } },
    }),
    settings: tab("settings.html", {
        status: { ...views.open, due: { ...views.open.due, kit: true, backup: true } },
    }),
    "settings-kit": tab("settings.html#kit", {
        steps: [{ fill: "kit-passphrase", with: "x" }, { press: "kit-show" }],
    }),
    "settings-kit-check": tab("settings.html#kit", {
        steps: [
            { fill: "kit-passphrase", with: "x" },
            { press: "kit-show" },
            { press: "kit-have" },
        ],
    }),
    "settings-kit-print": tab("settings.html#kit", {
        printed: "printing-kit",
        steps: [{ fill: "kit-passphrase", with: "x" }, { press: "kit-show" }],
    }),
    "contacts-add-key": tab("contacts.html#add-key"),
    "contacts-key": tab("contacts.html#id=f7a4c2", {
        desk: {
            ...desk,
            contacts: { type: "contacts", contacts: [...contacts, views.frank], invited: [] },
            contact: { type: "contact", contact: views.contactOf(views.frank) },
        },
    }),
    "panel-compose-mixed": panel(
        {},
        {
            desk: composing({
                recipients: [
                    views.recipient(views.myself),
                    views.recipient(views.bob),
                    views.recipient(views.frank, { state: "classical" }),
                ],
                mixed: { names: ["Frank Agewell"], choice: null, canSealAll: true },
                blockedBy: "mixed-recipients",
                sealFor: ["Alice Example", "Bob Tailor", "Frank Agewell"],
            }),
        },
    ),
    "panel-compose-private": panel({}, { desk: composing({ private: true }) }),
    "panel-read-mail": panel(read, {
        desk: reading({
            notes: ["reduced", "parts-left-out"],
            parts: [
                {
                    name: "the house from the lake, in the evening.png",
                    kind: "image/png",
                    len: 284_113,
                },
                { name: "", kind: "application/pdf", len: 1_204_772 },
            ],
            writtenTo: ["Alice Example <alice@mail.example>"],
            writtenCc: ["Carol Nguyễn <carol@team.example>"],
        }),
    }),
    "settings-rotate": tab("settings.html#keys", { steps: [{ press: "rotate-open" }] }),
    "settings-export": tab("settings.html#keys", {
        desk: {
            ...desk,
            "export-identity": {
                type: "export-identity",
                all: "AGE-SECRET-KEY-PQ-1…",
                classical: "AGE-SECRET-KEY-1…",
            },
        },
        steps: [
            { press: "export-open" },
            { fill: "export-passphrase", with: "correct horse battery" },
            { press: "export" },
        ],
    }),
    "settings-delete": tab("settings.html", { steps: [{ press: "delete" }] }),
    "settings-locked": tab("settings.html", { status: views.locked }),
}
