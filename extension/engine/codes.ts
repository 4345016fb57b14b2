/** What the browser says of files, in the one error language. */

import type { ErrorCode } from "../generated/protocol.ts"

/** The code of whatever went wrong with bytes. */
export function codeOf(error: unknown): ErrorCode {
    if (error instanceof Error && "code" in error && error.name === "CoreError") {
        return error.code as ErrorCode
    }
    const name = error instanceof Error || error instanceof DOMException ? error.name : ""
    return NAMES[name] ?? "bug"
}

const NAMES: Readonly<Record<string, ErrorCode>> = {
    // Gone: deleted, renamed, its medium taken out, or no right to read it any more.
    NotFoundError: "file-unreadable",
    SecurityError: "file-unreadable",
    NotAllowedError: "file-unreadable",
    // Chromium: another time of change than when it was chosen.
    NotReadableError: "file-changed",
    QuotaExceededError: "storage-full",
    // Firefox, for a full device.
    NS_ERROR_FILE_NO_DEVICE_SPACE: "storage-full",
    NoModificationAllowedError: "busy",
    AbortError: "cancelled",
}
