// A real webmail: started in a folder and on ports of its own, and used as a person uses it.

import { chmod, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pause, until } from "../drivers/until.mjs"
import { freePorts, runScript } from "./ports.mjs"

const DOMAIN = "mail.example"
const PASSWORD = "secret"
const MAIL_MS = 20_000

/** Starts Roundcube with its mail servers. */
export async function startRoundcube() {
    const [http, imap, lmtp, smtp] = await freePorts(4)
    const folder = await mkdtemp(join(tmpdir(), "rc-"))
    const env = {
        RUN: join(folder, "run"),
        HTTP_PORT: String(http),
        IMAP_PORT: String(imap),
        LMTP_PORT: String(lmtp),
        SMTP_PORT: String(smtp),
        MAIL_DOMAIN: DOMAIN,
        MAIL_PASS: PASSWORD,
    }
    // The services run as nobody when root starts them; they must reach their folder.
    await chmod(folder, 0o755)
    await runScript("roundcube", "start.sh", env)
    return {
        origin: `http://127.0.0.1:${http}`,
        smtpPort: smtp,
        /** @param {string} name */
        address: (name) => `${name}@${DOMAIN}`,
        async close() {
            await runScript("roundcube", "stop.sh", env).catch((error) =>
                console.error(error.message),
            )
            await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => {})
        },
    }
}

/** One person's mailbox in one tab. */
export class Mailbox {
    /**
     * @param {Awaited<ReturnType<typeof startRoundcube>>} server
     * @param {any} tab a driver's surface
     * @param {string} user
     */
    constructor(server, tab, user) {
        Object.assign(this, { server, tab, user, address: server.address(user) })
    }

    /** Logs in, in a new tab of `profile`. */
    static async open(server, profile, user, { html = false } = {}) {
        const tab = await profile.page(`${server.origin}/?_task=login`)
        const box = new Mailbox(server, tab, user)
        await tab.type("#rcmloginuser", user)
        await tab.type("#rcmloginpwd", PASSWORD)
        await tab.click("#rcmloginsubmit")
        await tab.waitFor("#messagelist", { state: ["ready", "hidden"] })
        if (html) await box.#writeHtml()
        box.html = html
        return box
    }

