/**
 * A background that answers from a scene, so that surfaces can be looked at without a browser
 * extension. It stands in for `chrome` in an ordinary page.
 */

import { scenes } from "./scenes.ts"

declare const CATALOGUES: Record<
    string,
    Record<string, { message: string; placeholders?: Record<string, { content: string }> }>
>

const query = new URLSearchParams(location.search)
const scene = scenes[query.get("scene") ?? ""]
const language = query.get("lang") ?? "en"

function message(key: string, substitutions: string[] | string = []): string {
    const entry = CATALOGUES[language]?.[key]
    if (!entry) throw new Error(`no text for ${key}`)
    const values = typeof substitutions === "string" ? [substitutions] : substitutions
    return entry.message.replaceAll(/\$([A-Z_]+)\$/gu, (_, name: string) => {
        const content = entry.placeholders?.[name.toLowerCase()]?.content ?? ""
        return values[Number(content.slice(1)) - 1] ?? ""
    })
}

interface Envelope {
    id: number
    claim: "desk" | "shell" | "files" | "live"
    body: { type: string }
}

type Given = object | ((request: object) => object)

function answer({ id, claim, body }: Envelope): unknown {
    const answers = (scene?.[claim] ?? {}) as Record<string, Given | undefined>
    const made = answers[body.type]
    const given = typeof made === "function" ? made(body) : made
    if (!given) {
        console.error(`the scene has no answer to ${claim} ${body.type}`)
        return { id, error: { code: "bug" } }
    }
    if ("code" in given) return { id, error: given }
    return { id, ok: given, beside: scene?.beside?.[`${claim} ${body.type}`]?.() ?? [] }
}

const nobody = { addListener: () => undefined }

function port({ name }: { name: string }) {
    return {
        onMessage: {
            addListener: (listener: (status: unknown) => void) =>
                setTimeout(() => name === "status" && listener(scene?.status)),
        },
        onDisconnect: nobody,
        disconnect: () => undefined,
    }
}

const background = {
    i18n: { getMessage: message, getUILanguage: () => language },
    runtime: {
        id: "fixture",
        getURL: (path: string) => `chrome-extension://fixture/${path}`,
        getManifest: () => ({ version: "0.1.0" }),
        sendMessage: async (envelope: Envelope) => answer(envelope),
        connect: port,
        onMessage: nobody,
    },
    storage: { session: { get: async () => ({}), set: async () => undefined } },
    commands: { getAll: async () => [{ name: "lock", shortcut: "Alt+Shift+L" }] },
    permissions: { request: async () => true, contains: async () => false },
    tabs: {
        create: async () => undefined,
        reload: async () => undefined,
        get: async () => ({ incognito: false }),
    },
}

Object.assign(globalThis, { chrome: background })
