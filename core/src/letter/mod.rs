//! Letters: age files with a sender's proof (docs/protocol.md, Letter).
//!
//! A letter is an age file like any other, and one stanza more: the *seal*. Inside it, under a key
//! derived from the file key, are the sender's identity, the metadata, the digest of the content,
//! the list of all recipients and a signature over all of that. Implementations of age that do not
//! know the seal ignore it and still open the letter.
//!
//! **Sealing** has phases, because the payload is encrypted in one pass before the header exists
//! and because signing is the custodian's: [`Sealing::begin`] → [`Sealing::push`] →
//! [`Sealing::finish`] → [`Unsigned::statement`], which the custodian signs →
//! [`Unsigned::with_signature`].
//!
//! **Opening** has phases for the same reasons: [`Opening::new`] sorts letters from plain age
//! files → the custodian unwraps the file key ([`crate::age::unwrap`]) → [`SealedLetter::prove`]
//! checks MAC, seal, signature and addressee → [`Proved::open`] for what fits in memory, or
//! [`Proved::verify_first`] and [`VerifiedFile::decrypt`] for large files, or [`Segment`]s in
//! workers and [`Proved::agree`]. No function returns
//! content, name or sender that has not been verified whole.

mod addressee;
mod claims;
mod digest;
mod envelope;
mod error;
mod kind;
mod opening;
mod padding;
pub mod password;
mod proved;
mod seal_stanza;
mod sealing;
mod segments;
mod statement;
mod two_pass;

pub use addressee::Addressee;
pub use claims::Claims;
pub use envelope::{Envelope, MAX_CONTENT_TYPE_LEN, MAX_NAME_LEN, MAX_RECIPIENTS};
pub use error::LetterError;
pub use kind::Kind;
pub use opening::{Opening, SealedLetter, Unproved};
pub use padding::padded_len;
pub use proved::{Letter, Proof, Proved};
pub use seal_stanza::SEAL_TAG;
pub use sealing::{Prepared, Sealing, Unsigned, seal};
pub use segments::{ChunkDigest, Segment, digest_of};
pub use statement::{LetterId, Statement};
pub use two_pass::{FileDecryptor, FileVerifier, VerifiedFile};

#[cfg(test)]
mod tests;
