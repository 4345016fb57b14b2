/// What the content of a letter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Plain text, UTF-8.
    Text,
    /// A MIME entity.
    Mail,
    /// A file, byte for byte.
    File,
}

impl Kind {
    /// The number of the kind (docs/protocol.md, Letter, key 3).
    #[must_use]
    pub const fn code(self) -> u64 {
        match self {
            Self::Text => 1,
            Self::Mail => 2,
            Self::File => 3,
        }
    }

    pub(super) const fn from_code(code: u64) -> Option<Self> {
        match code {
            1 => Some(Self::Text),
            2 => Some(Self::Mail),
            3 => Some(Self::File),
            _ => None,
        }
    }

    /// Whether the content is followed by padding. A file is not: stock age must give it exactly.
    pub(super) const fn is_padded(self) -> bool {
        match self {
            Self::Text | Self::Mail => true,
            Self::File => false,
        }
    }
}
