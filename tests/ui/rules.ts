/** The rules of WCAG 2.2, levels A and AA, that a program can look at: axe, on a surface as it stands. */

import { readFile } from "node:fs/promises"
import { createRequire } from "node:module"
import type { AxeResults, RunOptions } from "axe-core"
import type { Page } from "puppeteer-core"

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
const ALL: RunOptions = {
    runOnly: { type: "tag", values: TAGS },
    // While it is locked, a page asks for the passphrase in place of what its heading would name.
    rules: { "page-has-heading-one": { enabled: false } },
    resultTypes: ["violations"],
}
/** What another colour scheme can change. */
const COLOURS: RunOptions = {
    runOnly: { type: "rule", values: ["color-contrast"] },
    resultTypes: ["violations"],
}

declare const axe: { run: (options: RunOptions) => Promise<AxeResults> }

const source = readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

/** What is wrong with the surface; its colours alone where the rest was looked at before. */
export async function broken(page: Page, coloursAlone: boolean): Promise<string[]> {
    const known = await page.evaluate(() => "axe" in window)
    if (!known) await page.evaluate(await source)
    return page.evaluate(
        async (options) => {
            const { violations } = await axe.run(options)
            return violations.flatMap(({ id, nodes }) =>
                nodes.map(({ target, any }) => {
                    const why = any.map((one) => one.message).join("; ")
                    return `${id}: ${target.join(" ")}${why ? ` (${why})` : ""}`
                }),
            )
        },
        coloursAlone ? COLOURS : ALL,
    )
}
