//! Why a request is refused.

use sotto_core::record::RecordError;
use sotto_core::vault::VaultError;
use sotto_protocol::ErrorCode;
use sotto_session::SessionError;

use crate::body::BodyError;

/// Why a request, or a row, is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChatError {
    /// No such conversation.
    #[error("no such conversation")]
    ConversationUnknown,
    /// No such message, or one that may not be changed.
    #[error("no such message")]
    MessageUnknown,
    /// The conversation is over.
    #[error("conversation is over")]
    Over,
    /// No such contact.
    #[error("no such contact")]
    ContactUnknown,
    /// The contact is blocked, or another key claims their address.
    #[error("contact is not to be written to: {0}")]
    Contact(ErrorCode),
    /// The contact's card names no mailbox.
    #[error("contact has no mailbox")]
    Unreachable,
    /// No relay was chosen.
    #[error("no relay was chosen")]
    NoRelay,
    /// There is no session with that person, or nothing to add them with.
    #[error("no session with that person")]
    NoSession,
    /// The rules of the group do not allow it.
    #[error("the group's rules do not allow it")]
    NotAllowed,
    /// A text that is longer than it may be.
    #[error("text has {len} bytes")]
    TooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// A field of a request is none of what it may be.
    #[error("request is malformed")]
    Malformed,
    /// A message's body.
    #[error("body is refused")]
    Body(#[from] BodyError),
    /// The session refuses.
    #[error("session refuses")]
    Session(#[from] SessionError),
    /// The vault is veiled: nothing is shown or said before it is unlocked.
    #[error("vault is veiled")]
    Veiled,
    /// A stored row does not decode.
    #[error("row does not decode")]
    Record(#[from] RecordError),
    /// A stored row does not open.
    #[error("row does not open")]
    Vault(#[from] VaultError),
}

impl ChatError {
    /// The code under which the failure leaves the crate.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::ConversationUnknown => ErrorCode::ConversationUnknown,
            Self::MessageUnknown => ErrorCode::MessageUnknown,
            Self::Over => ErrorCode::ConversationOver,
            Self::ContactUnknown => ErrorCode::ContactUnknown,
            Self::Contact(code) => *code,
            Self::Unreachable => ErrorCode::ContactUnreachable,
            Self::NoRelay => ErrorCode::RelayMissing,
            Self::NoSession => ErrorCode::SessionMissing,
            Self::NotAllowed => ErrorCode::NotAllowed,
            Self::TooLong { .. } => ErrorCode::MessageTooLong,
            Self::Malformed => ErrorCode::MalformedMessage,
            Self::Body(error) => error.code(),
            Self::Session(SessionError::Refused(_)) => ErrorCode::NotAllowed,
            Self::Session(SessionError::NoSession | SessionError::NoKeyPackage) => {
                ErrorCode::SessionMissing
            }
            Self::Session(error) => error.code(),
            Self::Veiled => ErrorCode::VaultLocked,
            Self::Record(error) => error.code(),
            Self::Vault(error) => error.code(),
        }
    }
}
