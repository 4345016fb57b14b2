use sotto_protocol::{ErrorCode, Failure};

use crate::age::AgeError;
use crate::cbor::CborError;
use crate::contacts::ContactsError;
use crate::custody::CustodyError;
use crate::identity::card::CardError;
use crate::identity::{KeyringError, WordsError};
use crate::letter::LetterError;
use crate::record::RecordError;
use crate::vault::VaultError;

/// Why the application refuses a request. Nothing is written then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppError {
    /// The request needs an unlocked vault.
    #[error("vault is locked")]
    Locked,
    /// There is no identity yet.
    #[error("no identity in this profile")]
    NoIdentity,
    /// There is an identity already.
    #[error("this profile has an identity")]
    IdentityExists,
    /// A derived key that the request needs did not come along, or is another slot's.
    #[error("derived key is missing")]
    KeyMissing,
    /// A stored row is missing, of no known table, or does not open.
    #[error("stored row is missing or damaged")]
    RowDamaged,
    /// The name cannot stand in a card, or is not the person's.
    #[error("name is refused")]
    Name,
    /// The address cannot stand in a card.
    #[error("address is refused")]
    Address,
    /// A setting is out of its range.
    #[error("setting is out of range")]
    Setting,
    /// No relay's origin.
    #[error("relay is refused")]
    Relay,
    /// No relay's pass.
    #[error("pass of the relay is refused")]
    RelayPass,
    /// No relay was chosen.
    #[error("no relay was chosen")]
    NoRelay,
    /// The contact's card names no mailbox.
    #[error("contact is not reachable yet")]
    NotReachable,
    /// The words of the recovery check are wrong, or were never asked for.
    #[error("recovery check failed")]
    KitCheck,
    /// The recovery kit must be confirmed first.
    #[error("recovery kit is due")]
    KitDue,
    /// A text is longer than what takes it.
    #[error("text has {len} bytes")]
    TooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// The frame's token is unknown, late, or belongs to another document.
    #[error("frame token is unknown or spent")]
    TokenSpent,
    /// What should be a token of a frame is none.
    #[error("no token")]
    Token,
    /// The draft does not exist any more.
    #[error("no such draft")]
    DraftUnknown,
    /// What can be undone, answered or unparked does not exist.
    #[error("nothing of that kind is there")]
    NothingThere,
    /// The draft cannot be sealed as it stands.
    #[error("draft cannot be sealed: {0}")]
    Unsealable(ErrorCode),
    /// The names on the button are not those the letter would be sealed for.
    #[error("recipients changed since the button was painted")]
    OtherRecipients,
    /// Nothing sealed was found in the text.
    #[error("no letter and no card in the text")]
    NothingFound,
    /// No such sealing job, or it has no key left to go on with.
    #[error("no such job")]
    JobUnknown,
    /// The file has another length than when its sealing began.
    #[error("file changed while it was sealed")]
    FileChanged,
    /// A password opens the letter, and none came along.
    #[error("a password opens the letter")]
    PasswordNeeded,
    /// The file is no backup of this identity.
    #[error("no backup of this identity")]
    NoBackup,
    /// A contact or card is refused.
    #[error("contact is refused")]
    Contacts(#[from] ContactsError),
    /// A card is refused.
    #[error("card is refused")]
    Card(#[from] CardError),
    /// The vault refuses.
    #[error("vault refuses")]
    Vault(#[from] VaultError),
    /// The custodian refuses.
    #[error("custodian refuses")]
    Custody(#[from] CustodyError),
    /// A keyring is refused.
    #[error("keyring is refused")]
    Keyring(#[from] KeyringError),
    /// A letter is refused.
    #[error("letter is refused")]
    Letter(#[from] LetterError),
    /// An age file is refused.
    #[error("age file is refused")]
    Age(#[from] AgeError),
    /// Recovery words are refused.
    #[error("recovery words are refused")]
    Words(#[from] WordsError),
    /// A stored record does not decode.
    #[error("record does not decode")]
    Record(#[from] RecordError),
    /// A backup does not decode.
    #[error("backup does not decode")]
    Cbor(#[from] CborError),
    /// A state that the program itself rules out.
    #[error("a defect: {0}")]
    Defect(&'static str),
}

impl AppError {
    /// The code under which the failure leaves the crate.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Locked => ErrorCode::VaultLocked,
            Self::NoIdentity => ErrorCode::VaultMissing,
            Self::IdentityExists => ErrorCode::VaultExists,
            Self::RowDamaged => ErrorCode::VaultDamaged,
            Self::Name => ErrorCode::NameInvalid,
            Self::Address => ErrorCode::AddressInvalid,
            Self::Setting | Self::Token => ErrorCode::MalformedMessage,
            Self::Relay => ErrorCode::RelayInvalid,
            Self::RelayPass => ErrorCode::RelayPassNeeded,
            Self::NoRelay => ErrorCode::RelayMissing,
            Self::NotReachable => ErrorCode::ContactUnreachable,
            Self::KitCheck => ErrorCode::WordsCheckFailed,
            Self::KitDue => ErrorCode::KitDue,
            Self::TooLong { .. } => ErrorCode::TooLarge,
            Self::TokenSpent => ErrorCode::TokenSpent,
            Self::DraftUnknown => ErrorCode::DraftUnknown,
            Self::NothingThere | Self::NothingFound => ErrorCode::NothingFound,
            Self::Unsealable(code) => *code,
            Self::OtherRecipients => ErrorCode::ContactChanged,
            Self::JobUnknown => ErrorCode::JobUnknown,
            Self::FileChanged => ErrorCode::FileChanged,
            Self::PasswordNeeded => ErrorCode::PasswordNeeded,
            Self::NoBackup | Self::Cbor(_) => ErrorCode::MalformedRecord,
            Self::Contacts(error) => error.code(),
            Self::Card(error) => error.code(),
            Self::Vault(error) => error.code(),
            Self::Custody(error) => error.code(),
            Self::Keyring(error) => error.code(),
            Self::Letter(error) => error.code(),
            Self::Age(error) => error.code(),
            Self::Words(error) => error.code(),
            Self::Record(error) => error.code(),
            Self::KeyMissing | Self::Defect(_) => ErrorCode::Bug,
        }
    }

    /// The failure as it crosses a boundary.
    #[must_use]
    pub fn failure(&self) -> Failure {
        let detail = if let Self::TooLong { len } = self {
            u32::try_from(*len).ok()
        } else if let Self::Words(error) = self {
            error.detail()
        } else {
            None
        };
        Failure {
            code: self.code(),
            detail,
        }
    }
}
