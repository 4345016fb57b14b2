use sotto_protocol::ErrorCode;

use crate::age::AgeError;
use crate::cbor::CborError;
use crate::identity::card::CardError;
use crate::identity::{KeyError, KeyringError};
use crate::vault::VaultError;

/// Why the custodian refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CustodyError {
    /// No keys are at hand.
    #[error("custodian is locked")]
    Locked,
    /// The header is not well formed or opens for no key.
    #[error("header does not open")]
    Header(#[from] AgeError),
    /// Bytes follow the header.
    #[error("bytes follow the header")]
    Trailing,
    /// The map of a statement does not decode.
    #[error("statement does not decode")]
    Cbor(#[from] CborError),
    /// The card to be signed is refused.
    #[error("card is refused")]
    Card(#[from] CardError),
    /// A key in a statement is refused.
    #[error("key in the statement is refused")]
    Key(#[from] KeyError),
    /// The keyring refuses a key.
    #[error("keyring refuses")]
    Keyring(#[from] KeyringError),
    /// The vault does not seal.
    #[error("vault refuses")]
    Vault(#[from] VaultError),
    /// The statement speaks for another identity.
    #[error("statement speaks for another identity")]
    ForeignIdentity,
    /// The card lists a recipient key that is not a current one of this keyring.
    #[error("card lists a foreign recipient key {index}")]
    ForeignRecipient {
        /// Its place, from 0.
        index: usize,
    },
    /// The statement is longer than any that fits its frame.
    #[error("statement has {len} bytes")]
    TooLong {
        /// The length found.
        len: usize,
    },
    /// A leaf that never holds, or whose group id has another length than 0 or 16.
    #[error("leaf statement is refused")]
    Leaf,
    /// A key cannot succeed itself.
    #[error("successor statement is refused")]
    Successor,
}

impl CustodyError {
    /// The code under which the failure leaves the crate.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Locked => ErrorCode::VaultLocked,
            Self::Header(error) => error.code(),
            Self::Cbor(error) => error.code(),
            Self::Card(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Keyring(error) => error.code(),
            Self::Vault(error) => error.code(),
            Self::Trailing => ErrorCode::MalformedHeader,
            Self::TooLong { .. } => ErrorCode::TooLarge,
            // Only a defect asks for these: no person can.
            Self::ForeignIdentity
            | Self::ForeignRecipient { .. }
            | Self::Leaf
            | Self::Successor => ErrorCode::Bug,
        }
    }
}
