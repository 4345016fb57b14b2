//! Bindings of `sotto-core` for the browser: [`Core`], [`derive_kek`] and the strict decoders.
//!
//! Thin by rule: values are decoded here, the clock and the generator are read here, and nothing
//! is decided. A failure is a JavaScript `Error` named `CoreError` with `code` and, where there is
//! one, the number `detail`. After a trap (`WebAssembly.RuntimeError`) the instance must be thrown
//! away and loaded again from the rows.

mod bulk;
mod convert;
mod core;
mod decode;
mod files;
mod live;
mod password;

pub use crate::core::{Core, derive_kek};
pub use bulk::{Bulk, digest_of_chunks};
pub use decode::{
    decode_content_request, decode_engine_request, decode_files_request, decode_frame_request,
    decode_guard_request, decode_shell_request,
};
pub use files::{archive_entry, archive_padding, archive_tail};

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type {
    ContentRequest, DeskReply, DeskRequest, EngineRequest, Errand, ErrorCode, FileBrief, FileJob, FilesRequest,
    FoundBlock, FrameReply, FrameRequest, GuardRequest, LetterSource, OpenedFile, SealOrder,
    Retired, ShellRequest, Stamp, Status,
} from "../protocol"

/** A record of the database. */
export interface Row { table: string, key: Uint8Array, value: Uint8Array }
/** A change of a record; `null` deletes it. */
export interface RowWrite { table: string, key: Uint8Array, value: Uint8Array | null, volatile: boolean }
/** What the background does, in this order: commit `writes` in one transaction; keep, set or (null) remove `session`; store `admissions` when present; broadcast `status`; open `errand`; send `reply`. */
export interface Outcome<R> {
    reply: R
    writes: RowWrite[]
    /** Absent: as it is. Null: locked, remove it and throw the instance away. */
    session?: string | null
    status?: Status
    errand?: Errand
}
export interface CoreError extends Error { name: "CoreError", code: import("../protocol").ErrorCode, detail?: number }
/** What the worker of one file needs. Wipe the key once it is handed over. */
export interface FileTicket { index: number, given: number, key: Uint8Array<ArrayBuffer>, nonce: Uint8Array<ArrayBuffer>, inner: Uint8Array<ArrayBuffer> }
export interface FilesBegun { job: FileJob, tickets: FileTicket[] }
/** Where the sealed copy of a file lies, and its name. */
export interface FilePlace { job: string, index: number, name: string }
export interface FileUnproved { file: OpenedFile, claimed: string | null, contentOffset: number }
export interface FileSentOn { begun: FilesBegun, look: FileLook }
export interface FileLook { key: Uint8Array<ArrayBuffer>, payloadOffset: number, sealed: boolean }
/** Opaque; kept in session storage as it is. */
export type Admissions = unknown
declare const wire: unique symbol
/** Opaque: carried between the core and the module of live sessions as it is. */
export interface Wire { readonly [wire]: true }
/** What live sessions begin with; only the switch is looked at. */
export interface LiveStart extends Wire { readonly reachable: boolean }
"#;
