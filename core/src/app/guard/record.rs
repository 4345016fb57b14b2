//! The guard's rows.

use sotto_protocol::TimestampMs;
use sotto_protocol::files::FileNaming;
use sotto_protocol::shell::guard::GuardRule;

use crate::app::draft::MAX_RECIPIENTS;
use crate::app::memory::{read_texts, texts};
use crate::cbor::{ArrayWriter, CborError, Field, Fields, MapWriter};
use crate::contacts::ContactId;
use crate::record::{Record, RecordError};

/// What the person decided for one site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::app) struct SiteRule {
    pub(super) site: String,
    pub(super) rule: GuardRule,
    pub(super) always_for: Vec<ContactId>,
    pub(super) exempt: Vec<String>,
    pub(super) naming: FileNaming,
}

impl SiteRule {
    /// A site about which nothing was decided.
    pub(super) fn none(site: &str) -> Self {
        Self {
            site: site.to_owned(),
            rule: GuardRule::Off,
            always_for: Vec::new(),
            exempt: Vec::new(),
            naming: FileNaming::Word,
        }
    }
}

impl Record for SiteRule {
    const TABLE: &'static str = "guards";

    fn key(&self) -> Vec<u8> {
        self.site.as_bytes().to_vec()
    }

    fn encode(&self) -> Vec<u8> {
        let rule = match self.rule {
            GuardRule::Off => 0,
            GuardRule::Ask => 1,
            GuardRule::Always => 2,
        };
        MapWriter::new()
            .text(1, &self.site)
            .uint(2, rule)
            .array(3, &ids(&self.always_for))
            .array(4, &texts(&self.exempt))
            .uint_if(5, (self.naming == FileNaming::Real).then_some(1))
            .finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut fields = Fields::parse(bytes, 1..=5)?;
        Ok(Self {
            site: fields.require(1)?.text()?.to_owned(),
            rule: match fields.require(2)?.uint()? {
                0 => GuardRule::Off,
                1 => GuardRule::Ask,
                2 => GuardRule::Always,
                _ => return Err(CborError::Range { key: 2 }.into()),
            },
            always_for: read_ids(fields.require(3)?)?,
            exempt: read_texts(fields.require(4)?)?,
            naming: match fields.take(5).map(|field| field.uint()).transpose()? {
                None => FileNaming::Word,
                Some(1) => FileNaming::Real,
                Some(_) => return Err(CborError::Range { key: 5 }.into()),
            },
        })
    }
}

/// For whom files were sealed on a page last. Two minutes are no matter for a disk, and the page may
/// be in a private window: the row lives with the browser's session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::app) struct KeptRecipients {
    pub(super) tab: u32,
    pub(super) site: String,
    pub(super) to: Vec<ContactId>,
    pub(super) until: TimestampMs,
}

/// The row of a tab.
pub(in crate::app) fn kept_key(tab: u32) -> Vec<u8> {
    tab.to_be_bytes().to_vec()
}

impl Record for KeptRecipients {
    const TABLE: &'static str = "guard-kept";

    fn key(&self) -> Vec<u8> {
        kept_key(self.tab)
    }

    fn is_volatile(&self) -> bool {
        true
    }

    fn encode(&self) -> Vec<u8> {
        MapWriter::new()
            .uint(1, u64::from(self.tab))
            .text(2, &self.site)
            .array(3, &ids(&self.to))
            .uint(4, self.until.0)
            .finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut fields = Fields::parse(bytes, 1..=4)?;
        Ok(Self {
            tab: fields.require(1)?.uint_as()?,
            site: fields.require(2)?.text()?.to_owned(),
            to: read_ids(fields.require(3)?)?,
            until: TimestampMs(fields.require(4)?.uint()?),
        })
    }
}

fn ids(ids: &[ContactId]) -> ArrayWriter {
    ids.iter()
        .fold(ArrayWriter::new(), |array, id| array.bytes(id.as_bytes()))
}

fn read_ids(field: Field<'_>) -> Result<Vec<ContactId>, CborError> {
    let items = field.items(MAX_RECIPIENTS)?;
    items
        .iter()
        .map(|id| id.array().map(ContactId::from_bytes))
        .collect()
}
