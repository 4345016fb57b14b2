//! Password letters and files, for people without Sotto (docs/protocol.md, Password letters).
//!
//! A password letter is an age file whose only stanza is of type scrypt. Whoever has the password
//! can write one, so there is no seal and no sender's proof: what [`Content`] says of itself is a
//! claim of whoever wrote it. Name, subject and type travel inside as the header of a MIME entity
//! ([`Entity`]), so that outsiders do not see them and stock age still opens the file.
//!
//! Deriving a key takes most of a second and a quarter of a gigabyte, which is why it is apart:
//! [`Password`] → [`crate::age::Passphrase::derive`] → [`Sealing`] or [`Opening`].

mod content;
mod entity;
mod name;
mod opening;
mod sealing;
mod secret;

pub use content::Content;
pub use entity::{Entity, MAX_HEAD_LEN};
pub use name::suggested_name;
pub use opening::{Opening, open};
pub use sealing::{Sealing, seal_text};
pub use secret::{MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS, Password};

#[cfg(test)]
mod tests;
