/** What was dropped: files, and the files in dropped folders. Handles alone; nothing is read. */

/** More files than these in one drop are refused; a folder of a person's is smaller. */
const FILES_MAX = 4096

export interface Dropped {
    files: File[]
    /** One folder and nothing else: the names of the files are their paths, from it on. */
    folder: boolean
}

/** Taken at once: after the event the browser forgets it. */
export function takeDropped(transfer: DataTransfer): Promise<Dropped> | Dropped {
    const entries = [...transfer.items].map((item) =>
        item.kind === "file" ? (item.webkitGetAsEntry?.() ?? null) : null,
    )
    const folders = entries.filter((entry) => entry?.isDirectory)
    const plain = [...transfer.files]
    if (folders.length === 0) return { files: plain, folder: false }
    return collect(entries, plain)
}

async function collect(
    entries: readonly (FileSystemEntry | null)[],
    plain: readonly File[],
): Promise<Dropped> {
    const names = new Set(entries.flatMap((entry) => (entry?.isDirectory ? [entry.name] : [])))
    // A folder is among the files too, as one that cannot be read.
    const others = plain.filter((file) => !names.has(file.name))
    const found: Found[] = []
    for (const entry of entries) if (entry?.isDirectory) await walk(entry, "", found)
    if (names.size === 1 && others.length === 0) return { files: found.map(named), folder: true }
    return { files: [...others, ...found.map(({ file }) => file)], folder: false }
}

interface Found {
    file: File
    path: string
}

/** The same handle under its path. */
function named({ file, path }: Found): File {
    return new File([file], path, { type: file.type, lastModified: file.lastModified })
}

async function walk(entry: FileSystemEntry, above: string, found: Found[]): Promise<void> {
    if (found.length >= FILES_MAX) throw new RangeError("more files than one drop may have")
    const path = `${above}${entry.name}`
    if (entry.isFile) {
        found.push({ file: await fileOf(entry as FileSystemFileEntry), path })
        return
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader()
    for (;;) {
        const some = await read(reader)
        if (some.length === 0) return
        for (const inner of some) await walk(inner, `${path}/`, found)
    }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
    return new Promise((resolve, reject) => entry.file(resolve, reject))
}

function read(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
    return new Promise((resolve, reject) => reader.readEntries(resolve, reject))
}
