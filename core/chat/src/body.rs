//! What a content message says (docs/protocol.md, Sessions, "Chat").
//!
//! `{1 kind, …}`. Messages are named by 16 random bytes that their author draws; who the author is
//! says the leaf that sent them, and only an author changes a message.

use sotto_core::cbor::{CborError, Fields, MapWriter};
use sotto_protocol::ErrorCode;

/// Longest text of a message, in bytes of UTF-8.
pub(crate) const MAX_TEXT_LEN: usize = 16_000;
/// Longest emoji: some are sequences of many characters.
const MAX_EMOJI_LEN: usize = 64;

/// Fields that some kind has.
const KEYS: core::ops::RangeInclusive<u64> = 1..=9;

/// Id of a message.
pub(crate) type MessageId = [u8; 16];

/// A body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Kind 0, `{2 id, 3 text, 4? answered id}`: words.
    Text {
        /// Of the message.
        id: [u8; 16],
        /// The words.
        text: String,
        /// The message answered.
        reply_to: Option<[u8; 16]>,
    },
    /// Kind 1, `{2 id, 3 text}`: other words for a message of the author's.
    Edit {
        /// Of the message.
        id: [u8; 16],
        /// The words.
        text: String,
    },
    /// Kind 2, `{2 id}`: a message of the author's is taken back.
    Delete {
        /// Of the message.
        id: [u8; 16],
    },
    /// Kind 3, `{2 id, 3 emoji, 5 on}`: a reaction.
    React {
        /// Of the message.
        id: [u8; 16],
        /// The emoji.
        emoji: String,
        /// Given, or taken back.
        on: bool,
    },
    /// Kind 4, `{6 delivered, 7? read}`: this device has everything up to a number of the stream,
    /// and the person has seen everything up to another one.
    Receipt {
        /// The last number that came.
        delivered: u64,
        /// The last number that was seen.
        read: Option<u64>,
    },
    /// Kind 5, `{8 stream, 9 token}`, between two alone: the author's mailbox takes letters through
    /// this token, which nobody else has.
    Mailbox {
        /// The mailbox that the token is for.
        stream: [u8; 16],
        /// The capability to write.
        token: [u8; 32],
    },
}

/// Why bytes are no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Not the encoding of a body.
    #[error("body does not decode")]
    Cbor(#[from] CborError),
    /// A kind of a newer version.
    #[error("body has kind {kind}")]
    Kind {
        /// The kind found.
        kind: u64,
    },
    /// A text that none may have.
    #[error("text of a body is out of range")]
    Text,
}

impl BodyError {
    /// The code under which the failure leaves the crate.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Cbor(error) => error.code(),
            Self::Kind { .. } => ErrorCode::NewerVersion,
            Self::Text => ErrorCode::MalformedMessage,
        }
    }

    /// Whether a newer version wrote it.
    pub(crate) const fn is_newer(&self) -> bool {
        matches!(
            self,
            Self::Kind { .. } | Self::Cbor(CborError::NewerVersion { .. })
        )
    }
}

/// Words that may stand in a message.
pub(crate) fn is_text(text: &str) -> bool {
    (1..=MAX_TEXT_LEN).contains(&text.len()) && !text.trim().is_empty()
}

/// A reaction: few characters, none of them a letter, a space or a control character.
pub(crate) fn is_emoji(text: &str) -> bool {
    let is_refused =
        |letter: char| letter.is_control() || letter.is_whitespace() || letter.is_alphabetic();
    (1..=MAX_EMOJI_LEN).contains(&text.len()) && !text.contains(is_refused) && !text.is_ascii()
}

