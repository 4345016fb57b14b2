/** Saving a file that lies in the browser's own storage: an ordinary download. */

const KEPT_MS = 60_000

export function download(file: File): void {
    const url = URL.createObjectURL(file)
    const link = document.createElement("a")
    link.href = url
    link.download = file.name
    link.click()
    // The browser has begun to read by then; the address is needed no longer.
    setTimeout(() => URL.revokeObjectURL(url), KEPT_MS)
}

/** Browsers take several downloads in a row, but not all at once. */
const BETWEEN_MS = 400

export async function downloadAll(files: readonly File[]): Promise<void> {
    for (const file of files) {
        download(file)
        await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS))
    }
}
