//! Deterministic CBOR (RFC 8949 §4.2.1): what signed objects and vault records are written in.
//!
//! One value has exactly one encoding, so the decoder refuses every other: heads longer than
//! needed, indefinite lengths, keys that are unsorted, repeated or no unsigned integers, tags,
//! floats and trailing bytes (docs/protocol.md, "CBOR"). The only simple values are `false`,
//! `true` and `null`.
//!
//! A map of a later version may carry more: an unknown key up to 127 changes the meaning and is
//! [`CborError::NewerVersion`]; one from 128 on may be ignored. Objects are stored and forwarded as
//! they were received, so ignored keys survive.
//!
//! ```
//! use sotto_core::cbor::{Fields, MapWriter};
//!
//! let bytes = MapWriter::new().uint(1, 7).text(2, "seven").finish();
//! let mut fields = Fields::parse(&bytes, 1..=2)?;
//! assert_eq!(fields.require(1)?.uint()?, 7);
//! assert_eq!(fields.require(2)?.text()?, "seven");
//! # Ok::<(), sotto_core::cbor::CborError>(())
//! ```

mod error;
mod fields;
mod head;
mod value;
mod writer;

pub use error::CborError;
pub use fields::{Field, Fields, KEEP_UNKNOWN_FROM};
pub use value::{MAX_DEPTH, Value};
pub use writer::{ArrayWriter, MapWriter};

#[cfg(test)]
mod tests;