impl Body {
    /// The bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Text { id, text, reply_to } => MapWriter::new()
                .uint(1, 0)
                .bytes(2, id)
                .text(3, text)
                .bytes_if(4, reply_to.as_ref().map(<[u8; 16]>::as_slice))
                .finish(),
            Self::Edit { id, text } => MapWriter::new()
                .uint(1, 1)
                .bytes(2, id)
                .text(3, text)
                .finish(),
            Self::Delete { id } => MapWriter::new().uint(1, 2).bytes(2, id).finish(),
            Self::React { id, emoji, on } => MapWriter::new()
                .uint(1, 3)
                .bytes(2, id)
                .text(3, emoji)
                .bool(5, *on)
                .finish(),
            Self::Receipt { delivered, read } => MapWriter::new()
                .uint(1, 4)
                .uint(6, *delivered)
                .uint_if(7, *read)
                .finish(),
            Self::Mailbox { stream, token } => MapWriter::new()
                .uint(1, 5)
                .bytes(8, stream)
                .bytes(9, token)
                .finish(),
        }
    }

    /// Reads a body. Fields that its kind does not have are refused.
    ///
    /// # Errors
    /// [`BodyError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, BodyError> {
        let mut fields = Fields::parse(bytes, KEYS)?;
        let kind = fields.require(1)?.uint()?;
        let body = match kind {
            0 => Self::Text {
                id: fields.require(2)?.array()?,
                text: text(&mut fields, is_text)?,
                reply_to: fields.take(4).map(|id| id.array()).transpose()?,
            },
            1 => Self::Edit {
                id: fields.require(2)?.array()?,
                text: text(&mut fields, is_text)?,
            },
            2 => Self::Delete {
                id: fields.require(2)?.array()?,
            },
            3 => Self::React {
                id: fields.require(2)?.array()?,
                emoji: text(&mut fields, is_emoji)?,
                on: fields.require(5)?.bool()?,
            },
            4 => Self::Receipt {
                delivered: fields.require(6)?.uint()?,
                read: fields.take(7).map(|seq| seq.uint()).transpose()?,
            },
            5 => Self::Mailbox {
                stream: fields.require(8)?.array()?,
                token: fields.require(9)?.array()?,
            },
            kind => return Err(BodyError::Kind { kind }),
        };
        if KEYS.into_iter().any(|key| fields.take(key).is_some()) {
            return Err(BodyError::Text);
        }
        Ok(body)
    }
}

fn text(fields: &mut Fields<'_>, is_fit: impl Fn(&str) -> bool) -> Result<String, BodyError> {
    let text = fields.require(3)?.text_up_to(MAX_TEXT_LEN)?;
    if is_fit(text) {
        Ok(text.to_owned())
    } else {
        Err(BodyError::Text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Body, BodyError, is_emoji};

    #[test]
    fn every_kind_comes_back() {
        let id = [7; 16];
        let bodies = [
            Body::Text {
                id,
                text: "hello".into(),
                reply_to: Some([8; 16]),
            },
            Body::Edit {
                id,
                text: "hallo".into(),
            },
            Body::Delete { id },
            Body::React {
                id,
                emoji: "👍".into(),
                on: true,
            },
            Body::Receipt {
                delivered: 9,
                read: None,
            },
            Body::Mailbox {
                stream: [1; 16],
                token: [2; 32],
            },
        ];
        for body in bodies {
            assert_eq!(Body::decode(&body.encode()), Ok(body));
        }
    }

    #[test]
    fn what_is_no_body_is_refused() {
        use sotto_core::cbor::MapWriter;
        let newer = MapWriter::new().uint(1, 99).finish();
        assert_eq!(Body::decode(&newer), Err(BodyError::Kind { kind: 99 }));
        let foreign = MapWriter::new().uint(1, 2).bytes(2, &[1; 16]).bool(5, true);
        assert_eq!(Body::decode(&foreign.finish()), Err(BodyError::Text));
        let blank = MapWriter::new().uint(1, 1).bytes(2, &[1; 16]).text(3, " ");
        assert_eq!(Body::decode(&blank.finish()), Err(BodyError::Text));
        assert!(Body::decode(b"").is_err());
    }

    #[test]
    fn an_emoji_is_no_word() {
        assert!(["👍", "❤️", "👩‍💻", "🇫🇷"].iter().all(|it| is_emoji(it)));
        assert!(
            ["", "a", "1", "ok", "é", "a👍", "👍 👍"]
                .iter()
                .all(|it| !is_emoji(it))
        );
    }
}
