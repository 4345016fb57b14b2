// A person with an identity, and sealed letters for them, made through the extension's own pages.

import { ChromiumProfile } from "../e2e/drivers/chromium.mjs"
import { FirefoxProfile } from "../e2e/drivers/firefox.mjs"

export const PASSPHRASE = "five quiet otters hum along"

/** Asks the core as one of the extension's pages does. */
export function desk(page, body) {
    return page.eval(async (request) => {
        const envelope = { v: 1, id: 1, claim: "desk", body: request }
        const answer = await (globalThis.browser ?? chrome).runtime.sendMessage(envelope)
        if (answer?.ok === undefined) throw new Error(JSON.stringify(answer))
        return answer.ok
    }, body)
}

/** First run, by message. */
export function createIdentity(page) {
    return desk(page, {
        type: "create",
        name: "Alice Example",
        address: "alice@mail.example",
        passphrase: PASSPHRASE,
    })
}

/** Starts the browser with the package and makes an identity. */
export async function person(extension, browser = "chromium") {
    const { launch } = browser === "firefox" ? FirefoxProfile : ChromiumProfile
    const profile = await launch({ extension })
    // Coming later, the first tab would stand in front of the page.
    await profile.openSurface("welcome.html", { timeout: 60_000 })
    const page = await profile.extensionPage("pages/contacts.html")
    await createIdentity(page)
    const unlock = () => desk(page, { type: "unlock", passphrase: PASSPHRASE })
    return {
        profile,
        page,
        passphrase: PASSPHRASE,
        unlock,
        lock: () => desk(page, { type: "lock" }),
    }
}

/** A letter to oneself: the armored block. */
export async function letterToSelf(page, subject, text, form = "armor") {
    const { status } = await desk(page, { type: "status" })
    const { draft } = await desk(page, {
        type: "compose",
        context: null,
        to: [],
        replyTo: null,
        private: false,
    })
    const saved = await desk(page, {
        type: "save-draft",
        id: draft.id,
        to: [],
        addresses: [status.me.addresses[0]],
        subject,
        text,
        form,
    })
    const { sealed } = await desk(page, {
        type: "seal",
        id: draft.id,
        sealFor: saved.draft.sealFor,
    })
    await desk(page, { type: "sent", id: draft.id })
    return sealed.text
}
