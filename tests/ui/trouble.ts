/** What stands in the way: of a letter, of what is kept, of whoever was away. */

import type { DeskReply, Inserted, Site } from "../../extension/generated/protocol.ts"
import { live } from "./chat.ts"
import type { Makers, Scene } from "./scenes.ts"
import * as views from "./views.ts"

const ORIGIN = "https://mail.example"
const HOUR_MS = 3_600_000

const page = (change: Partial<Site>): NonNullable<Scene["shell"]> => ({
    site: {
        type: "site",
        site: {
            tab: 7,
            origin: ORIGIN,
            granted: true,
            letters: 0,
            cards: 0,
            editor: true,
            health: "good",
            known: true,
            ...change,
        },
    },
})
const inserted = (how: Inserted): NonNullable<Scene["shell"]> => ({
    insert: { type: "insert", inserted: how },
})
const waiting = (id: string, names: string[], hours: number) => ({
    id,
    text: views.SEALED,
    site: ORIGIN,
    names,
    until: views.NOW + hours * HOUR_MS,
})
const parked: Extract<DeskReply, { type: "parked-for" }> = {
    type: "parked-for",
    parked: [
        waiting("p", ["Carol Nguyễn"], 23),
        waiting("q", ["Bob Tailor", views.dave.address, "Carol Nguyễn"], 2),
    ],
}
const away = { ...live, requests: 0 }
const notKept = { code: "storage-unavailable" } as const

export function troubleScenes({ panel, popup, tab }: Makers): Record<string, Scene> {
    const sealing = (shell: NonNullable<Scene["shell"]>): Scene =>
        panel({}, { shell: { ...page({}), ...shell }, steps: [{ press: "seal" }] })
    return {
        "trouble-editor-small": sealing(inserted("too-long")),
        "trouble-editor-altered": sealing(inserted("altered")),
        "trouble-invite-small": panel(
            {},
            { shell: { ...page({}), ...inserted("too-long") }, steps: [{ press: "invite" }] },
        ),
        "trouble-no-access": panel({}, { shell: page({ granted: false, health: "no-access" }) }),
        "trouble-no-access-sealed": sealing({
            ...page({ granted: false, health: "no-access" }),
            ...inserted("gone"),
        }),
        "trouble-stale": panel({}, { shell: page({ health: "stale" }) }),
        "trouble-forbidden": panel(
            {},
            { shell: page({ granted: false, origin: "", health: "forbidden" }) },
        ),
        "trouble-home": panel(
            { job: "read" },
            {
                shell: page({ granted: false, health: "no-access" }),
                desk: { "parked-for": parked },
            },
        ),
        "trouble-parked": panel(
            { job: "read" },
            { shell: page({}), desk: { "parked-for": parked } },
        ),
        "trouble-parked-small": panel(
            { job: "read" },
            {
                shell: { ...page({}), ...inserted("too-long") },
                desk: { "parked-for": parked },
                steps: [{ press: "parked-insert" }],
            },
        ),
        "trouble-not-saved": panel(
            {},
            {
                shell: page({}),
                desk: { "save-draft": notKept },
                steps: [{ fill: "text", with: " More." }, { press: "seal" }],
            },
        ),
        "trouble-disk-full": panel(
            {},
            {
                shell: page({}),
                desk: { seal: { code: "storage-full" } },
                steps: [{ press: "seal" }],
            },
        ),
        "trouble-first-run": tab("welcome.html", {
            status: views.missing,
            desk: { create: notKept },
            steps: [
                { fill: "name", with: "Alice Example" },
                { fill: "address", with: "alice@mail.example" },
                { press: "suggest" },
                { press: "create" },
            ],
        }),
        "trouble-forbidden-page": popup({
            shell: page({ granted: false, letters: 0, health: "forbidden" }),
        }),
        "trouble-no-frames": popup({ shell: page({ letters: 2, health: "no-frames" }) }),
        "popup-veiled": popup({
            status: views.veiled,
            live: { "live-status": { type: "live-status", live: away } },
        }),
        "popup-veiled-wrong": popup({
            status: views.veiled,
            live: { "live-status": { type: "live-status", live: { ...away, unread: 1 } } },
            desk: { unlock: { code: "wrong-passphrase" } },
            steps: [{ fill: "unlock-passphrase", with: "nope" }, { press: "unlock" }],
        }),
        "panel-veiled": panel(
            {},
            {
                status: views.veiled,
                live: {
                    "live-status": {
                        type: "live-status",
                        live: { ...away, reach: "unreachable", code: "relay-unreachable" },
                    },
                },
            },
        ),
    }
}
