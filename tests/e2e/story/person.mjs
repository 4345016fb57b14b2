// One person with one browser: what they do, by pressing what they see. Nothing here reaches into
// the extension's storage or messages.

import { strict as assert } from "node:assert"
import { until } from "../drivers/until.mjs"
import { Mailbox } from "../services/roundcube.mjs"

export const BUTTON = "[data-sotto=layer] >>> button"
export const BLOCK = "[data-sotto=block]"
const OPEN_BLOCK = `${BLOCK} >>> button.main`
const FRAME = "frame/frame.html"
const PASSPHRASE = "seven quiet rivers under stone"

export class Person {
    /**
     * @param {import("./world.mjs").World} world
     * @param {any} profile
     * @param {{user: string, name: string}} who
     */
    constructor(world, profile, { user, name }) {
        Object.assign(this, { world, profile, user, name, passphrase: PASSPHRASE })
    }

    get firefox() {
        return this.profile.name === "firefox"
    }

    /** A new profile; the first-run tab is open. */
    static async install(world, browser, name, options = {}) {
        const profile = await world.launch(browser, options)
        return new Person(world, profile, {
            user: world.unique(name.toLowerCase()),
            name: `${name} Example`,
        })
    }

    shot(surface, name) {
        return this.world.shot(surface, `${this.name.split(" ")[0].toLowerCase()}-${name}`)
    }

    /** First run, in the tab that the extension opened by itself. */
    async createIdentity() {
        const server = await this.world.roundcube()
        this.address = server.address(this.user)
        const tab = await this.profile.openSurface("welcome.html")
        await tab.waitFor("@create")
        await this.shot(tab, "first-run")
        await tab.type("@name", this.name)
        await tab.type("@address", this.address)
        await tab.type("@passphrase", this.passphrase)
        await tab.click("@create")
        await tab.waitFor("@ready-page", { timeout: 60_000 })
        await this.shot(tab, "ready")
        this.home = tab
        return tab
    }

    async openMail({ html = false } = {}) {
        this.box = await Mailbox.open(await this.world.roundcube(), this.profile, this.user, {
            html,
        })
        return this.box
    }

    /** Presses the button at the page's editor; the compose surface opens. */
    async pressButton(tab = this.box.tab) {
        await tab.waitFor(BUTTON)
        this.compose = await this.profile.surfaceOpenedBy(() => tab.click(BUTTON), {
            path: "panel.html",
        })
        return this.compose
    }

    /** Adds a recipient by hand: the page suggested none. */
    async addRecipient(address) {
        const panel = this.compose
        await panel.type("@add-person", address)
        await panel.press("Enter")
        await panel.waitFor(`[data-test=recipient][data-address="${address}"]`)
    }

    async recipient(address) {
        const target = `[data-test=recipient][data-address="${address}"]`
        await this.compose.waitFor(target)
        return {
            state: await this.compose.attribute(target, "data-state"),
            chosen: (await this.compose.attribute(target, "data-chosen")) === "true",
        }
    }

    /** Invites the only recipient without a card; the invitation lands in the editor. */
    async invite() {
        await this.compose.click("@invite")
        await this.compose.waitFor("[data-test=invited][data-inserted=true]")
    }

    /** Writes and seals in the open compose surface; the letter lands in the editor. */
    async seal({ text, subject } = {}) {
        const panel = this.compose
        if (subject !== undefined) await panel.type("@subject", subject)
        if (text !== undefined) await panel.type("@text", text)
        await panel.click("@seal")
        await panel.waitFor("@sealed", { timeout: 30_000 })
    }

    async placed() {
        return this.compose.attribute("@sealed", "data-placed")
    }

    /** Opens the sealed block in a page; gives the reader frame. */
    async openBlock(page = this.box.tab) {
        await page.waitFor(BLOCK)
        // What was open before locking opens again by itself; otherwise one press.
        const stands = async () => (await page.framesOf(FRAME)) > 0
        const shut = async () => (await page.state(OPEN_BLOCK)) === "ready"
        await until(async () => (await stands()) || (await shut()), {
            timeout: 15_000,
            what: () => "the block can neither be opened nor is it open",
        })
        if (!(await stands())) await page.click(OPEN_BLOCK)
        // A change of the vault takes frames away and may put new ones in while we look.
        return page.frameOf(FRAME, { timeout: 5000 }).catch(async () => {
            if (!(await stands())) await page.click(OPEN_BLOCK)
            return page.frameOf(FRAME)
        })
    }

    /** What the reader frame shows. */
    async readFrame(frame) {
        await frame.waitFor("header")
        const inner = await frame.frameIn("iframe.inner").catch(() => null)
        return {
            head: await frame.text("body"),
            text: inner ? (await inner.text("body")).trim() : null,
        }
    }

