use sotto_protocol::ErrorCode;

/// Why an age file, key or armor was refused.
///
/// Variants are facts. A page learns none of them: where a file came from a page only "could not
/// be opened" leaves the extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AgeError {
    /// The bytes do not begin with the version line of an age file.
    #[error("not an age file")]
    NotAge,
    /// An age file of a version other than v1.
    #[error("an age file of another version than v1")]
    UnsupportedVersion,
    /// A header line breaks the grammar; `line` counts from 1.
    #[error("header line {line} is malformed")]
    MalformedHeader {
        /// Line of the header, the version line being 1.
        line: usize,
    },
    /// The header is longer than [`super::Limits::header_len`].
    #[error("the header is longer than {limit} bytes")]
    HeaderTooLong {
        /// The limit in force, in bytes.
        limit: usize,
    },
    /// The header has more stanzas than [`super::Limits::stanzas`].
    #[error("the header has more than {limit} stanzas")]
    TooManyStanzas {
        /// The limit in force.
        limit: usize,
    },
    /// The input ended inside the header or the payload nonce.
    #[error("the file ends inside its header")]
    TruncatedHeader,
    /// A stanza of a native type whose arguments or body have the wrong shape.
    #[error("stanza {index} is malformed for its type")]
    MalformedStanza {
        /// Position of the stanza in the header, from 0.
        index: usize,
    },
    /// An X25519 share of small order: the shared secret would be zero.
    #[error("stanza {index} has an X25519 share of small order")]
    SmallOrderShare {
        /// Position of the stanza in the header, from 0.
        index: usize,
    },
    /// A scrypt stanza beside another stanza.
    #[error("a scrypt stanza is not alone in the header")]
    ScryptNotAlone,
    /// The scrypt work factor is above [`super::MAX_WORK_FACTOR`].
    #[error("the scrypt work factor is too high")]
    WorkFactorTooHigh,
    /// There is not enough memory for the scrypt work factor.
    #[error("memory is short for the scrypt work factor")]
    OutOfMemory,
    /// The passphrase does not open the stanza.
    #[error("the passphrase does not open the file")]
    WrongPassphrase,
    /// None of the identities opens any stanza.
    #[error("no stanza is for this identity")]
    NoMatch,
    /// The header MAC does not match the file key.
    #[error("the header MAC does not match")]
    HeaderMac,
    /// A payload chunk that does not authenticate, or not at its place.
    #[error("payload chunk {index} does not authenticate")]
    Chunk {
        /// Chunk number, from 0.
        index: u64,
    },
    /// A chunk whose length its place in the payload does not allow.
    #[error("payload chunk {index} has a length that its place does not allow")]
    ChunkLen {
        /// Chunk number, from 0.
        index: u64,
    },
    /// The payload ended before its final chunk.
    #[error("the payload ends before its final chunk")]
    TruncatedPayload,
    /// Bytes follow the final chunk.
    #[error("data follows the final chunk")]
    TrailingData,
    /// The same stream was used after it failed or after its end.
    #[error("the stream has already failed or ended")]
    StreamEnded,
    /// A recipient or identity that is no canonical Bech32 of a known type.
    #[error("not an age recipient or identity")]
    MalformedKey,
    /// A public key that is no valid point or ML-KEM key, or of small order.
    #[error("the recipient key is invalid")]
    InvalidRecipient,
    /// A file for nobody.
    #[error("there is no recipient")]
    NoRecipients,
    /// Post-quantum and classical recipients in one header.
    #[error("post-quantum and classical recipients are mixed")]
    MixedRecipients,
    /// A primitive refused to encrypt (only for inputs beyond its own limits).
    #[error("the cipher refused to encrypt")]
    Encrypt,
    /// A line of the ASCII armor breaks RFC 7468 §3 (strict); `line` counts from 1.
    #[error("armor line {line} is malformed")]
    MalformedArmor {
        /// Line of the armored text.
        line: usize,
    },
    /// The armor ends before its end marker.
    #[error("the armor has no end")]
    TruncatedArmor,
    /// A line form (`sotto1.….`) that is not canonical.
    #[error("the line form is malformed")]
    MalformedLine,
}

impl AgeError {
    /// The stable code of this failure.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::UnsupportedVersion => ErrorCode::NewerVersion,
            Self::NotAge
            | Self::MalformedHeader { .. }
            | Self::MalformedStanza { .. }
            | Self::SmallOrderShare { .. }
            | Self::ScryptNotAlone => ErrorCode::MalformedHeader,
            Self::HeaderTooLong { .. } | Self::TooManyStanzas { .. } => ErrorCode::TooLarge,
            Self::WorkFactorTooHigh => ErrorCode::WorkFactorTooHigh,
            Self::OutOfMemory => ErrorCode::OutOfMemory,
            Self::TruncatedHeader | Self::TruncatedPayload | Self::TruncatedArmor => {
                ErrorCode::Truncated
            }
            Self::WrongPassphrase => ErrorCode::WrongPassword,
            Self::NoMatch => ErrorCode::NotARecipient,
            Self::HeaderMac | Self::Chunk { .. } | Self::ChunkLen { .. } | Self::TrailingData => {
                ErrorCode::Tampered
            }

            Self::MalformedKey | Self::InvalidRecipient => ErrorCode::MalformedKey,
            Self::NoRecipients => ErrorCode::NoRecipient,
            Self::MixedRecipients => ErrorCode::MixedRecipients,
            Self::MalformedArmor { .. } => ErrorCode::MalformedArmor,
            Self::MalformedLine => ErrorCode::MalformedLine,
            Self::StreamEnded | Self::Encrypt => ErrorCode::Bug,
        }
    }
}
