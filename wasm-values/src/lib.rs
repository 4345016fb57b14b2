//! What every module of ours shares with JavaScript: values, failures, the clock, the generator.
//!
//! Structured values are plain objects, bytes are `Uint8Array`s. What comes in is decoded strictly
//! ([`from_js`]); what fails is a JavaScript `Error` named `CoreError` ([`core_error`]).

mod ambient;
mod failure;
mod value;

pub use ambient::{now, rng};
pub use failure::{core_error, malformed};
pub use value::{Row, from_js, rows, to_js};
