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
    paths: string[]
}

export type OnStage = (stage: Stage) => void

export function over(
    outcome: Extract<Stage, { at: "over" }>["outcome"],
    names: string[] = [],
    sealFor: string[] = [],
): Stage {
    return { at: "over", outcome, names, sealFor }
}
