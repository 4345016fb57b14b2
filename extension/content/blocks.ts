/** Every block on the page with what stands for it. */

import type { FoundBlock } from "../generated/protocol.ts"
import { CoreError } from "../lib/failure.ts"
import { t } from "../lib/i18n.ts"
import { ask } from "../lib/messages.ts"
import type { Around } from "./adapters/adapter.ts"
import { type Concealed, conceal } from "./conceal.ts"
import type { Finder } from "./find.ts"
import { admit, draw, framesWork, leave, whenBlocked } from "./frame.ts"
import { heightFor } from "./height.ts"
import { type Placeholder, placeholder } from "./placeholder.ts"
import type { Found } from "./texts.ts"

/** More are left as text until some go: a page can write blocks faster than anyone reads. */
const PLACED_MAX = 500
/** A page that takes our line away again and again wins. */
const TRIES_MAX = 3

interface Block {
    found: Found
    concealed: Concealed
    placeholder: Placeholder
    frame: HTMLIFrameElement | undefined
}

export interface Blocks {
    place(found: Found): void
    /** Takes away what belongs to texts that the page changed. */
    changed(texts: ReadonlySet<Text>): void
    /** Takes away what the page has removed. */
    sweep(): void
    /** Open frames go. */
    close(): void
    /** Open frames go; new ones ask again what they may show. */
    reset(): void
    /** Everything goes; the page has its text back. */
    leave(): void
    count(): { letters: number; cards: number }
}

/** `around` reads what the page says about the message that a block stands in. */
export function blocks(finder: () => Finder, around: Around, counted: () => void): Blocks {
    const placed = new Set<Block>()
    const tries = new WeakMap<Text, number>()

    function place(found: Found): void {
        const tried = tries.get(found.start.node) ?? 0
        if (placed.size >= PLACED_MAX || tried >= TRIES_MAX) return
        tries.set(found.start.node, tried + 1)
        let concealed: Concealed | undefined
        finder().quietly(() => {
            concealed = conceal(found.start, found.end)
            if (concealed === undefined) return
            const block: Block = {
                found,
                concealed,
                placeholder: placeholder(found.start.node.ownerDocument, found.kind, {
                    open: () => void open(block),
                    close: () => close(block),
                    original: (visible) => finder().quietly(() => block.concealed.show(visible)),
                    elsewhere: () => void elsewhere(block),
                }),
                frame: undefined,
            }
            concealed.first.before(block.placeholder.host)
            placed.add(block)
        })
        if (concealed?.rest !== undefined) finder().search(concealed.rest)
        counted()
    }

    async function open(block: Block): Promise<void> {
        const { host } = block.placeholder
        if (block.frame !== undefined) return
        if (!framesWork(host.ownerDocument)) return elsewhere(block)
        const height = heightFor(block.found.kind, block.found.text)
        const evict = (): void => close(block)
        const { frame, token } = draw(block.found.kind, host, height, evict)
        block.frame = frame
        whenBlocked(frame, () => keptOut(block))
        // It loads from here on: all else is done meanwhile.
        block.placeholder.frame(frame)
        block.placeholder.note("")
        block.placeholder.busy(true)
        try {
            await admit(token, describe(block.found, around))
        } catch (error) {
            if (block.frame !== frame) return
            close(block)
            refuse(block, error)
        } finally {
            block.placeholder.busy(false)
        }
    }

    async function elsewhere(block: Block): Promise<void> {
        try {
            await ask("content", {
                type: "open-in-sotto",
                block: describe(block.found, around),
            })
            block.placeholder.note(t("content_openedElsewhere"))
        } catch (error) {
            refuse(block, error)
        }
    }

    function refuse(block: Block, error: unknown): void {
        const lost = error instanceof CoreError && error.code === "worker-lost"
        block.placeholder.note(t(lost ? "content_lost" : "content_refused"))
        if (!lost) block.placeholder.onlyElsewhere()
    }

    /** The page keeps our frame out; what we can still do is lead to Sotto. */
    function keptOut(block: Block): void {
        close(block)
        block.placeholder.note(t("content_noFrames"))
        block.placeholder.onlyElsewhere()
    }

    function close(block: Block): void {
        if (block.frame === undefined) return
        leave(block.frame)
        block.frame = undefined
        block.placeholder.frame(undefined)
    }

    function remove(block: Block): void {
        placed.delete(block)
        // Nothing is painted any more: of an extension that was switched off no text can be had.
        if (block.frame !== undefined) leave(block.frame)
        block.frame = undefined
        finder().quietly(() => {
            block.placeholder.host.remove()
            block.concealed.restore()
        })
        finder().release(block.found.texts)
    }

    return {
        place,
        changed(texts) {
            for (const block of [...placed]) {
                if (!block.found.texts.some((text) => texts.has(text))) continue
                remove(block)
                finder().search(block.found.start.node)
            }
        },
        sweep() {
            const gone = [...placed].filter((block) => !stands(block))
            for (const block of gone) {
                remove(block)
                finder().search(block.found.start.node)
            }
            if (gone.length > 0) counted()
        },
        close() {
            for (const block of [...placed]) close(block)
        },
        reset() {
            for (const block of [...placed]) {
                if (block.frame === undefined) continue
                close(block)
                void open(block)
            }
        },
        leave() {
            for (const block of [...placed]) remove(block)
        },
        count() {
            const cards = [...placed].filter(({ found }) => found.kind === "card").length
            return { letters: placed.size - cards, cards }
        },
    }
}

function stands({ concealed, placeholder }: Block): boolean {
    return concealed.stands() && placeholder.host.isConnected
}

function describe(found: Found, around: Around): FoundBlock {
    const { kind, text, start } = found
    const { from, date } = around(start.node)
    return { kind, text, messageFrom: from, messageDate: date ?? null }
}
