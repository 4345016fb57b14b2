import type { Given } from "../../ui/given.ts"

export type { Given }

/** How every age file begins, ours among them. */
const AGE = "age-encryption.org/v1\n"

/** Whether all of the files are sealed: they are opened then, else all are sealed. */
export async function isSealed(files: readonly File[]): Promise<boolean> {
    const heads = await Promise.all(files.map((file) => file.slice(0, AGE.length).text()))
    return heads.every((head) => head === AGE)
}