    /** Opens the block in the page and reads the words, all in the frame. */
    async read(page = this.box.tab) {
        const inner = await this.#inFrame(page, "no letter", (frame) =>
            frame.frameIn("iframe.inner", { timeout: 500 }),
        )
        const head = await this.frame.text("body")
        return { head, text: (await inner.text("body")).trim() }
    }

    /** Opens the block in the page; gives the frame once it says that. */
    async frameThatSays(words, page = this.box.tab) {
        await this.#inFrame(page, `no ${words}`, async (frame) =>
            words.test(await frame.text("body")),
        )
        return this.frame
    }

    /**
     * Opens the block and looks into its frame until something is there. A change of the vault puts
     * a new frame in the place of the one that stands, some time after it was answered.
     */
    async #inFrame(page, what, look) {
        await this.openBlock(page)
        let said = ""
        return until(
            async () => {
                this.frame = await page.frameOf(FRAME)
                said = await this.frame.text("body").catch((error) => error.message)
                return look(this.frame).catch(() => null)
            },
            { timeout: 20_000, what: () => `${what} in the frame: ${said.slice(0, 600)}` },
        )
    }

    /** The frame's way into a surface, by its words. */
    async fromFrame(words, frame = this.frame) {
        return this.profile.surfaceOpenedBy(() => frame.click(`text=${words}`), {
            path: "panel.html",
        })
    }

    /** Accepts the card that a surface offers. */
    async acceptCard(panel) {
        await panel.click("@card-add")
        await panel.waitFor("@card-added")
    }

    /** What the verdict of a surface says. */
    async verdict(panel) {
        await panel.waitFor("@verdict")
        return panel.attribute("@verdict", "data-trust")
    }

    /** Contacts page, at one contact. */
    async contact(address) {
        const tab = await this.profile.extensionPage("pages/contacts.html")
        await tab.click(`[data-test=contact-item][data-address="${address}"]`)
        await tab.waitFor("@contact")
        return tab
    }

    /** The words that this side reads out. */
    async wordsFor(tab) {
        await tab.waitFor("@words")
        return (await tab.text("@words"))
            .trim()
            .split(/[\s\d.]+/u)
            .filter(Boolean)
    }

    async trustOf(address) {
        const tab = await this.contact(address)
        const trust = await tab.attribute("@contact", "data-trust")
        await tab.close()
        return trust
    }

    async lock() {
        const tab = await this.profile.extensionPage("pages/contacts.html")
        await tab.click("@lock")
        await tab.waitFor("@unlock-passphrase")
        return tab
    }

    async unlockIn(surface) {
        await surface.type("@unlock-passphrase", this.passphrase)
        await surface.click("@unlock")
        await surface.waitGone("@unlock-block", { timeout: 60_000 })
    }

    /** Unlocks wherever a test before left it locked. */
    async ready() {
        const tab = await this.profile.extensionPage("pages/contacts.html")
        await tab.waitFor("[data-test=unlock-passphrase], [data-test=add], [data-test=search]")
        if (await tab.has("@unlock-passphrase")) await this.unlockIn(tab)
        await tab.close()
    }

    /** Own card, as the contacts page gives it. */
    async ownCard() {
        const tab = await this.profile.extensionPage("pages/contacts.html#own")
        await tab.waitFor("@own-text", { state: ["ready", "hidden"] })
        const card = (await tab.text("@own-text")).trim()
        assert.match(card, /BEGIN SOTTO CONTACT CARD/)
        await tab.close()
        return card
    }

    /** Own fingerprint, as the contacts page shows it. */
    async ownFingerprint() {
        const tab = await this.profile.extensionPage("pages/contacts.html#own")
        await tab.waitFor("p.fingerprint", { state: ["ready", "hidden"] })
        const said = (await tab.text("p.fingerprint")).replace(/\s+/g, " ").trim()
        await tab.close()
        return said
    }

    /** Adds a card by pasting it on the contacts page. */
    async addCard(card) {
        const tab = await this.profile.extensionPage("pages/contacts.html#add")
        await tab.paste("@card-text", card)
        await tab.click("@card-look")
        await tab.click("@card-add")
        await tab.waitFor("@card-added")
        await tab.close()
    }

    /** Turns reading of the page's own fields on or off, in the settings. */
    async setAdapters(on) {
        const tab = await this.profile.extensionPage("pages/settings.html#pages")
        await tab.waitFor("@adapters", { state: ["ready", "hidden"] })
        const now = await tab.eval(() => document.querySelector("[data-test=adapters]")?.checked)
        if (now !== on) await tab.click("@adapters")
        await until(
            async () =>
                (await tab.eval(() => document.querySelector("[data-test=adapters]")?.checked)) ===
                on,
            {
                timeout: 5000,
                what: () => "adapters did not change",
            },
        )
        await tab.close()
    }
}
