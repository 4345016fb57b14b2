import { toast } from "./Toast.tsx"
import { t } from "./text.ts"

/** Copies and says so. */
export async function copy(text: string): Promise<void> {
    await navigator.clipboard.writeText(text)
    toast(t("copied"))
}

/** Lets the browser save a text as a file. */
export function download(name: string, text: string): void {
    const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }))
    const link = document.createElement("a")
    link.href = url
    link.download = name
    link.click()
    URL.revokeObjectURL(url)
}
