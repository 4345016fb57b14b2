/** View models as the core might compute them: what the surfaces are painted from here. */

import type {
    CardLook,
    Comparing,
    Contact,
    ContactBrief,
    Draft,
    FileJob,
    Letter,
    Recipient,
    Settings,
    Status,
} from "../../extension/generated/protocol.ts"

const DAY_MS = 86_400_000
export const NOW = Date.UTC(2026, 10, 21, 14, 5)

export const settings: Settings = {
    idleMinutes: 15,
    lockWithScreen: true,
    adapters: true,
    composeInTab: false,
}

export const me = {
    name: "Alice Example",
    addresses: ["alice@mail.example"],
    fingerprint: "48213 90177 05518 66390 12874 33051",
    since: NOW - 30 * DAY_MS,
    rotation: 0,
}

export const bob: ContactBrief = {
    id: "5b7a91c2de",
    name: "Bob Tailor",
    address: "bob@mail.example",
    trust: "known",
    kind: "card",
}
export const carol: ContactBrief = {
    id: "c01ab3",
    name: "Carol Nguyễn",
    address: "carol@team.example",
    trust: "verified",
    kind: "card",
}
export const dave: ContactBrief = {
    id: "1f88d0",
    name: "Dave",
    address: "dave.with.a.very.long.address@department.university.example",
    trust: "changed",
    kind: "card",
}
export const eve: ContactBrief = {
    id: "9e02aa",
    name: "Eve Blocked",
    address: "eve@elsewhere.example",
    trust: "blocked",
    kind: "card",
}

export const myself: ContactBrief = {
    id: "a11ce0",
    name: "Alice Example",
    address: "alice@mail.example",
    trust: "verified",
    kind: "own",
}
export const frank: ContactBrief = {
    id: "f7a4c2",
    name: "Frank Agewell",
    address: "frank@old.example",
    trust: "known",
    kind: "key",
}

/** A picture with finders, so that it looks like a code; it encodes nothing. */
function qr(): string[] {
    const size = 33
    const finder = (x: number, y: number) => {
        const edge = (value: number) => value === 0 || value === 6
        const core = (value: number) => value >= 2 && value <= 4
        if (x > 6 || y > 6) return undefined
        return edge(x) || edge(y) || (core(x) && core(y))
    }
    const rows: string[] = []
    for (let y = 0; y < size; y += 1) {
        let row = ""
        for (let x = 0; x < size; x += 1) {
            const part =
                finder(x, y) ?? finder(size - 1 - x, y) ?? finder(x, size - 1 - y) ?? undefined
            const noise = (x * 7 + y * 13 + x * y * 3) % 5 < 2
            row += (part ?? noise) ? "1" : "0"
        }
        rows.push(row)
    }
    return rows
}

export const comparing: Comparing = {
    number: "48213 90177 05518 66390 12874 33051 71190 04428 59961 20037 88412 65503".split(" "),
    words: "anchor violin meadow copper lunar ticket orbit spice".split(" "),
    qr: qr(),
}

export function contactOf(brief: ContactBrief): Contact {
    return {
        brief,
        addresses: [brief.address],
        since: NOW - 200 * DAY_MS,
        letters: 14,
        verifiedAt: brief.trust === "verified" ? NOW - 90 * DAY_MS : null,
        comparing: brief.kind === "key" ? null : comparing,
        key:
            brief.kind === "key"
                ? "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg"
                : null,
        pending: null,
        challenger:
            brief.trust === "changed"
                ? {
                      name: "Dave",
                      address: brief.address,
                      seenAt: NOW - DAY_MS,
                      card: "card",
                      comparing,
                  }
                : null,
        classical: brief.kind === "key",
    }
}

export const CARD = `-----BEGIN SOTTO CONTACT CARD-----
${"BEQxN2Y4ZDBhYjM0ZTk5MmZhMDAxMTIyMzM0NDU1NjY3Nzg4OTlhYWJiY2NkZGVl\n".repeat(6)}-----END SOTTO CONTACT CARD-----`

