import type { ErrorCode, Failure } from "../../generated/protocol.ts"
import { adviceFor } from "../../ui/advice.ts"

/** The codes that belong beside a field of a new identity. */
export const IDENTITY_CODES: ReadonlySet<ErrorCode> = new Set([
    "name-invalid",
    "address-invalid",
    "weak-passphrase",
])

/** The advice for a failure, if it is about this field. */
export function fieldError(
    failure: Failure | undefined,
    ...codes: ErrorCode[]
): string | undefined {
    return failure && codes.includes(failure.code) ? adviceFor(failure) : undefined
}
