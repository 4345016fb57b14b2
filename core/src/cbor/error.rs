use sotto_protocol::ErrorCode;

/// Why bytes are not the one valid encoding of the object expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CborError {
    /// The input ends inside an item.
    #[error("item is cut off at byte {offset}")]
    Truncated {
        /// Where the item begins.
        offset: usize,
    },
    /// A length or number is written in more bytes than needed.
    #[error("head at byte {offset} is not the shortest")]
    NotShortest {
        /// Where the head begins.
        offset: usize,
    },
    /// An indefinite length, or the break that ends one.
    #[error("indefinite length at byte {offset}")]
    Indefinite {
        /// Where the head begins.
        offset: usize,
    },
    /// A tag, a float, or a simple value other than `false`, `true` and `null`.
    #[error("type at byte {offset} is not allowed")]
    Forbidden {
        /// Where the head begins.
        offset: usize,
    },
    /// A text string is not UTF-8.
    #[error("text at byte {offset} is not UTF-8")]
    NotUtf8 {
        /// Where the item begins.
        offset: usize,
    },
    /// A map key is no unsigned integer.
    #[error("map key at byte {offset} is no unsigned integer")]
    KeyType {
        /// Where the key begins.
        offset: usize,
    },
    /// A map key is repeated or not greater than the one before it.
    #[error("map key at byte {offset} is repeated or unsorted")]
    KeyOrder {
        /// Where the key begins.
        offset: usize,
    },
    /// Arrays and maps are nested deeper than [`super::MAX_DEPTH`].
    #[error("nested too deeply at byte {offset}")]
    TooDeep {
        /// Where the container begins.
        offset: usize,
    },
    /// Bytes follow the item.
    #[error("bytes follow the item at byte {offset}")]
    Trailing {
        /// Where the item ended.
        offset: usize,
    },
    /// A key that must be there is not.
    #[error("key {key} is missing")]
    Missing {
        /// The key.
        key: u64,
    },
    /// A value is of another type than its key demands.
    #[error("value of key {key} is of another type")]
    Type {
        /// The key; 0 for an item that stands alone.
        key: u64,
    },
    /// A value is of the right type, but not of an accepted length or size.
    #[error("value of key {key} is out of range")]
    Range {
        /// The key; 0 for an item that stands alone.
        key: u64,
    },
    /// A key below [`super::KEEP_UNKNOWN_FROM`] that this version does not know.
    #[error("key {key} belongs to a newer version")]
    NewerVersion {
        /// The key.
        key: u64,
    },
}

impl CborError {
    /// The code under which the failure leaves the crate.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::NewerVersion { .. } => ErrorCode::NewerVersion,
            Self::Truncated { .. }
            | Self::NotShortest { .. }
            | Self::Indefinite { .. }
            | Self::Forbidden { .. }
            | Self::NotUtf8 { .. }
            | Self::KeyType { .. }
            | Self::KeyOrder { .. }
            | Self::TooDeep { .. }
            | Self::Trailing { .. }
            | Self::Missing { .. }
            | Self::Type { .. }
            | Self::Range { .. } => ErrorCode::MalformedCbor,
        }
    }
}