export const SEALED = `-----BEGIN AGE ENCRYPTED FILE-----
${"YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IG1sa2VtNzY4eDI1NTE5IHNhbHQKQ0FG\n".repeat(8)}-----END AGE ENCRYPTED FILE-----`

export const look: CardLook = {
    verdict: "new",
    name: "Bob Tailor",
    addresses: ["bob@mail.example"],
    comparing,
    contact: null,
    card: CARD,
}

export const letter: Letter = {
    id: "ab12",
    sender: {
        id: bob.id,
        name: bob.name,
        address: bob.address,
        trust: "known",
        since: NOW - 200 * DAY_MS,
        letters: 14,
        own: false,
    },
    sentAt: NOW - 7_200_000,
    subject: "The house by the lake",
    text: "Dear Alice,\n\nthe notary called this morning. We can sign on Thursday at ten, if you bring the old deed. I would not want to write the sum into an ordinary mail, so here it is: 214,500.\n\nSee you there,\nBob",
    writtenTo: [],
    writtenCc: [],
    parts: [],
    withheld: false,
    notes: [],
    recipients: ["Alice Example"],
    unnamedRecipients: 0,
    card: null,
}

export function recipient(brief: ContactBrief, rest: Partial<Recipient> = {}): Recipient {
    return {
        address: brief.address,
        contact: brief,
        state: "ready",
        fromPage: "to",
        chosen: true,
        ...rest,
    }
}

export const draft: Draft = {
    id: "draft-1",
    recipients: [
        recipient(bob),
        recipient(carol, { fromPage: "cc" }),
        {
            address: "erin@new.example",
            contact: null,
            state: "no-card",
            fromPage: "to",
            chosen: false,
        },
    ],
    subject: "Thursday",
    text: "Dear Bob,\n\nThursday at ten suits me. I bring the deed.\n\nAlice",
    quoted: null,
    seenBySite: false,
    pageSubject: null,
    site: "https://mail.example",
    replyTo: null,
    sealFor: ["Bob Tailor", "Carol Nguyễn"],
    blockedBy: null,
    private: false,
    mixed: null,
    form: "armor",
}

export const open: Status = {
    epoch: 3,
    vault: "unlocked",
    veiled: false,
    me,
    due: { kit: false, kitNow: false, kitLettersLeft: 4, backup: false },
    settings,
    contacts: 4,
    readyDrafts: [],
}
export const locked: Status = { ...open, vault: "locked", me: null, contacts: 0 }
export const veiled: Status = { ...locked, veiled: true }
export const missing: Status = { ...locked, vault: "missing" }

const sealedFiles = [
    {
        name: "Contract, signed.pdf",
        sealedName: "sealed-otter.age",
        word: "otter",
        size: 2_400_000,
    },
    { name: "plan.dwg", sealedName: "sealed-canoe.age", word: "canoe", size: 48_000_000 },
]

/** One job of each state. */
export const fileJobs: FileJob[] = [
    {
        id: "01",
        state: "running",
        failure: null,
        files: sealedFiles.slice(1),
        names: ["Bob Tailor"],
        withPassword: false,
        at: NOW,
        progress: { done: 21_000_000, total: 48_000_000, rate: 9_400_000, leftS: 3 },
    },
    {
        id: "02",
        state: "done",
        failure: null,
        files: sealedFiles,
        names: ["Bob Tailor", "Carol"],
        withPassword: false,
        at: NOW,
        progress: { done: 50_400_000, total: 50_400_000, rate: 0, leftS: null },
    },
    {
        id: "04",
        state: "interrupted",
        failure: null,
        files: sealedFiles.slice(1).map((file) => ({ ...file, name: "trip.tar" })),
        names: ["Bob Tailor"],
        withPassword: false,
        at: NOW,
        progress: { done: 31_000_000, total: 48_000_000, rate: 0, leftS: null },
    },
    {
        id: "03",
        state: "failed",
        failure: { code: "storage-full" },
        files: sealedFiles.slice(0, 1),
        names: ["Bob Tailor"],
        withPassword: false,
        at: NOW,
        progress: { done: 0, total: 2_400_000, rate: 0, leftS: null },
    },
]
