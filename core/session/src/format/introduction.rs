//! The first message to a contact: a letter that carries a KeyPackage and where to answer.

use core::fmt;

use serde::{Deserialize, Serialize};
use sotto_core::cbor::{Fields, MapWriter};
use sotto_core::identity::card::RelayOrigin;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{ConversationId, FormatError};

/// Bytes of an introduction: what a public mailbox takes, less the letter around it.
const MAX_LEN: usize = 48_000;
/// Introductions are padded to a multiple of this.
const PADDING: usize = 512;
const MAX_TEXT: usize = 16_384;
const MAX_PACKAGE: usize = 8_192;

/// A stream and what one may do with it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Link {
    /// The relay's origin, `wss://…`.
    pub relay: String,
    /// The stream's id.
    #[serde(with = "serde_bytes")]
    pub stream: [u8; 16],
    /// The capability to write.
    #[serde(with = "serde_bytes")]
    pub write: [u8; 32],
    /// The capability to read.
    #[serde(with = "serde_bytes")]
    pub read: [u8; 32],
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link(..)")
    }
}

impl Link {
    /// Whether it is that stream of that relay.
    #[must_use]
    pub fn is(&self, relay: &str, stream: &[u8; 16]) -> bool {
        self.relay == relay && self.stream == *stream
    }

    /// Whether both are of one stream.
    pub(crate) fn is_of(&self, other: &Self) -> bool {
        self.is(&other.relay, &other.stream)
    }

    /// `{1 relay, 2 stream, 3 write, 4 read}`.
    pub(super) fn to_map(&self) -> MapWriter {
        MapWriter::new()
            .text(1, &self.relay)
            .bytes(2, &self.stream)
            .bytes(3, &self.write)
            .bytes(4, &self.read)
    }

    pub(super) fn from_map(mut fields: Fields<'_>) -> Result<Self, FormatError> {
        let relay = fields.require(1)?.text_up_to(256)?;
        RelayOrigin::parse(relay).ok_or(FormatError::Range)?;
        Ok(Self {
            relay: relay.to_owned(),
            stream: fields.require(2)?.array()?,
            write: fields.require(3)?.array()?,
            read: fields.require(4)?.array()?,
        })
    }
}

/// `{1 conversation, 2 KeyPackage, 3 link, 4? text, 5 padding}`: the content of a letter of kind 3
/// with the type `application/vnd.sotto.introduction`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Introduction {
    /// The id that the answer's group must have.
    pub conversation: ConversationId,
    /// A KeyPackage (RFC 9420 §10), for one use.
    pub key_package: Vec<u8>,
    /// Where the answer is awaited.
    pub link: Link,
    /// The first words.
    pub text: Option<String>,
}

impl Introduction {
    /// The content type of the letter.
    pub const CONTENT_TYPE: &'static str = "application/vnd.sotto.introduction";

    /// The content of the letter, padded.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let bare = self.with_padding(0).len();
        // Two bytes more than the shortest head of the padding, and never none.
        let room = bare
            .saturating_add(2)
            .next_multiple_of(PADDING)
            .saturating_sub(bare);
        (0..=room)
            .rev()
            .map(|len| self.with_padding(len))
            .find(|bytes| bytes.len().is_multiple_of(PADDING))
            .unwrap_or_else(|| self.with_padding(room))
    }

    fn with_padding(&self, len: usize) -> Vec<u8> {
        MapWriter::new()
            .bytes(1, &self.conversation.0)
            .bytes(2, &self.key_package)
            .map(3, &self.link.to_map())
            .text_if(4, self.text.as_deref())
            .bytes(5, &vec![0; len])
            .finish()
    }

    /// Reads the content of a letter.
    ///
    /// # Errors
    /// [`FormatError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        if bytes.len() > MAX_LEN {
            return Err(FormatError::TooLong { len: bytes.len() });
        }
        let mut fields = Fields::parse(bytes, 1..=5)?;
        let key_package = fields.require(2)?.bytes()?.to_vec();
        let padding = fields.require(5)?.bytes()?;
        if key_package.len() > MAX_PACKAGE || padding.iter().any(|byte| *byte != 0) {
            return Err(FormatError::Range);
        }
        Ok(Self {
            conversation: ConversationId(fields.require(1)?.array()?),
            key_package,
            link: Link::from_map(fields.require(3)?.fields(1..=4)?)?,
            text: match fields.take(4) {
                Some(text) => Some(text.text_up_to(MAX_TEXT)?.to_owned()),
                None => None,
            },
        })
    }
}
