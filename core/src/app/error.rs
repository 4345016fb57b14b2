use sotto_protocol::{ErrorCode, Failure};

/// Why the application refuses a request. Nothing is written then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppError {
    /// A block of a page is longer than [`super::MAX_BLOCK_LEN`].
    #[error("block has {len} bytes")]
    BlockTooLarge {
        /// Its length in bytes.
        len: usize,
    },
    /// The frame's token is unknown, late, or belongs to another document.
    #[error("frame token is unknown or spent")]
    TokenSpent,
    /// The request needs an unlocked vault.
    #[error("vault is locked")]
    Locked,
    /// There is no identity yet.
    #[error("no identity in this profile")]
    NoIdentity,
    /// There is an identity already.
    #[error("this profile has an identity")]
    IdentityExists,
    /// A state that the program itself rules out.
    #[error("a defect: {0}")]
    Defect(&'static str),
}

impl AppError {
    /// The code under which the failure leaves the crate.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::BlockTooLarge { .. } => ErrorCode::TooLarge,
            Self::TokenSpent => ErrorCode::TokenSpent,
            Self::Locked => ErrorCode::VaultLocked,
            Self::NoIdentity => ErrorCode::VaultMissing,
            Self::IdentityExists => ErrorCode::VaultExists,
            Self::Defect(_) => ErrorCode::Bug,
        }
    }

    /// The failure as it crosses a boundary.
    #[must_use]
    pub fn failure(&self) -> Failure {
        let detail = match self {
            Self::BlockTooLarge { len } => u32::try_from(*len).ok(),
            Self::TokenSpent
            | Self::Locked
            | Self::NoIdentity
            | Self::IdentityExists
            | Self::Defect(_) => None,
        };
        Failure {
            code: self.code(),
            detail,
        }
    }
}
