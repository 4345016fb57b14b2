//! What was inside, once it has been opened to its last byte.

use core::fmt;

use zeroize::Zeroizing;

use super::Entity;

/// What a password opened. Nothing proves who wrote it.
#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    /// Text, its lines ended by LF.
    Text {
        /// The subject that it claims.
        subject: Option<String>,
        /// The text.
        text: Zeroizing<String>,
    },
    /// A file.
    File {
        /// The name that it claims.
        name: Option<String>,
        /// Its bytes.
        bytes: Zeroizing<Vec<u8>>,
    },
    /// Bytes that say nothing of themselves, as stock age seals them.
    Bytes(Zeroizing<Vec<u8>>),
}

impl Content {
    /// Joins what an opening found with the bytes that it gave. Text that is no UTF-8 is bytes.
    #[must_use]
    pub fn new(entity: Option<Entity>, body: Zeroizing<Vec<u8>>) -> Self {
        match entity {
            Some(Entity::Text { subject }) => match read_text(&body) {
                Some(text) => Self::Text { subject, text },
                None => Self::Bytes(body),
            },
            Some(Entity::File { name, .. }) => Self::File { name, bytes: body },
            None => Self::Bytes(body),
        }
    }

    /// What can be shown as text: a text, or bytes that are nothing but text.
    #[must_use]
    pub fn text(&self) -> Option<Zeroizing<String>> {
        match self {
            Self::Text { text, .. } => Some(text.clone()),
            Self::File { .. } => None,
            Self::Bytes(bytes) => read_text(bytes).filter(|text| is_shown(text)),
        }
    }

    /// What can be saved: a file, or bytes.
    #[must_use]
    pub fn file(&self) -> Option<&[u8]> {
        match self {
            Self::Text { .. } => None,
            Self::File { bytes, .. } | Self::Bytes(bytes) => Some(bytes),
        }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text { .. } => "Text(..)",
            Self::File { .. } => "File(..)",
            Self::Bytes(_) => "Bytes(..)",
        })
    }
}

/// Leaves out the padding, and CR before LF.
fn read_text(body: &[u8]) -> Option<Zeroizing<String>> {
    let text = core::str::from_utf8(body).ok()?;
    let text = text.trim_end_matches('\n');
    let mut lines = Zeroizing::new(String::with_capacity(text.len()));
    for (at, line) in text.split("\r\n").enumerate() {
        if at > 0 {
            lines.push('\n');
        }
        lines.push_str(line);
    }
    Some(lines)
}

/// Bytes are taken for text only where every character can be seen.
fn is_shown(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|letter| !letter.is_control() || matches!(letter, '\n' | '\t' | '\r'))
}
