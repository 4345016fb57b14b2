//! Why a step is refused, what a relay or a member is caught at, and why a conversation ends.

use serde::{Deserialize, Serialize};
use sotto_core::custody::CustodyError;
use sotto_core::vault::VaultError;
use sotto_protocol::ErrorCode;
use sotto_protocol::relay::RelayCode;

use crate::format::{BlobError, FormatError, Refusal};
use crate::mls::StoreError;

/// Why a command or an input is refused. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// No such conversation.
    #[error("no such conversation")]
    Unknown,
    /// The conversation is not, or no longer, active.
    #[error("conversation is not active")]
    Inactive,
    /// There is no session with that person.
    #[error("no session with that person")]
    NoSession,
    /// That person has left no KeyPackage with us.
    #[error("no KeyPackage of that person")]
    NoKeyPackage,
    /// An introduction that was answered, is older than one that was, or gives way to ours.
    #[error("introduction is not to be answered")]
    Repeated,
    /// An introduction names a stream that is another's, or a relay in our own network.
    #[error("link is refused")]
    Link,
    /// A KeyPackage does not verify or is of somebody else.
    #[error("KeyPackage is refused")]
    KeyPackage,
    /// Our own commit would break a rule.
    #[error("commit breaks a rule: {0:?}")]
    Refused(Refusal),
    /// A format of ours.
    #[error("session object is refused")]
    Format(#[from] FormatError),
    /// A blob of ours.
    #[error("blob is refused")]
    Blob(#[from] BlobError),
    /// What the identity was to sign is not what came back.
    #[error("signed leaf is refused")]
    Leaf(#[from] CustodyError),
    /// A row is not what was written.
    #[error("row of a session does not decode")]
    Row,
    /// The state of MLS is not read or written.
    #[error("state of MLS does not decode")]
    Store(#[from] StoreError),
    /// A row does not open or seal.
    #[error("row of a session does not open")]
    Vault(#[from] VaultError),
    /// MLS refuses what we ask of it.
    #[error("MLS refuses")]
    Mls,
}

impl SessionError {
    /// The code under which the failure leaves the crate.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Unknown | Self::NoSession => ErrorCode::ContactUnknown,
            Self::Inactive | Self::NoKeyPackage => ErrorCode::Busy,
            Self::Repeated => ErrorCode::TokenSpent,
            Self::Link => ErrorCode::RelayInvalid,
            Self::KeyPackage => ErrorCode::BadSignature,
            Self::Refused(_) => ErrorCode::NotAdmitted,
            Self::Format(error) => error.code(),
            Self::Blob(error) => error.code(),
            Self::Leaf(error) => error.code(),
            Self::Row | Self::Store(_) => ErrorCode::MalformedRecord,
            Self::Vault(error) => error.code(),
            Self::Mls => ErrorCode::Bug,
        }
    }
}

impl SessionError {
    /// Whether it may be what a blob holds, and not the state, that fails.
    pub(super) const fn is_of_blob(&self) -> bool {
        !matches!(self, Self::Row | Self::Store(_) | Self::Vault(_))
    }
}

/// What the relay, or a member, is caught at. The conversation goes on unless it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// A number that is not after the last one's.
    Sequence,
    /// A blob of ours, or a message that was opened, once more.
    Replayed,
    /// A blob that nobody of the group can have made.
    Forged,
    /// A blob of no version or type that we know, or parts that make no whole.
    Malformed,
    /// A Welcome that is not for us, not by whom it should be, or into another group.
    Welcome,
    /// A message of an epoch that is gone.
    StaleEpoch,
    /// A message of somebody who is not in the group any more.
    Removed,
    /// The relay says that there are blobs and does not show them.
    Withheld,
    /// A member's message breaks our formats.
    Message,
    /// A member floods: more assemblies than are kept.
    Flood,
    /// The relay refuses to take a blob.
    Refused(RelayCode),
}

/// Why a conversation stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StopReason {
    /// We left.
    Left,
    /// We were removed.
    Removed,
    /// Another took its place: the other side began anew.
    Replaced,
    /// The relay shows different blobs, or different epochs, to different members.
    Forked,
    /// Our state is older than what we have sent: it was put back.
    RolledBack,
    /// The others are in an epoch that we never saw.
    Lost,
    /// The stream holds something that was there before the answer.
    Taken,
    /// The relay does not have the stream any more: nobody used it for long, or it lost what it had.
    Gone,
}
