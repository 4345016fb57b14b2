import { toast } from "./Toast.tsx"
import { t } from "./text.ts"

/** Copies and says so. */
export async function copy(text: string): Promise<void> {
    await navigator.clipboard.writeText(text)
    toast(t("copied"))
}

/** Lets the browser save a text as a file. */
export function download(name: string, text: string, type = "text/plain"): void {
    downloadBlob(name, new Blob([text], { type }))
}

/** Lets the browser save bytes as a file. */
export function downloadBlob(name: string, content: Blob): void {
    const url = URL.createObjectURL(content)
    const link = document.createElement("a")
    link.href = url
    link.download = name
    link.click()
    URL.revokeObjectURL(url)
}
