//! The age v1 file format, strict (<https://age-encryption.org/v1>, C2SP `age.md`).
//!
//! An age file is a textual header, which wraps one random file key for every recipient, and a
//! binary payload of 64 KiB chunks sealed under a key derived from the file key. Here each section
//! of the specification has its own file:
//!
//! | section | file |
//! |---|---|
//! | file key, derived keys | [`FileKey`] |
//! | header, recipient stanza, header MAC | [`Header`], [`HeaderParser`], [`Stanza`] |
//! | payload (STREAM) | [`PayloadKey`], [`PayloadSealer`], [`PayloadOpener`] |
//! | native recipient types | [`Recipient`], [`Identity`], [`Passphrase`] |
//! | ASCII armor (RFC 7468) | [`armor`] |
//!
//! Two more are ours: the one-line form for chats ([`line`]) and the tolerant search for blocks in
//! text that services have rewritten ([`extract`]). Tolerance ends there: everything that parses
//! is strict, canonical and bounded by [`Limits`] before anything is decoded.
//!
//! Plaintext leaves this module only in chunks whose tag has been verified.

pub mod armor;
mod bech32;
mod chunk_cipher;
mod error;
pub mod extract;
mod file;
mod file_key;
mod file_opener;
mod header;
mod header_parser;
mod identity;
mod kdf;
mod limits;
pub mod line;
mod mlkem768x25519;
mod opener;
mod payload;
mod recipient;
mod scrypt;
mod sealer;
mod stanza;
mod x25519;

pub use error::AgeError;
pub use file::{open, seal};
pub use file_key::FileKey;
pub use file_opener::FileOpener;
pub use header::Header;
pub use header_parser::HeaderParser;
pub use identity::{Identity, Unwrapped, unwrap};
pub(crate) use kdf::derive_key;
pub use limits::Limits;
pub use opener::PayloadOpener;
pub use payload::{CHUNK_LEN, PayloadKey, PayloadNonce, Place, SEALED_CHUNK_LEN, TAG_LEN};
pub use recipient::{Recipient, RecipientType, wrap_for_all};
pub use scrypt::{MAX_WORK_FACTOR, Passphrase, ScryptKey, ScryptSetting, WORK_FACTOR};
pub use sealer::PayloadSealer;
pub use stanza::Stanza;
