//! Who a person is: the keys, what others receive of them, and what both compare.

pub mod card;
mod compare;
mod key;
mod keyring;
mod seed;
mod words;

pub use compare::{CardQr, CodeMismatch, Fingerprint, SafetyCode, SafetyNumber};
pub use key::{IdentityKey, IdentitySecret, KeyError, Signature};
pub use keyring::{
    Export, KeyState, Keyring, KeyringError, MAX_KEYS, Origin, Owner, RECOVERY_WINDOW,
    RecipientEntry,
};
pub use seed::Seed;
pub use words::{RecoveryWords, WORD_COUNT, WordList, WordsError};
