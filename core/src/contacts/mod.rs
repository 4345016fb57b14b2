//! The address book: whom the person trusts, how far, and why (docs/protocol.md, Contact card).
//!
//! Only the person moves a contact to `known` ([`AddressBook::accept`]), `verified`
//! ([`AddressBook::compared`]) or `blocked`. What arrives by itself ([`AddressBook::notice`]) can
//! bring newer keys of the same identity, or warn: it never raises trust.

mod book;
mod contact;
mod error;
mod id;
mod key_contact;
mod keys;
mod log;
mod show;
#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a test that overflows fails, as it should"
)]
mod tests;

pub use book::{AddressBook, is_same_address};
pub use contact::{Carried, Challenger, Contact};
pub use error::ContactsError;
pub use id::ContactId;
pub use key_contact::KeyContact;
pub use log::LetterLog;
pub use show::{
    card_code_text, comparing, safety_code_bytes, safety_code_text, show_brief, show_card,
    show_contact, show_key_brief,
};
