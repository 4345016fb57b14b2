//! The line form for chats: `sotto1.` ‖ base64url of an age file, unpadded ‖ `.`
//!
//! One line without a character that services rewrite, so it may be split and joined anywhere.
//! Joining what was split is the matter of [`super::extract`]; here the form is strict.

use base64ct::{Base64UrlUnpadded, Encoding};

use super::AgeError;

/// How a line begins.
pub const PREFIX: &str = "sotto1.";
/// How a line ends.
pub const SUFFIX: char = '.';

/// Writes an age file as one line.
#[must_use]
pub fn encode(file: &[u8]) -> String {
    format!("{PREFIX}{}{SUFFIX}", Base64UrlUnpadded::encode_string(file))
}

/// Reads a line, without white space around or within it.
///
/// # Errors
/// [`AgeError::MalformedLine`] for anything but the canonical spelling.
pub fn decode(line: &str) -> Result<Vec<u8>, AgeError> {
    let base64 = line
        .strip_prefix(PREFIX)
        .and_then(|rest| rest.strip_suffix(SUFFIX));
    base64
        .filter(|base64| !base64.is_empty())
        .and_then(|base64| Base64UrlUnpadded::decode_vec(base64).ok())
        .ok_or(AgeError::MalformedLine)
}
