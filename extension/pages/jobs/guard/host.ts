/** A site as people call it. */
export function hostOf(origin: string): string {
    return origin.replace(/^https?:\/\//u, "")
}
