/** The file page: for whom, under which password, and what came of it. */

import type { FileJob, FilePlan } from "../../extension/generated/protocol.ts"
import type { Scene, Step } from "./scenes.ts"
import * as views from "./views.ts"

const [running, done] = views.fileJobs as [FileJob, FileJob]
const nobody: FilePlan = {
    recipients: [],
    sealFor: [],
    blockedBy: "no-recipient",
    mixed: null,
    apart: [],
}
const mixed: FilePlan = {
    ...nobody,
    recipients: [views.recipient(views.bob), views.recipient(views.frank, { state: "classical" })],
    sealFor: ["Bob Tailor", "Frank Agewell"],
    blockedBy: "mixed-recipients",
    mixed: { names: ["Frank Agewell"], choice: null, canSealAll: true },
}
const given: Step = { give: "files-input", files: ["plan.dwg", "Contract, signed.pdf"] }
const toPassword: Step[] = [given, { press: "seal-for-password" }]
const seal: Step[] = [...toPassword, { press: "suggest" }, { press: "password-seal" }]

export function fileScenes(
    tab: (page: string, scene?: Partial<Scene>) => Scene,
): Record<string, Scene> {
    const page = (steps: Step[], plan = nobody, more: Scene["files"] = {}) =>
        tab("files.html", {
            desk: { "plan-files": { type: "plan-files", plan } },
            files: { jobs: { type: "jobs", jobs: [] }, ...more },
            steps,
        })
    const under = (job: FileJob): Scene["files"] => {
        const now = { ...job, names: [], withPassword: true }
        return {
            "seal-with-password": { type: "seal-with-password", job: now },
            job: { type: "job", job: now },
            result: { type: "result" },
        }
    }
    return {
        "files-people": page([given]),
        "files-mixed": page([given], mixed),
        "files-password": page([...toPassword, { press: "suggest" }]),
        "files-password-weak": page(
            [...toPassword, { fill: "password", with: "short" }, { press: "password-seal" }],
            nobody,
            { "seal-with-password": { code: "weak-password" } },
        ),
        "files-password-sealing": page(seal, nobody, under(running)),
        "files-password-done": page(seal, nobody, under(done)),
        "files-password-asked": page(
            [{ give: "files-input", files: ["sealed-otter.age"] }],
            nobody,
            {
                look: { code: "password-needed" },
            },
        ),
        "files-password-wrong": page(
            [
                { give: "files-input", files: ["sealed-otter.age"] },
                { fill: "letter-password", with: "nope" },
                { press: "password-open" },
            ],
            nobody,
            { look: { code: "password-needed" }, "look-with-password": { code: "wrong-password" } },
        ),
    }
}
