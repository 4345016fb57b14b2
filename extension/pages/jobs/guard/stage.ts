/** Where a sheet stands. */
export type Stage =
    | { at: "picking" }
    | { at: "deciding"; contact: string }
    | { at: "sealing"; files: File[]; folder: Folder | undefined }
    | { at: "unsealed"; files: File[] }
    | {
          at: "over"
          outcome: "sealed" | "unsealed" | "gone" | "released" | "exempt"
          names: string[]
          sealFor: string[]
      }

/** A folder that is sealed as one archive. */
export interface Folder {
    name: string
    paths: readonly string[]
}

export type OnStage = (stage: Stage) => void

export function over(
    outcome: Extract<Stage, { at: "over" }>["outcome"],
    names: string[] = [],
    sealFor: string[] = [],
): Stage {
    return { at: "over", outcome, names, sealFor }
}

/** A folder that came along: each file's name is its path in it. */
export function folderOf(files: readonly File[]): Folder {
    const paths = files.map(({ name }) => name)
    return { name: paths[0]?.split("/")[0] || "folder", paths }
}
