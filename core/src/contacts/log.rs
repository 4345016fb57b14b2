use sotto_protocol::TimestampMs;

use super::ContactId;
use crate::cbor::{CborError, Fields, MapWriter};
use crate::identity::IdentityKey;
use crate::record::{Record, RecordError};

/// Letters whose ids are remembered per sender, the newest ones.
const MAX_SEEN: usize = 512;

/// What is remembered of the letters of one identity key: no content, only when and which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterLog {
    key: IdentityKey,
    /// When the first letter was opened.
    pub first: TimestampMs,
    /// When the latest letter was opened.
    pub last: TimestampMs,
    /// How many letters were opened, each once.
    pub count: u32,
    seen: Vec<[u8; 16]>,
}

impl LetterLog {
    /// A log without letters yet.
    #[must_use]
    pub const fn new(key: IdentityKey, now: TimestampMs) -> Self {
        Self {
            key,
            first: now,
            last: now,
            count: 0,
            seen: Vec::new(),
        }
    }

    /// Whether a letter was opened before.
    #[must_use]
    pub fn has_seen(&self, letter: &[u8; 16]) -> bool {
        self.seen.contains(letter)
    }

    /// Notes a letter that was not seen before.
    pub fn note(&mut self, letter: [u8; 16], now: TimestampMs) {
        if self.seen.len() >= MAX_SEEN {
            self.seen.remove(0);
        }
        self.seen.push(letter);
        self.count = self.count.saturating_add(1);
        self.last = now;
    }
}

impl Record for LetterLog {
    const TABLE: &'static str = "letters";

    fn key(&self) -> Vec<u8> {
        ContactId::of(&self.key).as_bytes().to_vec()
    }

    fn encode(&self) -> Vec<u8> {
        MapWriter::new()
            .bytes(1, self.key.as_bytes())
            .uint(2, self.first.0)
            .uint(3, self.last.0)
            .uint(4, u64::from(self.count))
            .bytes(5, self.seen.as_flattened())
            .finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut fields = Fields::parse(bytes, 1..=5)?;
        let key = fields.require(1)?;
        let (first, last) = (fields.require(2)?.uint()?, fields.require(3)?.uint()?);
        let count = fields.require(4)?.uint_as()?;
        let (seen, rest) = fields.require(5)?.bytes()?.as_chunks::<16>();
        if !rest.is_empty() || seen.len() > MAX_SEEN {
            return Err(CborError::Range { key: 5 }.into());
        }
        Ok(Self {
            key: IdentityKey::parse(key.bytes()?).map_err(|_| CborError::Range { key: 1 })?,
            first: TimestampMs(first),
            last: TimestampMs(last),
            count,
            seen: seen.to_vec(),
        })
    }
}
