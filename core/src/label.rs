//! Domain labels: what a hash, a signature or a derived key is for.
//!
//! `L("x")` of docs/protocol.md is the ASCII text `sotto/v1/x` and a zero byte. No label is the
//! beginning of another, so bytes made for one purpose never serve a second.

/// A signed letter.
pub(crate) const LETTER: &[u8] = b"sotto/v1/letter\0";
/// The id of a letter.
pub(crate) const LETTER_ID: &[u8] = b"sotto/v1/letter-id\0";
/// An entry in a letter's list of recipients.
pub(crate) const RECIPIENT: &[u8] = b"sotto/v1/recipient\0";
/// A signed contact card.
pub(crate) const CARD: &[u8] = b"sotto/v1/card\0";
/// A signed leaf credential.
pub(crate) const LEAF: &[u8] = b"sotto/v1/leaf\0";
/// A signed statement that another identity follows.
pub(crate) const SUCCESSOR: &[u8] = b"sotto/v1/successor\0";
/// A fingerprint for comparing.
pub(crate) const SAFETY: &[u8] = b"sotto/v1/safety\0";
/// The eight words for comparing.
pub(crate) const WORDS: &[u8] = b"sotto/v1/words\0";
/// The id of a contact who is a plain age key.
pub(crate) const KEY_CONTACT: &[u8] = b"sotto/v1/key-contact\0";
/// The identity key, derived from the seed.
pub(crate) const DERIVE_ED25519: &[u8] = b"sotto/v1/identity/ed25519\0";
/// An X25519 recipient key, derived from the seed.
pub(crate) const DERIVE_X25519: &[u8] = b"sotto/v1/recipient/x25519\0";
/// A hybrid recipient key, derived from the seed.
pub(crate) const DERIVE_MLKEM768X25519: &[u8] = b"sotto/v1/recipient/mlkem768x25519\0";
