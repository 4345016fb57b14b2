/** Sites as the browser's permissions name them. */

/**
 * The match pattern of an origin: what is asked for, granted and registered. Patterns know no
 * ports (Firefox refuses them), so a grant covers the host under its scheme.
 */
export function patternOf(origin: string): string {
    const { protocol, hostname } = new URL(origin)
    return `${protocol}//${hostname}/*`
}

export function isWeb(url: string | undefined): url is string {
    return url !== undefined && /^https?:\/\//.test(url)
}
