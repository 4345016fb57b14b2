//! Small records: invitations, parked letters, what was opened, what can be undone.

use sotto_protocol::TimestampMs;
use sotto_protocol::view::Trust;

use super::draft::Draft;
use crate::cbor::{ArrayWriter, CborError, Field, Fields, MapWriter};
use crate::contacts::{Contact, ContactId, KeyContact};
use crate::record::{Record, RecordError};

/// An address that was invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Invitation {
    pub(super) address: String,
    pub(super) at: TimestampMs,
    /// Who sealed a letter that came in a message from this address: whose card it waits for.
    pub(super) answered_by: Option<ContactId>,
}

impl Record for Invitation {
    const TABLE: &'static str = "invited";

    fn key(&self) -> Vec<u8> {
        invitation_key(&self.address)
    }

    fn encode(&self) -> Vec<u8> {
        let answered_by = self.answered_by.as_ref().map(|id| id.as_bytes().as_slice());
        let map = MapWriter::new().text(1, &self.address).uint(2, self.at.0);
        map.bytes_if(3, answered_by).finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut fields = Fields::parse(bytes, 1..=3)?;
        let id = |field: Field<'_>| field.array().map(ContactId::from_bytes);
        Ok(Self {
            address: fields.require(1)?.text()?.to_owned(),
            at: TimestampMs(fields.require(2)?.uint()?),
            answered_by: fields.take(3).map(id).transpose()?,
        })
    }
}

/// The row of an invitation.
pub(super) fn invitation_key(address: &str) -> Vec<u8> {
    address.trim().to_lowercase().into_bytes()
}

/// Sealed text with nowhere to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ParkedLetter {
    pub(super) id: [u8; 16],
    pub(super) text: String,
    pub(super) site: String,
    pub(super) names: Vec<String>,
    pub(super) until: TimestampMs,
    /// From a private window: kept in memory, for the browser's session.
    pub(super) private: bool,
}

impl Record for ParkedLetter {
    const TABLE: &'static str = "parked";

    fn key(&self) -> Vec<u8> {
        self.id.to_vec()
    }

    fn is_volatile(&self) -> bool {
        self.private
    }

    fn encode(&self) -> Vec<u8> {
        MapWriter::new()
            .bytes(1, &self.id)
            .text(2, &self.text)
            .text(3, &self.site)
            .array(4, &texts(&self.names))
            .uint(5, self.until.0)
            .bool(6, self.private)
            .finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut fields = Fields::parse(bytes, 1..=6)?;
        Ok(Self {
            private: fields.take(6).map_or(Ok(false), |field| field.bool())?,
            id: fields.require(1)?.array()?,
            text: fields.require(2)?.text()?.to_owned(),
            site: fields.require(3)?.text()?.to_owned(),
            names: read_texts(fields.require(4)?)?,
            until: TimestampMs(fields.require(5)?.uint()?),
        })
    }
}

/// A letter that was opened on a page, or in a surface (`tab` absent).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Opened {
    pub(super) letter: Option<[u8; 16]>,
    pub(super) sender: Option<ContactId>,
    pub(super) name: String,
    pub(super) trust: Option<Trust>,
    pub(super) subject: Option<String>,
    pub(super) title: String,
    pub(super) at: TimestampMs,
}

/// What was opened on one tab, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OpenedOnTab {
    pub(super) tab: Option<u32>,
    pub(super) letters: Vec<Opened>,
}

impl Record for OpenedOnTab {
    const TABLE: &'static str = "opened";

    fn key(&self) -> Vec<u8> {
        opened_key(self.tab)
    }

    fn encode(&self) -> Vec<u8> {
        let letters = self
            .letters
            .iter()
            .fold(ArrayWriter::new(), |array, letter| {
                array.map(&letter.to_map())
            });
        MapWriter::new()
            .uint_if(1, self.tab.map(u64::from))
            .array(2, &letters)
            .finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut fields = Fields::parse(bytes, 1..=2)?;
        let letters = fields.require(2)?.items(MAX_OPENED)?;
        Ok(Self {
            tab: fields.take(1).map(|tab| tab.uint_as()).transpose()?,
            letters: letters
                .into_iter()
                .map(Opened::decode)
                .collect::<Result<_, _>>()?,
        })
    }
}

