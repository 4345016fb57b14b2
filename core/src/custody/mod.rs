//! The custodian: the one place that uses long-term private keys.
//!
//! Everything else asks it through [`Request`] and [`Reply`], which have a strict wire form: the
//! custodian runs as WASM in the extension's background, or behind the native host, and no feature
//! can tell which. Long-term private keys are never an output.
//!
//! It signs nothing but a [`Statement`]: the bytes that are signed are put together here, from
//! typed parts, under a label of their own. A caller cannot have bytes of its own choosing signed.
//!
//! It does not know letters: it unwraps the file key of one header and leaves the rest to those
//! who hold no keys.

mod custodian;
mod error;
mod leaf;
mod request;
mod statement;
mod wire;

pub use custodian::Custodian;
pub use error::CustodyError;
pub use leaf::{LeafCredential, MAX_LEAF_LEN};
pub use request::{PublicKeys, PublicRecipient, Reply, Request, Signed, Unwrapped};
pub use statement::{Leaf, Statement, Successor};
pub use wire::{Base64Url, Bytes, SecretBytes};

#[cfg(test)]
mod tests;
