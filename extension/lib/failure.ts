/** Failures inside the extension: a code, never a sentence. The words are in the catalogues. */

import type { ErrorCode, Failure } from "../generated/protocol.ts"

export class CoreError extends Error {
    override readonly name = "CoreError"
    readonly code: ErrorCode
    readonly detail: number | undefined

    constructor(code: ErrorCode, detail?: number) {
        super(code)
        this.code = code
        this.detail = detail
    }
}

/** A failure as it crosses a boundary. What is no `CoreError` is a defect: `bug`. */
export function toFailure(error: unknown): Failure {
    if (!isCoreError(error)) return { code: "bug" }
    return error.detail === undefined
        ? { code: error.code }
        : { code: error.code, detail: error.detail }
}

export function fromFailure(failure: Failure): CoreError {
    return new CoreError(failure.code, failure.detail)
}

/** Errors that the WASM module throws have the name and the fields, but not the class. */
function isCoreError(error: unknown): error is CoreError {
    return error instanceof Error && error.name === "CoreError" && "code" in error
}
