use sotto_protocol::ErrorCode;

use crate::age::AgeError;
use crate::cbor::CborError;
use crate::identity::KeyError;

/// Why bytes are no contact card.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// The block around the card is not well formed.
    #[error("card armor does not decode")]
    Armor(#[from] AgeError),
    /// Longer than a card may be.
    #[error("card has {len} bytes")]
    TooLong {
        /// The length found.
        len: usize,
    },
    /// The lengths do not add up.
    #[error("card framing does not add up")]
    Framing,
    /// What is signed is not the encoding of a card.
    #[error("card does not decode")]
    Cbor(#[from] CborError),
    /// The identity key is refused.
    #[error("card has no valid identity key")]
    Key(#[from] KeyError),
    /// The card is not signed by the identity it names.
    #[error("card signature does not verify")]
    Signature,
    /// A recipient key is refused.
    #[error("recipient key {index} is refused")]
    Recipient {
        /// Its place, from 0.
        index: usize,
    },
    /// A recipient key of a type that this version does not know.
    #[error("recipient key {index} is of an unknown type")]
    RecipientType {
        /// Its place, from 0.
        index: usize,
    },
    /// Neither retired nor with a key that letters can be sealed to.
    #[error("card has no recipient key")]
    NoRecipient,
    /// The name is empty, too long or holds characters that do not show.
    #[error("name is refused")]
    Name,
    /// An address is empty, too long or holds characters that do not show.
    #[error("address {index} is refused")]
    Address {
        /// Its place, from 0.
        index: usize,
    },
    /// Two entries of a list are the same.
    #[error("an entry of the card is repeated")]
    Repeated,
    /// A relay is no `wss://host` (or loopback) origin.
    #[error("relay of device {index} is refused")]
    Relay {
        /// The device's place, from 0.
        index: usize,
    },
    /// A state that this version does not know.
    #[error("card state {state} is unknown")]
    State {
        /// The number found.
        state: u64,
    },
    /// Dated more than a day ahead.
    #[error("card is dated {ahead_ms} ms ahead")]
    Future {
        /// How far ahead.
        ahead_ms: u64,
    },
}

impl CardError {
    /// The code under which the failure leaves the crate.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Armor(error) => error.code(),
            Self::TooLong { .. } => ErrorCode::TooLarge,
            Self::Key(KeyError::Algorithm { .. })
            | Self::Cbor(CborError::NewerVersion { .. })
            | Self::RecipientType { .. }
            | Self::State { .. } => ErrorCode::NewerVersion,
            Self::Signature => ErrorCode::BadSignature,
            Self::Future { .. } => ErrorCode::CardFuture,
            Self::Name => ErrorCode::NameInvalid,
            Self::Address { .. } => ErrorCode::AddressInvalid,
            Self::Framing
            | Self::Cbor(_)
            | Self::Key(_)
            | Self::Recipient { .. }
            | Self::NoRecipient
            | Self::Repeated
            | Self::Relay { .. } => ErrorCode::MalformedCard,
        }
    }
}
