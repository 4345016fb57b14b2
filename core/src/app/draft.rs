//! Drafts as records: what is being written, and for whom.

use sotto_protocol::TimestampMs;
use sotto_protocol::view::{ClassicalChoice, PageField, TextForm};

use super::memory::{read_texts, texts};
use crate::cbor::{ArrayWriter, CborError, Field, Fields, MapWriter};
use crate::contacts::ContactId;
use crate::record::{Record, RecordError};

/// What the person decided about an address in the page's Bcc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bcc {
    /// Not yet: sealing waits.
    Undecided,
    /// A letter of their own follows.
    NextLetter,
}

/// An address that stood in a field of the page when the surface was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Suggestion {
    pub(super) address: String,
    pub(super) field: PageField,
    pub(super) bcc: Bcc,
}

/// A draft, sealed in a row of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) id: [u8; 16],
    pub(super) at: TimestampMs,
    pub(super) suggested: Vec<Suggestion>,
    pub(super) to: Vec<ContactId>,
    pub(super) addresses: Vec<String>,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) quoted: Option<String>,
    pub(super) seen_by_site: bool,
    pub(super) page_subject: Option<String>,
    pub(super) site: Option<String>,
    pub(super) reply_to: Option<[u8; 16]>,
    pub(super) form: TextForm,
    /// It waited for a card: once ready, the status says so.
    pub(super) has_waited: bool,
    /// It was sealed once: sealing again is no further letter for the kit's count.
    pub(super) was_sealed: bool,
    /// Written for a private window: kept in memory, for the browser's session.
    pub(super) private: bool,
    /// What the person decided about recipients whose only key is classical.
    pub(super) classical: Option<ClassicalChoice>,
}

impl Suggestion {
    fn encode(&self) -> ArrayWriter {
        let field = match self.field {
            PageField::To => 0,
            PageField::Cc => 1,
            PageField::Bcc => 2,
        };
        let bcc = match self.bcc {
            Bcc::Undecided => 0,
            Bcc::NextLetter => 1,
        };
        ArrayWriter::new().text(&self.address).uint(field).uint(bcc)
    }

    fn decode(field: Field<'_>) -> Result<Self, CborError> {
        let range = CborError::Range { key: 3 };
        let [address, place, bcc] = field.tuple()?;
        Ok(Self {
            address: address.text()?.to_owned(),
            field: match place.uint()? {
                0 => PageField::To,
                1 => PageField::Cc,
                2 => PageField::Bcc,
                _ => return Err(range),
            },
            bcc: match bcc.uint()? {
                0 => Bcc::Undecided,
                1 => Bcc::NextLetter,
                _ => return Err(range),
            },
        })
    }
}

impl Record for Draft {
    const TABLE: &'static str = "drafts";

    fn key(&self) -> Vec<u8> {
        self.id.to_vec()
    }

    fn is_volatile(&self) -> bool {
        self.private
    }

    fn encode(&self) -> Vec<u8> {
        let suggested = self
            .suggested
            .iter()
            .fold(ArrayWriter::new(), |array, one| array.array(&one.encode()));
        let to = self
            .to
            .iter()
            .fold(ArrayWriter::new(), |array, id| array.bytes(id.as_bytes()));
        MapWriter::new()
            .bytes(1, &self.id)
            .uint(2, self.at.0)
            .array(3, &suggested)
            .array(4, &to)
            .array(5, &texts(&self.addresses))
            .text(6, &self.subject)
            .text(7, &self.text)
            .text_if(8, self.quoted.as_deref())
            .bool(9, self.seen_by_site)
            .text_if(10, self.page_subject.as_deref())
            .text_if(11, self.site.as_deref())
            .bytes_if(12, self.reply_to.as_ref().map(<[u8; 16]>::as_slice))
            .bool(13, self.form == TextForm::Line)
            .bool(14, self.has_waited)
            .bool(15, self.was_sealed)
            .uint_if(16, self.classical.map(choice_code))
            .bool(17, self.private)
            .finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut fields = Fields::parse(bytes, 1..=17)?;
        let suggested = fields.require(3)?.items(MAX_RECIPIENTS)?;
        let to = fields.require(4)?.items(MAX_RECIPIENTS)?;
        let mut text_if = |key| -> Result<Option<String>, CborError> {
            fields
                .take(key)
                .map(|text| text.text().map(str::to_owned))
                .transpose()
        };
        let (quoted, page_subject, site) = (text_if(8)?, text_if(10)?, text_if(11)?);
        let is_line = fields.require(13)?.bool()?;
        Ok(Self {
            id: fields.require(1)?.array()?,
            at: TimestampMs(fields.require(2)?.uint()?),
            suggested: suggested
                .into_iter()
                .map(Suggestion::decode)
                .collect::<Result<_, _>>()?,
            to: to
                .iter()
                .map(|id| id.array().map(ContactId::from_bytes))
                .collect::<Result<_, _>>()?,
            addresses: read_texts(fields.require(5)?)?,
            subject: fields.require(6)?.text()?.to_owned(),
            text: fields.require(7)?.text()?.to_owned(),
            quoted,
            seen_by_site: fields.require(9)?.bool()?,
            page_subject,
            site,
            reply_to: fields.take(12).map(|id| id.array()).transpose()?,
            form: if is_line {
                TextForm::Line
            } else {
                TextForm::Armor
            },
            has_waited: fields.require(14)?.bool()?,
            was_sealed: fields.require(15)?.bool()?,
            classical: fields
                .take(16)
                .map(|field| decode_choice(&field))
                .transpose()?,
            private: fields.take(17).map_or(Ok(false), |field| field.bool())?,
        })
    }
}

const fn choice_code(choice: ClassicalChoice) -> u64 {
    match choice {
        ClassicalChoice::LeaveOut => 0,
        ClassicalChoice::OwnLetter => 1,
        ClassicalChoice::SealAll => 2,
    }
}

fn decode_choice(field: &Field<'_>) -> Result<ClassicalChoice, CborError> {
    match field.uint()? {
        0 => Ok(ClassicalChoice::LeaveOut),
        1 => Ok(ClassicalChoice::OwnLetter),
        2 => Ok(ClassicalChoice::SealAll),
        _ => Err(CborError::Range { key: 16 }),
    }
}

/// Most recipients of a draft: those of a letter, the person included.
pub(super) const MAX_RECIPIENTS: usize = 127;
