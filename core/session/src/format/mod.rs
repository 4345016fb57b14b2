//! Our formats on the wire (docs/protocol.md, Sessions). What MLS defines is OpenMLS's.

mod blob;
mod capability;
mod chain;
mod introduction;
mod message;
mod roles;

use core::fmt;

pub use blob::{Blob, BlobError, MAX_BLOB_LEN, MAX_WHOLE_LEN, Part, join, split};
pub use capability::capability_digest;
pub use chain::{Chain, ChainClaim, HISTORY, Verdict};
pub use introduction::{Introduction, Link};
pub use message::{Invite, Message, MessageKind, Rejoin, Witness};
pub use roles::{Refusal, Right, Roles, Scope};
use serde::{Deserialize, Serialize};
use sotto_core::cbor::CborError;
use sotto_protocol::ErrorCode;

/// The id of a conversation: MLS's group id, 16 random bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ConversationId(#[serde(with = "serde_bytes")] pub [u8; 16]);

impl fmt::Debug for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConversationId(..)")
    }
}

/// Why bytes are none of our formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// Not the encoding of the object.
    #[error("session object does not decode")]
    Cbor(#[from] CborError),
    /// Longer than any such object.
    #[error("session object has {len} bytes")]
    TooLong {
        /// The length found.
        len: usize,
    },
    /// A field has a value that none may have.
    #[error("a field of a session object is out of range")]
    Range,
}

impl FormatError {
    /// The code under which the failure leaves the crate.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Cbor(error) => error.code(),
            Self::TooLong { .. } => ErrorCode::TooLarge,
            Self::Range => ErrorCode::MalformedMessage,
        }
    }
}
