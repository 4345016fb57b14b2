// What a run shares: the webmail, the editors, profiles, and the folder for pictures.

import { existsSync } from "node:fs"
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { ChromiumProfile } from "../drivers/chromium.mjs"
import { FirefoxProfile } from "../drivers/firefox.mjs"
import { startEditors } from "../services/editors.mjs"
import { startRoundcube } from "../services/roundcube.mjs"
import { within } from "./ending.mjs"

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url))
export const OUT = join(ROOT, "target/e2e")

const END_MS = 60_000
const FIRST_TAB_MS = 60_000

/** The tested package of a browser. @param {"chromium" | "firefox"} browser */
export function packageOf(browser) {
    const dir = join(ROOT, `dist/test-${browser}`)
    if (!existsSync(join(dir, "manifest.json")))
        throw new Error(`${dir} is missing: run cargo xtask build --test`)
    return dir
}

export class World {
    /** @type {{close: () => Promise<void>}[]} */
    #open = []
    /** @type {(() => Promise<unknown>)[]} */
    #last = []
    #pictures = 0
    #count = 0

    /** @param {{folder: string}} options */
    constructor({ folder }) {
        this.folder = join(OUT, folder)
    }

    async roundcube() {
        this.mail ??= startRoundcube()
        return this.mail
    }

    async editors() {
        this.pages ??= startEditors()
        return this.pages
    }

    /**
     * A new profile with the extension, whose first tab is open: one that came later would stand
     * in front of what is tested.
     * @param {"chromium" | "firefox"} browser
     */
    async launch(browser, options = {}) {
        const Profile = browser === "firefox" ? FirefoxProfile : ChromiumProfile
        const profile = await Profile.launch({
            ...options,
            extension: options.extension ?? packageOf(browser),
        })
        this.#open.push(profile)
        if (!options.extension) await profile.openSurface("welcome.html", { timeout: FIRST_TAB_MS })
        return profile
    }

    /** Does `work` when the run of this file is over. @param {() => Promise<unknown>} work */
    onEnd(work) {
        this.#last.push(work)
    }

    /** A name that no other test of this run uses. */
    unique(name) {
        this.#count += 1
        return `${name}${this.#count}${Math.random().toString(36).slice(2, 5)}`
    }

    /** A picture of a step; its number keeps the order. */
    async shot(surface, name) {
        await mkdir(this.folder, { recursive: true })
        this.#pictures += 1
        const file = join(this.folder, `${String(this.#pictures).padStart(2, "0")}-${name}.png`)
        await surface
            .screenshot(file)
            .catch((error) => console.error(`    no picture of ${name}: ${error.message}`))
        return file
    }

    /** Pictures of everything that is open, for a failure. */
    async shotAll(name) {
        for (const profile of this.#open) {
            for (const surface of (await profile.allSurfaces?.().catch(() => [])) ?? [])
                await this.shot(surface, name)
        }
    }

    async close(profile) {
        this.#open = this.#open.filter((one) => one !== profile)
        await within(profile.close(), END_MS, `closing ${profile.name}`)
    }

    /** Everything ends, or is given up after its time; rejects then. */
    async end() {
        const open = this.#open
        const last = this.#last
        this.#open = []
        this.#last = []
        const ends = [
            ...open.map((one) => within(one.close(), END_MS, `closing ${one.name}`)),
            within(this.#service(this.mail), END_MS, "stopping the webmail"),
            within(this.#service(this.pages), END_MS, "stopping the editors"),
        ]
        this.mail = undefined
        this.pages = undefined
        const ended = await Promise.allSettled(ends)
        const works = last.map((work) => within(work(), END_MS, "what comes last"))
        const failed = [...ended, ...(await Promise.allSettled(works))].filter(
            ({ reason }) => reason,
        )
        if (failed.length > 0) throw new AggregateError(failed.map(({ reason }) => reason))
    }

    /** One that did not start has nothing to stop. */
    async #service(started) {
        const service = await started?.catch(() => undefined)
        await service?.close()
    }
}
