//! Bindings of `sotto-chat` for the browser: [`LiveModule`], a module of its own, which loads when
//! it is first needed and is thrown away when the vault is locked.
//!
//! Thin by rule: values are decoded here, the clock and the generator are read here, and nothing
//! is decided. A failure is a JavaScript `Error` named `CoreError` with `code`; after one, and
//! after a trap, the instance must be thrown away and loaded again from the rows. A request that is
//! refused is no such failure: it comes as `failure` in the step.

mod convert;
mod live;

pub use live::{LiveModule, decode_live_request};

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type { ErrorCode, Failure, LiveEvent, LiveReply, LiveRequest } from "../protocol"

declare const wire: unique symbol
/** Opaque: carried between this module and the core as it is. */
interface Wire { readonly [wire]: true }

/** A record of the database. */
export interface LiveRow { table: string, key: Uint8Array, value: Uint8Array }
/** A change of a record; `null` deletes it. */
export interface LiveWrite { table: string, key: Uint8Array, value: Uint8Array | null }
/** Something to be done, once the writes of its step are committed. */
export type LiveOutput =
    | { type: "connect", relay: string }
    | { type: "send", relay: string, message: Uint8Array<ArrayBuffer> }
    | { type: "close", relay: string }
    | { type: "sign", leaf: any }
    | { type: "seal", to: any, content: any }
    | { type: "open", seq: number, letter: any }
    | { type: "mailbox-made", stream: any }
    | { type: "event", event: LiveEvent }
/** What one input leads to: commit `writes` in one transaction, then do `outputs` in order, then ask for `tick` at `wake` (ms since 1970) at the latest. */
export interface LiveStep {
    writes: LiveWrite[]
    /** They must be on disk before anything is done, not only with the system. */
    durable: boolean
    outputs: LiveOutput[]
    wake: number | null
    /** To a request; absent where it comes by `later`. */
    reply?: LiveReply
    failure?: Failure
}
"#;
