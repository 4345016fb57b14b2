//! Where streams are kept: one trait, two stores, one conformance suite (`tests/stores.rs`).
//!
//! A store appends, reads and forgets; whatever happens in a stream it tells the [`Hub`], in the
//! order in which it happened, from whichever relay it came.

pub mod jetstream;
mod line;
pub mod sqlite;

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use sotto_protocol::relay::{Digest, RelayCode, StreamId, Tag};

use crate::access::{Access, Change};
#[cfg(doc)]
use crate::hub::Hub;
pub use line::Line;

/// Why a store did not do what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is a stream of this id.
    #[error("stream exists")]
    Exists,
    /// There is no such stream.
    #[error("no such stream")]
    Unknown,
    /// The last sequence number kept is not the expected one.
    #[error("another blob came before")]
    Conflict {
        /// The last one kept; 0 where the store does not say.
        last: u64,
    },
    /// No room for another token.
    #[error("too many tokens")]
    TooManyTokens,
    /// The stream holds as much as it may.
    #[error("stream is full")]
    StreamFull,
    /// The store holds as much as it may.
    #[error("storage is full")]
    StorageFull,
    /// The store does not answer; whether it did what was asked is not known.
    #[error("store does not answer: {cause}")]
    Unavailable {
        /// What the store's library calls it; holds no id and no content.
        cause: &'static str,
    },
    /// The store failed one that was handed in before it on the same [`Line`]: it is not stored.
    #[error("one before it failed")]
    Behind,
}

impl StoreError {
    /// The code and detail on the wire.
    #[must_use]
    pub fn code(&self) -> (RelayCode, u32) {
        match self {
            Self::Exists => (RelayCode::Exists, 0),
            Self::Unknown => (RelayCode::Refused, 0),
            Self::Conflict { last } => (
                RelayCode::Conflict,
                u32::try_from(last & u64::from(u32::MAX)).unwrap_or(0),
            ),
            Self::TooManyTokens => (RelayCode::TooMany, 0),
            Self::StreamFull => (RelayCode::StreamFull, 0),
            Self::StorageFull => (RelayCode::StorageFull, 0),
            Self::Unavailable { .. } | Self::Behind => (RelayCode::Unavailable, 0),
        }
    }

    /// Whether it is the store that failed, and not what it was asked that was refused.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        match self {
            Self::StorageFull | Self::Unavailable { .. } | Self::Behind => true,
            Self::Exists
            | Self::Unknown
            | Self::Conflict { .. }
            | Self::TooManyTokens
            | Self::StreamFull => false,
        }
    }
}

/// What a store holds at most, and how long.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Blobs of a stream.
    pub stream_blobs: u32,
    /// Bytes of a stream's blobs. (JetStream counts blobs only.)
    pub stream_bytes: u64,
    /// Bytes of everything.
    pub store_bytes: u64,
    /// Blobs older than this are forgotten.
    pub keep: Duration,
    /// Streams that nobody has used for so long are forgotten, with their capabilities.
    pub idle: Duration,
}

impl Bounds {
    /// How exactly a store knows when a stream was last used: to write it down each time would make
    /// a read cost a write.
    #[must_use]
    pub fn idle_step(&self) -> Duration {
        self.idle.checked_div(8).unwrap_or(self.idle)
    }
}

/// A blob in a stream.
#[derive(Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its place.
    pub seq: u64,
    /// When it was stored, milliseconds since 1970.
    pub at_ms: u64,
    /// The label of the token it came through.
    pub via: u32,
    /// Opaque.
    pub blob: Bytes,
}

impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stored(.., {} bytes)", self.blob.len())
    }
}

/// Blobs in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The blobs.
    pub entries: Vec<Stored>,
    /// Whether there are more after these.
    pub more: bool,
}

/// A blob to store.
#[derive(Clone)]
pub struct Append {
    /// Where to.
    pub stream: StreamId,
    /// Only if this is the last sequence number kept (0: none is).
    pub expect_seq: Option<u64>,
    /// The label of the token it comes through.
    pub via: u32,
    /// Opaque.
    pub blob: Bytes,
    /// When, milliseconds since 1970.
    pub at_ms: u64,
    /// Those of the connection it comes from.
    pub line: Line,
}

impl Append {
    /// The blob at its place.
    #[must_use]
    pub fn at(&self, seq: u64) -> Stored {
        Stored {
            seq,
            at_ms: self.at_ms,
            via: self.via,
            blob: self.blob.clone(),
        }
    }
}

impl fmt::Debug for Append {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Append(.., {} bytes)", self.blob.len())
    }
}

/// What goes to everybody who is there, and is not kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Signal {
    /// A blob published.
    Published {
        /// The label of the write token.
        via: u32,
        /// Opaque.
        blob: Bytes,
    },
    /// A presence note stands for so long; 0 seconds: no more.
    Present {
        /// The label of the write token.
        via: u32,
        /// Which note.
        tag: Tag,
        /// For how long.
        ttl_s: u16,
        /// Opaque.
        note: Bytes,
    },
    /// The capabilities have changed.
    Changed,
    /// The stream is gone.
    Deleted,
}

impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Published { .. } => "Published(..)",
            Self::Present { .. } => "Present(..)",
            Self::Changed => "Changed",
            Self::Deleted => "Deleted",
        })
    }
}

/// A future that a store hands out.
pub type Doing<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// The second half of an append: ends with the sequence number once the blob is on disk.
pub type Receipt = Doing<'static, u64>;

/// Keeps streams.
pub trait Store: Send + Sync + fmt::Debug + 'static {
    /// Makes a stream.
    fn create(&self, stream: StreamId, access: Access) -> Doing<'_, ()>;

    /// The capabilities of a stream; `None` when there is no such stream. To ask is to use it: it is
    /// kept for another [`Bounds::idle`].
    fn access(&self, stream: StreamId) -> Doing<'_, Option<Access>>;

    /// Changes the write tokens of a stream.
    fn change(&self, stream: StreamId, change: Change) -> Doing<'_, ()>;

    /// Counts one blob of `day` against a token's quota. `false` when it is used up.
    fn spend(&self, stream: StreamId, token: Digest, day: u32, quota: u32) -> Doing<'_, bool>;

    /// Hands a blob in. Two appends to a stream handed in one after the other are stored in that
    /// order, however often the store tries. After one that the store failed
    /// ([`StoreError::is_fault`]) nothing of its [`Line`] is stored; one that it refused holds up
    /// nobody.
    fn append(&self, append: Append) -> Doing<'_, Receipt>;

    /// Blobs from sequence number `from` on: at most `limit`, and at most `bytes` unless the first
    /// alone is larger.
    fn read(&self, stream: StreamId, from: u64, limit: u16, bytes: usize) -> Doing<'_, Page>;

    /// The last sequence number kept; 0 when none is.
    fn last(&self, stream: StreamId) -> Doing<'_, u64>;

    /// Forgets the blobs before `before`.
    fn trim(&self, stream: StreamId, before: u64) -> Doing<'_, ()>;

    /// Forgets a stream.
    fn delete(&self, stream: StreamId) -> Doing<'_, ()>;

    /// Tells everybody who is there, on every relay of this store.
    fn signal(&self, stream: StreamId, signal: Signal) -> Doing<'_, ()>;

    /// Whether the store answers.
    fn ping(&self) -> Doing<'_, ()>;

    /// How long capabilities may be kept in memory; no longer than [`Bounds::idle_step`].
    fn access_good_for(&self) -> Duration;
}