/// Letters remembered per tab.
pub(super) const MAX_OPENED: usize = 16;

/// The row of a tab.
pub(super) fn opened_key(tab: Option<u32>) -> Vec<u8> {
    tab.map_or_else(Vec::new, |tab| tab.to_be_bytes().to_vec())
}

impl Opened {
    fn to_map(&self) -> MapWriter {
        MapWriter::new()
            .bytes_if(1, self.letter.as_ref().map(<[u8; 16]>::as_slice))
            .bytes_if(2, self.sender.as_ref().map(|id| id.as_bytes().as_slice()))
            .text(3, &self.name)
            .uint_if(4, self.trust.map(trust_code))
            .text_if(5, self.subject.as_deref())
            .text(6, &self.title)
            .uint(7, self.at.0)
    }

    fn decode(field: Field<'_>) -> Result<Self, CborError> {
        let mut fields = field.fields(1..=7)?;
        let trust = fields.take(4).map(|trust| trust.uint()).transpose()?;
        Ok(Self {
            letter: fields.take(1).map(|id| id.array()).transpose()?,
            sender: fields
                .take(2)
                .map(|id| id.array().map(ContactId::from_bytes))
                .transpose()?,
            name: fields.require(3)?.text()?.to_owned(),
            trust: trust.map(trust_of).transpose()?,
            subject: fields
                .take(5)
                .map(|text| text.text().map(str::to_owned))
                .transpose()?,
            title: fields.require(6)?.text()?.to_owned(),
            at: TimestampMs(fields.require(7)?.uint()?),
        })
    }
}

const fn trust_code(trust: Trust) -> u64 {
    match trust {
        Trust::Unknown => 0,
        Trust::Known => 1,
        Trust::Verified => 2,
        Trust::Changed => 3,
        Trust::Blocked => 4,
    }
}

const fn trust_of(code: u64) -> Result<Trust, CborError> {
    match code {
        0 => Ok(Trust::Unknown),
        1 => Ok(Trust::Known),
        2 => Ok(Trust::Verified),
        3 => Ok(Trust::Changed),
        4 => Ok(Trust::Blocked),
        _ => Err(CborError::Range { key: 4 }),
    }
}

/// What was thrown away last, so that it can come back.
#[derive(Clone, Debug)]
pub(super) enum Undo {
    Contact(Contact),
    Key(KeyContact),
    Draft(Draft),
}

/// The row of the last forgotten contact.
pub(super) const UNDO_CONTACT: &[u8] = &[1];
/// The row of the last discarded draft.
pub(super) const UNDO_DRAFT: &[u8] = &[2];

impl Record for Undo {
    const TABLE: &'static str = "undo";

    fn key(&self) -> Vec<u8> {
        match self {
            Self::Contact(_) | Self::Key(_) => UNDO_CONTACT.to_vec(),
            Self::Draft(_) => UNDO_DRAFT.to_vec(),
        }
    }

    fn is_volatile(&self) -> bool {
        matches!(self, Self::Draft(draft) if draft.private)
    }

    fn encode(&self) -> Vec<u8> {
        match self {
            Self::Contact(contact) => MapWriter::new().bytes(1, &contact.encode()).finish(),
            Self::Key(key) => MapWriter::new().bytes(3, &key.encode()).finish(),
            Self::Draft(draft) => MapWriter::new().bytes(2, &draft.encode()).finish(),
        }
    }

    fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut fields = Fields::parse(bytes, 1..=3)?;
        if let Some(contact) = fields.take(1) {
            return Ok(Self::Contact(Contact::decode(contact.bytes()?)?));
        }
        match fields.take(3) {
            Some(key) => Ok(Self::Key(KeyContact::decode(key.bytes()?)?)),
            None => Ok(Self::Draft(Draft::decode(fields.require(2)?.bytes()?)?)),
        }
    }
}

pub(super) fn texts(texts: &[String]) -> ArrayWriter {
    texts
        .iter()
        .fold(ArrayWriter::new(), |array, text| array.text(text))
}

pub(super) fn read_texts(field: Field<'_>) -> Result<Vec<String>, CborError> {
    let items = field.items(MAX_TEXTS)?;
    items
        .iter()
        .map(|item| item.text().map(str::to_owned))
        .collect()
}

/// Most texts of one list in a record.
const MAX_TEXTS: usize = 256;
