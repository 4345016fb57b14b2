/**
 * The self-contained reader: one page, no network. Text is set as text, never as markup, and files
 * are handed to the browser to be saved, never opened.
 */

import { fit_name } from "../generated/reader.js"
import { element, onPress, painted, show, write } from "./dom.ts"
import { type Opened, open } from "./opening.ts"
import { fromFile, fromText, type Source } from "./source.ts"
import { adviceFor, language, speak, type TextKey, t } from "./texts.ts"

/** The name of a file that the person did not name. */
const UNNAMED = "opened.bin"

const file = element("file", HTMLInputElement)
const paste = element("paste", HTMLTextAreaElement)
const password = element("password", HTMLInputElement)
const name = element("name", HTMLInputElement)
const drop = element("drop", HTMLElement)
const openButton = element("open", HTMLButtonElement)
const progress = element("progress", HTMLProgressElement)

let source: Source | undefined
let opened: Opened | undefined
/** The letter that came with the page has not been put aside. */
let isInside = false
let isBusy = false
let isCancelled = false

function paintTexts(): void {
    document.documentElement.lang = language()
    document.title = t("title")
    for (const one of document.querySelectorAll<HTMLElement>("[data-t]")) {
        one.textContent = t(one.getAttribute("data-t") as TextKey)
    }
    for (const one of document.querySelectorAll<HTMLElement>("[data-label]")) {
        one.ariaLabel = t(one.getAttribute("data-label") as TextKey)
    }
    write("language", t("language"))
    element("language", HTMLElement).lang = language() === "en" ? "fr" : "en"
    name.placeholder = UNNAMED
    paintSource()
    paintOpened()
}

function paintSource(): void {
    show("choose", source === undefined && opened === undefined)
    show("unlock", source !== undefined && opened === undefined)
    show("again", source !== undefined || opened !== undefined)
    if (!source) return
    write("unlock-title", isInside ? t("letterInside") : t("unlockTitle"))
    const size = sizeOf(source.bytes.size)
    write("what", source.name ? `${source.name} · ${size}` : t("textGiven", size))
}

function paintOpened(): void {
    show("opened", opened !== undefined)
    if (!opened) return
    const { content, text, isText, subject, name: claimed } = opened
    const isWithheld = element("letter", HTMLElement).hidden !== false
    show("withheld", text !== undefined && isWithheld)
    show("subject", subject !== undefined)
    write("subject-text", subject ?? "")
    show("save", !isText)
    write("size", t("fileSize", sizeOf(content.size)))
    show("claimed", claimed !== undefined)
    show("use-name", claimed !== undefined)
    write("claimed-name", claimed ?? "")
}

function sizeOf(len: number): string {
    const units = ["byte", "kilobyte", "megabyte"] as const
    const step = len < 1000 ? 0 : len < 1_000_000 ? 1 : 2
    const style = { style: "unit", unitDisplay: step === 0 ? "long" : "short" } as const
    const format = { ...style, unit: units[step], maximumFractionDigits: 1 } as const
    return new Intl.NumberFormat(language(), format).format(len / 1000 ** step)
}

function fail(reason: unknown): void {
    write("status", "")
    write("failure", reason === undefined ? "" : adviceFor(codeOf(reason)))
    show("failure", reason !== undefined)
}

/** The core throws codes; the browser throws when a file is gone or is a folder. */
function codeOf(reason: unknown): string {
    if (typeof reason === "string") return reason
    return reason instanceof DOMException ? "unreadable" : "bug"
}

async function take(read: () => Promise<Source>): Promise<void> {
    fail(undefined)
    try {
        source = await read()
        paintSource()
        password.focus()
    } catch (reason) {
        fail(reason)
    }
}

async function unlock(): Promise<void> {
    if (!source || isBusy || password.value === "") return
    isCancelled = false
    busy(true)
    fail(undefined)
    write("status", t("opening"))
    await painted()
    try {
        opened = await open(source, password.value, tell, () => isCancelled)
        if (opened) finish()
        else write("status", t("cancelled"))
    } catch (reason) {
        fail(reason)
        password.focus()
        password.select()
    } finally {
        busy(false)
    }
}

function finish(): void {
    write("status", "")
    password.value = ""
    paintSource()
    paintOpened()
    element("opened-title", HTMLElement).focus()
}

function busy(now: boolean): void {
    isBusy = now
    openButton.disabled = now
    progress.hidden = true
    show("cancel", false)
}

function tell(part: number): void {
    if (part >= 1) return
    progress.hidden = false
    progress.value = part
    show("cancel", true)
    write("status", t("reading", `${Math.round(part * 100)} %`))
}

function reveal(): void {
    write("text", opened?.text ?? "")
    show("letter", true)
    show("withheld", false)
    element("text", HTMLElement).focus()
}

function save(): void {
    if (!opened) return
    const as = fit_name(name.value) ?? UNNAMED
    const url = URL.createObjectURL(opened.content)
    const link = document.createElement("a")
    link.href = url
    link.download = as
    link.click()
    setTimeout(() => URL.revokeObjectURL(url), 60_000)
    write("status", t("saved", as))
}

/** Back to the beginning: what was opened leaves the page. */
function reset(): void {
    isCancelled = true
    source = undefined
    opened = undefined
    isInside = false
    for (const field of [password, name, file]) field.value = ""
    paste.value = ""
    write("text", "")
    show("letter", false)
    fail(undefined)
    paintTexts()
    element("pick", HTMLElement).focus()
}

function togglePassword(): void {
    const shown = password.type === "password"
    password.type = shown ? "text" : "password"
    const button = element("show", HTMLButtonElement)
    button.ariaPressed = String(shown)
    const says = shown ? "passwordHide" : "passwordShow"
    button.setAttribute("data-t", says)
    button.textContent = t(says)
}

function chosen(files: FileList | null | undefined): void {
    const [first] = files ?? []
    if (first && !isBusy && !opened) void take(() => fromFile(first))
}

function listen(): void {
    onPress("language", () => {
        speak(language() === "en" ? "fr" : "en")
        paintTexts()
    })
    onPress("pick", () => file.click())
    file.addEventListener("change", () => chosen(file.files))
    onPress("take", () => void take(() => fromText(paste.value)))
    onPress("show", togglePassword)
    onPress("open", () => void unlock())
    password.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && !event.isComposing) void unlock()
    })
    onPress("cancel", () => {
        isCancelled = true
    })
    onPress("reveal", reveal)
    onPress("copy", () => {
        const copied = navigator.clipboard?.writeText(opened?.text ?? "") ?? Promise.reject()
        copied.then(
            () => write("status", t("copied")),
            () => write("status", t("notCopied")),
        )
    })
    onPress("use-name", () => {
        name.value = opened?.name ?? ""
        name.focus()
    })
    onPress("download", save)
    onPress("again", reset)
    listenToDrops()
}

/** The whole page takes drops, so that none opens in place of it. */
function listenToDrops(): void {
    addEventListener("dragover", (event) => {
        event.preventDefault()
        drop.classList.add("over")
    })
    addEventListener("dragleave", () => drop.classList.remove("over"))
    addEventListener("drop", (event) => {
        event.preventDefault()
        drop.classList.remove("over")
        chosen(event.dataTransfer?.files)
    })
}

listen()
paintTexts()
const letter = element("sealed", HTMLElement).textContent.trim()
if (letter !== "") {
    isInside = true
    void take(() => fromText(letter))
}