    /** Makes HTML the form of this person's new letters, in their settings. */
    async #writeHtml() {
        await this.#idle()
        await this.tab.goto(
            `${this.server.origin}/?_task=settings&_action=edit-prefs&_section=compose`,
        )
        await this.tab.select("select[name=_htmleditor]", "1")
        await this.tab.click("button.submit, .formbuttons button.btn-primary")
        await this.tab.waitText(/saved/i)
        await this.tab.goto(`${this.server.origin}/?_task=mail`)
        await this.tab.waitFor("#messagelist", { state: ["ready", "hidden"] })
    }

    /** A new letter; the addresses are typed into the page's own fields. */
    async compose({ to = [], cc = [], bcc = [], subject = "", text = "" } = {}) {
        await this.#idle()
        await this.tab.goto(`${this.server.origin}/?_task=mail&_action=compose`)
        await this.#write({ to, cc, bcc, subject, text })
    }

    /** The same by the page's own button, from the list of letters. */
    async pressCompose(letter) {
        await this.#idle()
        await this.tab.click("#taskmenu a.compose")
        await this.#write(letter)
    }

    async #write({ to = [], cc = [], bcc = [], subject = "", text = "" }) {
        await this.editorReady()
        for (const address of [to].flat()) await this.#address("to", address)
        for (const address of [cc].flat()) await this.#address("cc", address)
        for (const address of [bcc].flat()) await this.#address("bcc", address)
        if (subject) await this.tab.type("#compose-subject", subject)
        if (text) await this.typeText(text)
    }

    async #address(field, address) {
        const list = `#compose_${field} .recipient-input input`
        if (field !== "to" && !(await this.tab.has(list))) {
            await this.tab.click("#compose_to a[href='#add-header']")
            await this.tab.click(`#headers-menu a[data-target=${field}]`)
        }
        await this.tab.type(list, `${address},`)
    }

    async editorReady() {
        if (!this.html) return this.tab.waitFor("#composebody")
        await this.tab.waitFor("iframe#composebody_ifr")
        const editor = await this.editor()
        await editor.waitFor("body#tinymce")
    }

    /** TinyMCE's document, in HTML mode. */
    editor() {
        return this.tab.frameIn("iframe#composebody_ifr")
    }

    async typeText(text) {
        if (this.html) await (await this.editor()).type("body#tinymce", text)
        else await this.tab.type("#composebody", text)
    }

    /** What stands in the editor. */
    async draftText() {
        return this.html
            ? (await this.editor()).text("body#tinymce")
            : this.tab.value("#composebody")
    }

    /** The page's own Send. */
    async send() {
        // While it loads something (addresses to complete, say) the page drops the press.
        await this.#idle()
        for (let presses = 0; presses < 3; presses++) {
            await this.tab.click("button.send")
            const begun = await this.tab
                .waitText(/Sending|sent successfully|Messages \d|Mailbox is empty/i, {
                    timeout: 3000,
                })
                .catch(() => null)
            if (begun !== null) break
        }
        await this.tab.waitText(/sent successfully|Messages \d|Mailbox is empty/i, {
            timeout: MAIL_MS,
        })
        // Half a second later it goes to the list by itself, whatever is being loaded then.
        await this.tab.waitFor("#messagelist", { state: ["ready", "hidden"], timeout: MAIL_MS })
        await this.#idle()
    }

    /** Messages of the inbox, newest first. */
    async inbox() {
        await this.tab.goto(`${this.server.origin}/?_task=mail&_mbox=INBOX`)
        await this.tab.waitFor("#messagelist", { state: ["ready", "hidden"] })
        await this.#idle()
        return this.tab.eval(() =>
            [...document.querySelectorAll("#messagelist tbody tr")].map((row) => ({
                uid: window.rcmail?.env
                    ? Object.keys(window.rcmail.env.messages ?? {}).find((uid) =>
                          row.id.endsWith(btoa(uid).replace(/=+$/, "")),
                      )
                    : undefined,
                href: row.querySelector("a[href*=_uid]")?.href,
                subject: row.querySelector(".subject a")?.textContent?.trim() ?? "",
            })),
        )
    }

    /** Requests of one session overwrite each other's state there: none may run on while we leave. */
    #idle() {
        const idle = () =>
            this.tab
                .eval(() => window.rcmail?.busy === false && window.jQuery.active === 0)
                .catch(() => false)
        return until(idle, { timeout: 8000, what: () => "Roundcube is busy" })
    }

    /** Waits for the newest letter beyond `seen` and opens it, as its own page or in the list's preview. */
    async openNewest({ count = 1, subject = "", preview = false } = {}) {
        const rows = await until(
            async () => {
                const all = await this.inbox()
                const fit = all.filter((row) => row.subject.includes(subject))
                return fit.length >= count ? fit : null
            },
            {
                timeout: MAIL_MS,
                every: 400,
                what: () => `no ${count} letters ${subject} for ${this.user}`,
            },
        )
        this.last = rows[0]
        if (preview) return this.#preview()
        await this.tab.goto(rows[0].href.replace("_action=preview", "_action=show"))
        await this.tab.waitFor("#messagebody")
        return this.tab
    }

    /** One click in the list: the letter shows in the preview frame. */
    async #preview() {
        await this.tab.click("#messagelist tbody tr .subject a")
        const frame = await this.tab.frameIn("iframe#messagecontframe")
        await frame.waitFor("#messagebody")
        return frame
    }

    /** The letter that is open, as it travelled. */
    source() {
        return this.tab.eval(async () => {
            const { uid, mailbox } = window.rcmail.env
            const place = `./?_task=mail&_action=viewsource&_uid=${uid}&_mbox=${mailbox}`
            return (await fetch(place)).text()
        })
    }

    /** Takes the page's Bcc away, with whoever stands in it. */
    async clearBcc() {
        await this.tab.click("#compose_bcc a.delete")
        await this.tab.waitGone("#compose_bcc")
    }

    /** Opens the same letter again. */
    async again() {
        await this.tab.goto(this.last.href.replace("_action=preview", "_action=show"))
        await this.tab.waitFor("#messagebody")
        return this.tab
    }

    /** The page's own Reply. */
    async reply() {
        await this.#idle()
        await this.tab.click("#toolbar-menu a.reply, a.reply:not(.disabled)")
        await this.editorReady()
    }
}

/** Puts a letter into a mailbox by SMTP, as an outsider would. */
export async function deliver(
    server,
    { from, to, subject = "", body, date = new Date(), html = false },
) {
    const { connect } = await import("node:net")
    const lines = [
        `From: ${from}`,
        `To: ${to}`,
        `Subject: ${subject}`,
        `Date: ${date.toUTCString().replace("GMT", "+0000")}`,
        `Message-ID: <${Date.now()}.${Math.random().toString(36).slice(2)}@elsewhere.example>`,
        "MIME-Version: 1.0",
        `Content-Type: text/${html ? "html" : "plain"}; charset=utf-8`,
        "Content-Transfer-Encoding: 8bit",
        "",
        ...body.split("\n").map((line) => (line.startsWith(".") ? `.${line}` : line)),
        ".",
    ]
    const bare = (address) => address.replace(/^.*</, "").replace(">", "")
    const say = [
        `EHLO elsewhere.example`,
        `MAIL FROM:<${bare(from)}>`,
        `RCPT TO:<${bare(to)}>`,
        "DATA",
        lines.join("\r\n"),
        "QUIT",
    ]
    await new Promise((resolve, reject) => {
        const socket = connect(server.smtpPort, "127.0.0.1")
        let heard = ""
        socket.on("data", (data) => {
            heard += data
            if (!/(^|\n)\d{3} [^\n]*\r?\n$/.test(heard)) return
            if (/^[45]/m.test(heard.split("\n").at(-2) ?? "")) reject(new Error(heard))
            heard = ""
            const next = say.shift()
            if (next === undefined) socket.end()
            else socket.write(`${next}\r\n`)
        })
        socket.on("close", resolve)
        socket.on("error", reject)
    })
    await pause(50)
}
