use sotto_protocol::ErrorCode;

use crate::cbor::CborError;
use crate::sealed_box::BoxError;

/// Why the vault does not open or seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The passphrase is empty or longer than [`super::MAX_PASSPHRASE_LEN`].
    #[error("passphrase has {len} bytes")]
    PassphraseLength {
        /// Its length in normal form C.
        len: usize,
    },
    /// The key derivation found no memory.
    #[error("no memory of {m_kib} KiB for the key derivation")]
    OutOfMemory {
        /// What it asked for.
        m_kib: u32,
    },
    /// The parameters are outside what is accepted.
    #[error("key derivation parameters are refused")]
    Params,
    /// The slot does not open: another passphrase, or a changed slot.
    #[error("slot does not open")]
    WrongPassphrase,
    /// The stored slot does not decode.
    #[error("slot does not decode")]
    Slot(#[source] CborError),
    /// A slot of a type that this version does not know.
    #[error("slot type {kind} is unknown")]
    SlotType {
        /// The number found.
        kind: u64,
    },
    /// A record of a format that this version does not know.
    #[error("record version {version} is unknown")]
    RecordVersion {
        /// The byte found.
        version: u8,
    },
    /// A record is empty.
    #[error("record is empty")]
    EmptyRecord,
    /// A record does not open: changed, moved to another row, or of another vault.
    #[error("record does not open")]
    Record(#[source] BoxError),
    /// The seed record does not hold a seed.
    #[error("seed record does not decode")]
    Seed(#[source] CborError),
    /// The session does not open: another session key, epoch or vault.
    #[error("session does not open")]
    Session(#[source] BoxError),
    /// Sealing was refused.
    #[error("value cannot be sealed")]
    Sealing(#[source] BoxError),
}

impl VaultError {
    /// The code under which the failure leaves the crate.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::PassphraseLength { .. } => ErrorCode::WeakPassphrase,
            Self::OutOfMemory { .. } => ErrorCode::OutOfMemory,
            Self::WrongPassphrase => ErrorCode::WrongPassphrase,
            Self::Slot(CborError::NewerVersion { .. })
            | Self::Seed(CborError::NewerVersion { .. })
            | Self::SlotType { .. }
            | Self::RecordVersion { .. } => ErrorCode::NewerVersion,
            Self::Params | Self::Slot(_) | Self::Seed(_) | Self::EmptyRecord | Self::Record(_) => {
                ErrorCode::VaultDamaged
            }
            Self::Session(_) => ErrorCode::VaultLocked,
            Self::Sealing(_) => ErrorCode::TooLarge,
        }
    }
}
