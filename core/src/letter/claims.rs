use sotto_protocol::TimestampMs;

use super::envelope::{Envelope, MAX_RECIPIENTS, check_card, check_names};
use super::{Kind, LetterError, LetterId};
use crate::cbor::{ArrayWriter, Fields, MapWriter};
use crate::identity::IdentityKey;
use crate::identity::card::{Card, MAX_CARD_LEN};

/// What the sender of a letter says of it, and signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The sender's identity key.
    pub sender: IdentityKey,
    /// When the letter was sealed, by the sender's clock.
    pub sent_at: TimestampMs,
    /// What the content is.
    pub kind: Kind,
    /// Bytes of content, without padding.
    pub length: u64,
    /// BLAKE3-256 of the whole age plaintext, padding included.
    pub digest: [u8; 32],
    /// Entries of all recipients, ascending.
    pub(super) entries: Vec<[u8; 32]>,
    /// Revision of the sender's card.
    pub card_revision: u64,
    /// The sender's card, if it came along; its own signature and identity are verified.
    pub card: Option<Card>,
    /// Subject, or file name without a path.
    pub name: Option<String>,
    /// Content type of a file.
    pub content_type: Option<String>,
    /// The letter answered.
    pub reply_to: Option<LetterId>,
    /// Whom the sender got a file from that they send on: their word for it, nothing more.
    pub first_sender: Option<String>,
}

impl Claims {
    pub(super) fn new(envelope: Envelope, length: u64, digest: [u8; 32]) -> Self {
        let mut entries: Vec<_> = envelope
            .recipients
            .iter()
            .map(super::Addressee::entry)
            .collect();
        entries.sort_unstable();
        Self {
            sender: envelope.sender,
            sent_at: envelope.sent_at,
            kind: envelope.kind,
            length,
            digest,
            entries,
            card_revision: envelope.card_revision,
            card: envelope.card,
            name: envelope.name,
            content_type: envelope.content_type,
            reply_to: envelope.reply_to,
            first_sender: None,
        }
    }

    /// How many recipients the letter has, the sender included.
    #[must_use]
    pub const fn recipient_count(&self) -> usize {
        self.entries.len()
    }

    /// Whether the letter is sealed to this key as this person's. Who does not know the key cannot
    /// ask.
    #[must_use]
    pub fn names(&self, addressee: &super::Addressee) -> bool {
        self.entries.binary_search(&addressee.entry()).is_ok()
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let entries = self
            .entries
            .iter()
            .fold(ArrayWriter::new(), |array, entry| array.bytes(entry));
        MapWriter::new()
            .bytes(1, self.sender.as_bytes())
            .uint(2, self.sent_at.0)
            .uint(3, self.kind.code())
            .uint(4, self.length)
            .bytes(5, &self.digest)
            .array(6, &entries)
            .uint(7, self.card_revision)
            .bytes_if(8, self.card.as_ref().map(Card::as_bytes))
            .text_if(9, self.name.as_deref())
            .text_if(10, self.content_type.as_deref())
            .bytes_if(11, self.reply_to.as_ref().map(|id| id.0.as_slice()))
            .text_if(FIRST_SENDER, self.first_sender.as_deref())
            .finish()
    }

    /// Reads bytes whose signature has been verified.
    pub(super) fn decode(tbs: &[u8]) -> Result<Self, LetterError> {
        let mut fields = Fields::parse(tbs, 1..=11)?;
        let sender = IdentityKey::parse(fields.require(1)?.bytes()?);
        let mut claims = Self {
            sender: sender.map_err(LetterError::SenderKey)?,
            sent_at: TimestampMs(fields.require(2)?.uint()?),
            kind: Kind::from_code(fields.require(3)?.uint()?).ok_or(LetterError::NewerVersion)?,
            length: fields.require(4)?.uint()?,
            digest: fields.require(5)?.array()?,
            entries: decode_entries(&mut fields)?,
            card_revision: fields.require(7)?.uint()?,
            card: None,
            name: optional_text(&mut fields, 9)?,
            content_type: optional_text(&mut fields, 10)?,
            reply_to: None,
            first_sender: optional_text(&mut fields, FIRST_SENDER)?,
        };
        if let Some(card) = fields.take(8) {
            claims.card = Some(claims.decode_card(card.bytes()?)?);
        }
        if let Some(id) = fields.take(11) {
            claims.reply_to = Some(LetterId(id.array()?));
        }
        if claims
            .first_sender
            .as_deref()
            .is_some_and(|name| !is_person(name))
        {
            return Err(LetterError::Field { key: FIRST_SENDER });
        }
        check_names(
            claims.kind,
            claims.name.as_deref(),
            claims.content_type.as_deref(),
        )?;
        Ok(claims)
    }

    fn decode_card(&self, bytes: &[u8]) -> Result<Card, LetterError> {
        if bytes.len() > MAX_CARD_LEN {
            return Err(LetterError::Field { key: 8 });
        }
        let card = Card::parse(bytes)?;
        check_card(&card, &self.sender, self.card_revision)?;
        Ok(card)
    }
}

/// The key of [`Claims::first_sender`]: a version that does not know it ignores it.
const FIRST_SENDER: u64 = 129;
/// Longest name of a person, as on cards.
const MAX_PERSON_LEN: usize = 128;

/// Whether a text can stand as the name of a first sender.
pub(super) fn is_person(name: &str) -> bool {
    (1..=MAX_PERSON_LEN).contains(&name.len()) && !name.chars().any(char::is_control)
}

fn decode_entries(fields: &mut Fields<'_>) -> Result<Vec<[u8; 32]>, LetterError> {
    let items = fields.require(6)?.items(MAX_RECIPIENTS)?;
    let entries = items
        .iter()
        .map(|item| item.array())
        .collect::<Result<Vec<[u8; 32]>, _>>()?;
    let ascending = entries.is_sorted_by(|a, b| a < b) && !entries.is_empty();
    if ascending {
        Ok(entries)
    } else {
        Err(LetterError::Field { key: 6 })
    }
}

fn optional_text(fields: &mut Fields<'_>, key: u64) -> Result<Option<String>, LetterError> {
    Ok(fields
        .take(key)
        .map(|field| field.text().map(str::to_owned))
        .transpose()?)
}

/// Reads the sender alone from bytes that are not verified yet.
///
/// In deterministic CBOR, key 1 is the first of the map: `a?`/`b8 ??`, `01`, `58 21`, 33 bytes.
pub(super) fn peek_sender(tbs: &[u8]) -> Option<[u8; IdentityKey::LEN]> {
    let ([0xa1..=0xb7, entries @ ..] | [0xb8, _, entries @ ..]) = tbs else {
        return None;
    };
    entries
        .strip_prefix(&[0x01, 0x58, 0x21])?
        .first_chunk()
        .copied()
}
