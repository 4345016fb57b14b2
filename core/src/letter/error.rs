use sotto_protocol::ErrorCode;

use crate::age::AgeError;
use crate::cbor::CborError;
use crate::identity::KeyError;
use crate::identity::card::CardError;

/// Why a letter was not sealed or not opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// The age file below.
    #[error("the age file is refused")]
    Age(#[from] AgeError),
    /// More than one seal, a seal that is not the last stanza, or one of the wrong shape.
    #[error("the seal is not one stanza of its shape at the end of the header")]
    SealShape,
    /// A stanza type of ours that this version does not know.
    #[error("the letter is of a newer version")]
    NewerVersion,
    /// The Box of the seal does not open: it belongs to another header or file key.
    #[error("the seal does not belong to this header")]
    SealTransplanted,
    /// Framing or padding inside the seal.
    #[error("the framing inside the seal is malformed")]
    SealFraming,
    /// The signed map is not what the protocol says.
    #[error("the signed map is malformed")]
    Cbor(#[from] CborError),
    /// A field of the signed map has a value that it must not have.
    #[error("field {key} of the signed map is malformed")]
    Field {
        /// Key of the field.
        key: u64,
    },
    /// The sender's identity key is no valid key.
    #[error("the sender's key is invalid")]
    SenderKey(#[source] KeyError),
    /// The signature is not by the sender over this letter.
    #[error("the signature does not verify")]
    Signature,
    /// Not as many entries as recipient stanzas.
    #[error("{entries} signed recipients for {stanzas} stanzas")]
    EntryCount {
        /// Entries in the signed map.
        entries: usize,
        /// Stanzas before the seal.
        stanzas: usize,
    },
    /// The letter opens with our key, but its sender sealed it to someone else.
    #[error("the sender did not seal this letter to us")]
    NotAddressed,
    /// The card inside is refused.
    #[error("the card in the letter is refused")]
    Card(#[from] CardError),
    /// The card inside is another person's or revision than the letter says.
    #[error("the card in the letter is not the sender's")]
    CardMismatch,
    /// The content is not as long as the sender signed.
    #[error("the content has another length than signed")]
    Length,
    /// The padding after the content is not the one of the protocol.
    #[error("the padding is malformed")]
    Padding,
    /// The content is not what the sender signed.
    #[error("the content is not what the sender signed")]
    Digest,
    /// A password that is too short or too long to seal with.
    #[error("password has {len} characters")]
    PasswordLength {
        /// Its length in characters.
        len: usize,
    },
    /// Chunk of the second pass differs from that of the first.
    #[error("chunk {index} changed between the passes")]
    Changed {
        /// Chunk number, from 0.
        index: u64,
    },
    /// The sender is not among the recipients.
    #[error("the sender is not among the recipients")]
    SelfMissing,
    /// A recipient is named twice.
    #[error("a recipient is named twice")]
    DuplicateRecipient,
    /// More than 128 recipients.
    #[error("{count} recipients are too many")]
    TooManyRecipients {
        /// How many were given.
        count: usize,
    },
    /// What is to be signed is too long even without the card.
    #[error("the seal is too long")]
    SealTooLong,
}

impl LetterError {
    /// The stable code of this failure.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Age(error) => error.code(),
            Self::NewerVersion | Self::Cbor(CborError::NewerVersion { .. }) => {
                ErrorCode::NewerVersion
            }
            Self::SealShape
            | Self::SealFraming
            | Self::Cbor(_)
            | Self::Field { .. }
            | Self::EntryCount { .. }
            | Self::Padding => ErrorCode::MalformedSeal,
            Self::SenderKey(error) => error.code(),
            Self::Card(error) => error.code(),
            Self::Signature => ErrorCode::BadSignature,
            Self::NotAddressed => ErrorCode::SealedToOther,
            Self::SealTransplanted
            | Self::CardMismatch
            | Self::Length
            | Self::Digest
            | Self::Changed { .. } => ErrorCode::Tampered,
            Self::PasswordLength { .. } => ErrorCode::WeakPassword,
            Self::SelfMissing | Self::DuplicateRecipient => ErrorCode::Bug,
            Self::TooManyRecipients { .. } | Self::SealTooLong => ErrorCode::TooLarge,
        }
    }
}
