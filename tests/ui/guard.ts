/** The upload guard as a person meets it: sheet, popup, settings. */

import type {
    Errand,
    FileJob,
    GuardSheet,
    SiteGuard,
    Wanted,
} from "../../extension/generated/protocol.ts"
import type { Makers, Scene } from "./scenes.ts"
import * as views from "./views.ts"

const SITE = "https://mail.example"

const wanted: Wanted = {
    route: "picker",
    accept: "",
    multiple: true,
    directory: false,
    field: "compose/_attachments[]",
    files: 0,
    unguarded: [],
    folder: false,
}
const rule: SiteGuard = { site: SITE, rule: "ask", alwaysFor: [], exempt: [], naming: "word" }
const nobody: GuardSheet = {
    guard: rule,
    recipients: [],
    to: [],
    sealFor: [],
    blockedBy: "no-recipient",
    mixed: null,
    apart: [],
    kept: false,
    atOnce: false,
}
const forBob: GuardSheet = {
    ...nobody,
    recipients: [views.recipient(views.bob)],
    to: [views.bob.id],
    sealFor: [views.bob.name],
    blockedBy: null,
}
const [running, done] = views.fileJobs as [FileJob, FileJob]
const failed = views.fileJobs.find((job) => job.state === "failed") as FileJob
const dropped = () => [
    new File(["x".repeat(2_400_000)], "Contract, signed.pdf"),
    new File(
        ["x".repeat(48_213)],
        "a drawing of the house by the lake, first floor, final (2).dwg",
    ),
]

const errand = (change: Partial<Wanted>): Partial<Errand> => ({
    job: "guard",
    hold: { hold: "ab".repeat(16), site: SITE, wanted: { ...wanted, ...change } },
})

export function guardScenes({ panel, popup, tab }: Makers): Record<string, Scene> {
    const sheet = (
        change: Partial<Wanted> = {},
        shown: GuardSheet = forBob,
        scene: Partial<Scene> = {},
    ) =>
        panel(errand(change), {
            ...scene,
            desk: {
                "guard-sheet": { type: "guard-sheet", sheet: shown },
                "guard-sealed": { type: "guard-sealed" },
                "exempt-field": { type: "exempt-field", guard: rule },
                "send-unsealed": { type: "send-unsealed", pass: "cd".repeat(16) },
                ...scene.desk,
            },
            shell: {
                held: { type: "held", files: (change.files ?? 0) as number },
                deliver: { type: "deliver", delivered: "given" },
                release: { type: "release" },
                ...scene.shell,
            },
            beside: {
                "shell held": dropped,
                "files result": () => [sealedFile()],
                ...scene.beside,
            },
        })
    const job = (now: FileJob) => ({
        seal: { type: "seal", job: now } as const,
        job: { type: "job", job: now } as const,
        result: { type: "result" } as const,
        cancel: { type: "cancel" } as const,
    })
    const held = { route: "drop", files: 2, field: "" } as const
    const seal = [{ press: "guard-seal" }]
    return {
        "guard-empty": sheet({}, nobody),
        "guard-for": sheet(),
        "guard-kept": sheet(
            { accept: "image/png,image/jpeg,.pdf", unguarded: ["https://files.example"] },
            { ...forBob, kept: true },
        ),
        "guard-folder": sheet({ directory: true }),
        "guard-held": sheet(held),
        "guard-held-folder": sheet({ ...held, folder: true }, forBob, {
            beside: {
                "shell held": () =>
                    ["one.txt", "a/two.txt"].map((path) => new File(["words"], `Trip/${path}`)),
            },
        }),
        "guard-mixed": sheet(held, {
            ...forBob,
            recipients: [
                views.recipient(views.bob),
                views.recipient(views.frank, { state: "classical" }),
            ],
            mixed: { names: ["Frank Agewell"], choice: null, canSealAll: true },
            blockedBy: "mixed-recipients",
        }),
        "guard-apart": sheet(held, {
            ...forBob,
            mixed: { names: ["Frank Agewell"], choice: "own-letter", canSealAll: true },
            apart: [views.frank.id],
        }),
        "guard-lost": sheet(held, forBob, { beside: { "shell held": () => [] } }),
        "guard-net": sheet({ ...held, route: "net", field: "/upload" }),
        "guard-changed": sheet(held, {
            ...forBob,
            recipients: [
                views.recipient(views.bob),
                views.recipient(views.dave, { state: "changed" }),
            ],
            blockedBy: "contact-changed",
        }),
        "guard-locked": sheet(held, forBob, { status: views.locked }),
        "guard-error": sheet({}, forBob, { desk: { "guard-sheet": { code: "bug" } } }),
        "guard-sealing": sheet(held, forBob, { files: job(running), steps: seal }),
        "guard-failed": sheet(held, forBob, { files: job(failed), steps: seal }),
        "guard-done": sheet(held, forBob, { files: job(done), steps: seal }),
        "guard-gone": sheet(held, forBob, {
            files: job(done),
            shell: { deliver: { type: "deliver", delivered: "gone" } },
            steps: seal,
        }),
        "guard-unsealed": sheet({}, forBob, {
            steps: [{ give: "guard-unsealed-input", files: ["passport.jpg"] }],
        }),
        "guard-unsealed-done": sheet(held, forBob, {
            steps: [{ press: "guard-unsealed" }, { press: "guard-unsealed-confirm" }],
        }),
        "guard-exempted": sheet({}, forBob, { steps: [{ press: "guard-exempt" }] }),
        "guard-released": sheet({}, forBob, { steps: [{ press: "guard-release" }] }),
        "popup-guard-off": popup(granted({ ...rule, rule: "off" })),
        "popup-guard-ask": popup(granted(rule)),
        "popup-guard-always": popup(
            granted({ ...rule, rule: "always", alwaysFor: [views.bob, views.carol] }),
        ),
        "popup-guard-late": popup(granted(rule, { standing: true, unguarded: [], late: true })),
        "popup-guard-reload": popup(granted(rule, { standing: false, unguarded: [], late: false })),
        "popup-guard-frames": popup(
            granted(rule, {
                standing: true,
                unguarded: ["https://files.example:8443"],
                late: false,
            }),
        ),
        "settings-guards": tab("settings.html", {
            desk: {
                guards: {
                    type: "guards",
                    guards: [
                        { ...rule, exempt: ["profile/avatar"] },
                        {
                            ...rule,
                            site: "https://files.team.example:8443",
                            rule: "always",
                            alwaysFor: [views.bob],
                        },
                    ],
                },
            },
        }),
    }
}

function granted(
    guard: SiteGuard,
    here = { standing: true, unguarded: [] as string[], late: false },
): Partial<Scene> {
    return {
        desk: { "guard-of": { type: "guard-of", guard } },
        shell: {
            site: {
                type: "site",
                site: {
                    tab: 7,
                    origin: SITE,
                    granted: true,
                    letters: 0,
                    cards: 0,
                    editor: true,
                    health: "good",
                    known: true,
                },
            },
            "guard-here": { type: "guard-here", ...here },
        },
    }
}

function sealedFile(): File {
    return new File(["age-encryption.org/v1\n"], "sealed-otter.age")
}
