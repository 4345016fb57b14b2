use sotto_protocol::ErrorCode;

use crate::identity::CodeMismatch;
use crate::identity::card::CardError;

/// Why the address book refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContactsError {
    /// No such contact.
    #[error("no such contact")]
    Unknown,
    /// The contact is blocked.
    #[error("contact is blocked")]
    Blocked,
    /// The relation of card and contact is not the one that the person saw, or another key waits
    /// for a decision.
    #[error("contact changed and the person has not decided")]
    Changed,
    /// The card is the person's own.
    #[error("card is the person's own")]
    OwnCard,
    /// The card is older than the newest accepted.
    #[error("card is older than the newest accepted")]
    OlderCard,
    /// Another contact has the address.
    #[error("address belongs to another contact")]
    AddressClash,
    /// The key stands on a contact's card.
    #[error("key stands on the card of a contact")]
    KeyKnown,
    /// There is nothing that waits for a decision.
    #[error("nothing waits for a decision")]
    NothingPending,
    /// The card is refused.
    #[error("card is refused")]
    Card(#[from] CardError),
    /// The scanned code is not of this pair.
    #[error("scanned code is not of this pair")]
    Code(#[from] CodeMismatch),
}

impl ContactsError {
    /// The code under which the failure leaves the crate.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Unknown | Self::NothingPending => ErrorCode::ContactUnknown,
            Self::Blocked => ErrorCode::ContactBlocked,
            Self::Changed => ErrorCode::ContactChanged,
            Self::OwnCard => ErrorCode::CardOwn,
            Self::OlderCard => ErrorCode::CardOlder,
            Self::AddressClash => ErrorCode::AddressClash,
            Self::KeyKnown => ErrorCode::KeyKnown,
            Self::Card(error) => error.code(),
            Self::Code(error) => error.code(),
        }
    }
}
