/** What content scripts have reported of each tab. For badge and popup; written by pages. */

import type { Stamp } from "../generated/protocol.ts"
import { api } from "../lib/browser.ts"
import { change, kept } from "./session.ts"

/** What one frame of a page shows. */
interface Counts {
    letters: number
    cards: number
    editor: boolean
    /** A frame of ours can stand in it. */
    frames: boolean
}

interface FrameSight extends Counts {
    /** Stamped by the browser on the report. */
    stamp: Stamp
}

export interface Sight {
    origin: string
    frames: Record<string, FrameSight>
}

/** What a whole page shows. */
export interface PageSight extends Counts {
    origin: string
}

export async function noteReport(stamp: Stamp, counts: Counts): Promise<void> {
    await change("sights", (sights = {}) => {
        const { origin, frames } = sights[stamp.tab] ?? { origin: stamp.origin, frames: {} }
        const { letters, cards, editor, frames: stand } = counts
        const noted = { ...frames, [stamp.frame]: { letters, cards, editor, frames: stand, stamp } }
        return { ...sights, [stamp.tab]: { origin, frames: noted } }
    })
    await showBadge(stamp.tab)
}

/** A new document: in the page itself nothing of the former one counts. */
export async function noteArrival(stamp: Stamp): Promise<void> {
    await change("sights", (sights = {}) => {
        const former = sights[stamp.tab]
        if (stamp.frame === 0 || former === undefined) {
            return { ...sights, [stamp.tab]: { origin: stamp.origin, frames: {} } }
        }
        const { [String(stamp.frame)]: _left, ...frames } = former.frames
        return { ...sights, [stamp.tab]: { ...former, frames } }
    })
}

export async function forgetTab(tab: number): Promise<void> {
    await change("sights", (sights = {}) => {
        const { [String(tab)]: _closed, ...others } = sights
        return others
    })
}

export async function sightOf(tab: number): Promise<PageSight | undefined> {
    const sight = (await kept("sights"))?.[tab]
    if (sight === undefined) return undefined
    const frames = Object.values(sight.frames)
    return {
        origin: sight.origin,
        letters: frames.reduce((sum, frame) => sum + frame.letters, 0),
        cards: frames.reduce((sum, frame) => sum + frame.cards, 0),
        editor: frames.some((frame) => frame.editor),
        frames: frames.every(
            (frame) =>
                frame.frames || (frame.stamp.frame !== 0 && frame.letters + frame.cards === 0),
        ),
    }
}

/** Of one document of a tab nothing counts any more. */
export async function forgetDocument(tab: number, document: string): Promise<void> {
    await change("sights", (sights = {}) => {
        const sight = sights[tab]
        if (sight === undefined) return sights
        const others = Object.entries(sight.frames).filter(
            ([, { stamp }]) => stamp.document !== document,
        )
        return { ...sights, [tab]: { ...sight, frames: Object.fromEntries(others) } }
    })
    await showBadge(tab)
}

/** Documents of a tab that have reported. */
export async function documentsIn(tab: number): Promise<Stamp[]> {
    const frames = Object.values((await kept("sights"))?.[tab]?.frames ?? {})
    return frames.map(({ stamp }) => stamp)
}

/** Documents of a tab, those in which an editor was in sight first. */
export async function editorsIn(tab: number): Promise<Stamp[]> {
    const frames = Object.values((await kept("sights"))?.[tab]?.frames ?? {})
    return frames.toSorted((a, b) => Number(b.editor) - Number(a.editor)).map(({ stamp }) => stamp)
}

/** Tabs that have a script of ours, with the origin of the page. */
export async function sightedTabs(): Promise<{ tab: number; origin: string }[]> {
    const sights = (await kept("sights")) ?? {}
    return Object.entries(sights).map(([tab, { origin }]) => ({ tab: Number(tab), origin }))
}

/** The number of sealed letters on the page, in grey: the badge informs, it does not call. */
async function showBadge(tab: number): Promise<void> {
    const letters = (await sightOf(tab))?.letters ?? 0
    const text = letters === 0 ? "" : String(letters)
    try {
        await api.action.setBadgeBackgroundColor({ tabId: tab, color: "#5f6368" })
        await api.action.setBadgeText({ tabId: tab, text })
    } catch {
        // The tab has closed since: no badge is needed.
    }
}
