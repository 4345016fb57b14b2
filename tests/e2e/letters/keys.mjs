// What the browser itself offers: shortcuts, the context menu, the screen's lock, on a real display.

import { strict as assert } from "node:assert"
import { startDisplay } from "../drivers/display.mjs"
import { pause, until } from "../drivers/until.mjs"
import { Person } from "../story/person.mjs"

// From the bottom of each browser's menu up to the entry of an extension.
const TO_ENTRY = { chromium: ["Up", "Up"], firefox: ["Up"] }

export async function setUp(world, browser) {
    const display = await startDisplay()
    world.onEnd(() => display.close())
    const alice = await Person.install(world, browser, "Alice", { headless: false })
    await alice.createIdentity()
    const editors = await world.editors()
    const page = await alice.profile.page(`${editors.origin}/textarea`)
    return { display, alice, page }
}

/** A point of the editor on the screen. */
function inEditor(page) {
    return page.eval(() => {
        const { x, y } = document.querySelector("#text").getBoundingClientRect()
        return {
            x: Math.round(screenX + (outerWidth - innerWidth) / 2 + x + 60),
            y: Math.round(screenY + outerHeight - innerHeight + y + 40),
        }
    })
}

/**
 * Presses into the editor; keys come to the window once it has the focus. A window that was just
 * opened may move below the press.
 */
async function enter(display, page) {
    const focused = () => document.hasFocus() && document.activeElement?.id === "text"
    const press = async () => {
        await display.clickAt(await inEditor(page))
        return page.eval(focused)
    }
    await until(press, { timeout: 15_000, every: 500, what: () => "no focus" })
}

export const tests = [
    {
        name: "the shortcut for a letter opens the composer beside the page",
        async run(world, _browser, { display, alice, page }) {
            await enter(display, page)
            const panel = await alice.profile.panelOpenedBy(() => display.press("alt+shift+k"))
            await panel.waitFor("@text")
            await world.shot(panel, "composer-by-shortcut")
            await panel.close()
        },
    },
    {
        name: "the shortcut for locking locks, wherever the focus is",
        async run(world, _browser, { display, alice, page }) {
            await enter(display, page)
            await display.press("alt+shift+l")
            const tab = await alice.profile.extensionPage("pages/contacts.html")
            await tab.waitFor("@unlock-passphrase")
            await world.shot(tab, "locked-by-shortcut")
            await alice.unlockIn(tab)
            await tab.close()
        },
    },
    {
        // Firefox never says that the screen is locked; the setting is absent there and says why.
        browsers: ["chromium"],
        name: "the screen's lock locks, unless the person does not want that",
        async run(world, _browser, { display, alice }) {
            const tab = await alice.profile.extensionPage("pages/settings.html")
            await tab.eval(() => {
                chrome.idle.onStateChanged.addListener((state) => {
                    document.body.dataset.screen = state
                })
            })
            const screenIs = (state) =>
                until(() => tab.eval((state) => document.body.dataset.screen === state, state), {
                    timeout: 10_000,
                    what: () => `the browser does not say that the screen is ${state}`,
                })
            const isLocked = () => tab.has("@unlock-passphrase")
            await tab.waitFor("@screen-lock")
            await tab.click("@screen-lock")
            await display.lockScreen()
            await screenIs("locked")
            await pause(2000)
            assert.equal(await isLocked(), false, "switched off")
            await display.wakeScreen()
            await screenIs("active")
            await tab.click("@screen-lock")
            await display.lockScreen()
            await tab.waitFor("@unlock-passphrase")
            await world.shot(tab, "locked-with-the-screen")
            await display.wakeScreen()
            await alice.unlockIn(tab)
            await tab.close()
        },
    },
    {
        name: "the menu on an editor writes a letter for it",
        async run(world, browser, { display, alice, page }) {
            await enter(display, page)
            const panel = await alice.profile.panelOpenedBy(async () => {
                await display.menuAt(await inEditor(page))
                await display.press(...TO_ENTRY[browser], "Return")
            })
            await panel.waitFor("@text")
            await world.shot(panel, "composer-by-menu")
            assert.equal(await page.value("#text"), "")
        },
    },
]
