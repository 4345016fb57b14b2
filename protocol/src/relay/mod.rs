//! The relay's wire (docs/relay.md): one noun, the *stream*, and its verbs.
//!
//! A message is one binary WebSocket message with one exact encoding: a type byte, then fields of
//! fixed size, big endian, the blob last. There is nothing to negotiate and nothing optional, so
//! decoding cannot allocate more than it was given and a re-encoded message has the same bytes.

mod code;
mod ids;
mod reply;
mod request;
mod wire;

pub use code::RelayCode;
pub use ids::{CapKind, Digest, Secret, StreamId, Tag};
pub use reply::{Entry, Event, Reply, Turn};
pub use request::{Request, Verb};
pub use wire::WireError;

/// The WebSocket subprotocol: the version of this wire.
pub const SUBPROTOCOL: &str = "sotto-relay.v1";

/// Bytes of a blob, unless a write token says less or the relay's owner more.
pub const DEFAULT_BLOB_LEN: u32 = 65_536;

/// Bytes of a blob, at most, on every relay.
pub const MAX_BLOB_LEN: u32 = 262_144;

/// Bytes of a presence note.
pub const MAX_NOTE_LEN: usize = 256;

/// Bytes of a request: the largest blob with the fields before it.
pub const MAX_REQUEST_LEN: usize = 262_144 + 128;

/// Bytes of the blobs in one [`Reply::Page`], unless its first blob alone is larger.
pub const PAGE_LEN: usize = 262_144;

/// Bytes of a reply or event: a page with its fields.
pub const MAX_REPLY_LEN: usize = 2 * 262_144;

/// Seconds a presence note may stand without being renewed.
pub const MAX_PRESENCE_S: u16 = 300;
