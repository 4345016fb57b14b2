//! The header of the MIME entity inside: one spelling, and nothing else is one.
//!
//! A subset of RFC 2045, 2183 and 6532, in this order, every line ended by CR LF:
//!
//! ```text
//! MIME-Version: 1.0
//! Content-Type: text/plain; charset=utf-8     (or, of a file, its type)
//! Content-Transfer-Encoding: binary
//! Subject: …                                  (text; left out when there is none)
//! Content-Disposition: attachment; filename="…"   (file; without a name: `attachment` alone)
//!                                             (an empty line)
//! ```

use crate::letter::envelope::{is_content_type, is_name};
use crate::letter::{Kind, LetterError};

/// Longest header of an entity, in bytes: every field at its limit fits.
pub const MAX_HEAD_LEN: usize = 1024;

const VERSION: &str = "MIME-Version: 1.0\r\n";
const TYPE: &str = "Content-Type: ";
const TEXT_TYPE: &str = "text/plain; charset=utf-8";
const ENCODING: &str = "Content-Transfer-Encoding: binary\r\n";
const SUBJECT: &str = "Subject: ";
const ATTACHMENT: &str = "Content-Disposition: attachment";
const FILE_NAME: &str = "; filename=\"";
const END: &str = "\r\n\r\n";

/// What the content says of itself: the claims of whoever wrote it, proved by nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entity {
    /// Plain text.
    Text {
        /// Subject, at most 512 bytes without control characters.
        subject: Option<String>,
    },
    /// A file, byte for byte.
    File {
        /// File name without a path, at most 512 bytes.
        name: Option<String>,
        /// Content type, at most 127 ASCII characters.
        content_type: String,
    },
}

/// What the first bytes of a payload turn out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// More bytes are needed to tell.
    Incomplete,
    /// An entity of ours; its content begins after so many bytes.
    Entity(Entity, usize),
    /// Anything else: content without a word about it.
    Absent,
}

impl Entity {
    /// The header, up to and including the empty line.
    ///
    /// # Errors
    /// [`LetterError::Field`] 9 for a subject or name that cannot stand there, 10 for the type.
    pub fn encode(&self) -> Result<String, LetterError> {
        match self {
            Self::Text { subject } => {
                let subject = match subject {
                    Some(subject) if !is_name(Kind::Text, subject) => {
                        return Err(LetterError::Field { key: 9 });
                    }
                    Some(subject) => format!("{SUBJECT}{subject}\r\n"),
                    None => String::new(),
                };
                Ok(format!(
                    "{VERSION}{TYPE}{TEXT_TYPE}\r\n{ENCODING}{subject}\r\n"
                ))
            }
            Self::File { name, content_type } => {
                if !is_file_type(content_type) {
                    return Err(LetterError::Field { key: 10 });
                }
                let name = match name {
                    Some(name) if !is_file_name(name) => {
                        return Err(LetterError::Field { key: 9 });
                    }
                    Some(name) => format!("{FILE_NAME}{name}\""),
                    None => String::new(),
                };
                Ok(format!(
                    "{VERSION}{TYPE}{content_type}\r\n{ENCODING}{ATTACHMENT}{name}\r\n\r\n"
                ))
            }
        }
    }

    /// Reads a header from the beginning of a payload. `whole`: there are no further bytes.
    pub(super) fn read(bytes: &[u8], whole: bool) -> Head {
        let version = VERSION.as_bytes();
        let is_other = bytes.iter().zip(version).any(|(byte, ours)| byte != ours);
        if is_other {
            return Head::Absent;
        }
        let searched = bytes.get(..MAX_HEAD_LEN).unwrap_or(bytes);
        let end = searched
            .windows(END.len())
            .position(|window| window == END.as_bytes());
        let Some(end) = end else {
            let more = !whole && bytes.len() < MAX_HEAD_LEN;
            return if more { Head::Incomplete } else { Head::Absent };
        };
        let len = end.saturating_add(END.len());
        let head = bytes
            .get(..len)
            .and_then(|head| core::str::from_utf8(head).ok());
        match head.and_then(Self::parse) {
            Some(entity) => Head::Entity(entity, len),
            None => Head::Absent,
        }
    }

    /// The entity at the beginning of a plaintext, and where its content begins. `whole`: `bytes`
    /// are all there is, or at least [`MAX_HEAD_LEN`].
    #[must_use]
    pub fn at_start(bytes: &[u8], whole: bool) -> Option<(Self, usize)> {
        match Self::read(bytes, whole) {
            Head::Entity(entity, taken) => Some((entity, taken)),
            Head::Incomplete | Head::Absent => None,
        }
    }

    /// The entity whose header is exactly `head`.
    fn parse(head: &str) -> Option<Self> {
        let rest = head.strip_prefix(VERSION)?.strip_prefix(TYPE)?;
        let (content_type, rest) = rest.split_once("\r\n")?;
        let field = rest.strip_prefix(ENCODING)?.strip_suffix("\r\n")?;
        let line = field.strip_suffix("\r\n");
        let entity = if content_type == TEXT_TYPE && !field.starts_with(ATTACHMENT) {
            let subject = line.map(|line| line.strip_prefix(SUBJECT).map(str::to_owned));
            Self::Text {
                subject: match subject {
                    Some(subject) => Some(subject?),
                    None => None,
                },
            }
        } else {
            let name = line?.strip_prefix(ATTACHMENT)?;
            let quoted = name.strip_prefix(FILE_NAME);
            let quoted = quoted.and_then(|name| name.strip_suffix('"'));
            Self::File {
                name: quoted.map(str::to_owned),
                content_type: content_type.to_owned(),
            }
        };
        // One spelling: what we would not have written is not ours.
        (entity.encode().ok()? == head).then_some(entity)
    }
}

/// A name that needs no escape inside the quotes.
fn is_file_name(name: &str) -> bool {
    is_name(Kind::File, name) && !name.contains('"')
}

/// A type and a subtype (RFC 6838 §4.2), perhaps with parameters.
fn is_file_type(text: &str) -> bool {
    is_content_type(text) && text.contains('/') && !text.contains('"')
}
