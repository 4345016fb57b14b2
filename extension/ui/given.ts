/** Files that a person picked or dropped, and the folder they came in, if it was one. */

export interface Given {
    files: readonly File[]
    /** A folder: its name, and the path of each file from it on. */
    folder?: { name: string; paths: readonly string[] }
}

/** What was picked in the browser's dialogue. */
export function givenByInput(list: FileList): Given {
    const files = [...list]
    const paths = files.map((file) => file.webkitRelativePath)
    const [first = ""] = paths
    const [name = ""] = first.split("/")
    const isFolder = files.length > 0 && paths.every((path) => path.includes("/"))
    return isFolder ? { files, folder: { name, paths } } : { files }
}

/** What was dropped. One folder stays one; folders among other things become their files. */
export async function givenByDrop(transfer: DataTransfer): Promise<Given> {
    // Both are gone with the event: they are taken before the first `await`.
    const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? [])
    const plain = [...transfer.files]
    if (!entries.some((entry) => entry.isDirectory)) return { files: plain }
    const found: { file: File; path: string }[] = []
    for (const entry of entries) await collect(entry, "", found)
    const files = found.map(({ file }) => file)
    const [only] = entries
    if (entries.length > 1 || only === undefined) return { files }
    return { files, folder: { name: only.name, paths: found.map(({ path }) => path) } }
}

async function collect(
    entry: FileSystemEntry,
    above: string,
    into: { file: File; path: string }[],
): Promise<void> {
    const path = `${above}${entry.name}`
    if (isFile(entry)) {
        into.push({ file: await new Promise<File>((...done) => entry.file(...done)), path })
        return
    }
    for (const inner of await contents(entry as FileSystemDirectoryEntry)) {
        await collect(inner, `${path}/`, into)
    }
}

/** The browser hands a folder out in portions, the last of them empty. */
async function contents(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
    const reader = folder.createReader()
    const all: FileSystemEntry[] = []
    for (;;) {
        const some = await new Promise<FileSystemEntry[]>((...done) => reader.readEntries(...done))
        if (some.length === 0) return all
        all.push(...some)
    }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
    return entry.isFile
}
