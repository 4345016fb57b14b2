//! The row of a sealing job.

use sotto_protocol::files::{ByteLen, FileItem, FileJob, FileProgress, JobState};
use sotto_protocol::{ErrorCode, Failure, TimestampMs};

use super::name::{shown_name, word_of};
use crate::age::{FileKey, PayloadNonce, RecipientType};
use crate::app::hex;
use crate::cbor::{ArrayWriter, CborError, Field, Fields, MapWriter};
use crate::contacts::ContactId;
use crate::record::{Record, RecordError};

/// Most files of one job.
pub(super) const MAX_FILES: usize = 500;
/// Most recipients of a job, the person not counted.
const MAX_CONTACTS: usize = 127;
/// How long sealed copies are kept.
pub(super) const KEPT_MS: u64 = 86_400_000;

/// Where the sealed copy of a file lies: the job that made it, and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CopyPlace {
    pub(super) job: [u8; 16],
    pub(super) index: u32,
}

/// One file of a job.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) modified: TimestampMs,
    pub(super) content_type: Option<String>,
    pub(super) sealed_name: String,
    pub(super) nonce: [u8; 16],
    /// Until the header is made; then it is forgotten, so that it never serves twice.
    pub(super) file_key: Option<FileKey>,
    /// Whom it was got from, for a file that is sent on.
    pub(super) first_sender: Option<String>,
    /// Once it is sealed.
    pub(super) copy: Option<CopyPlace>,
    /// For a file under a password: all that is needed to finish it.
    pub(super) password: Option<PasswordHead>,
}

/// What stands before the content of a file under a password. Its header needs no digest and no
/// signature, so it is made at the beginning, and the key is forgotten there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PasswordHead {
    /// The age header.
    pub(super) header: Vec<u8>,
    /// Bytes of plaintext before the content.
    pub(super) inner_len: u64,
}

/// A sealing job.
#[derive(Clone, Debug)]
pub(in crate::app) struct FileJobRow {
    pub(super) id: [u8; 16],
    pub(super) at: TimestampMs,
    pub(super) site: Option<String>,
    pub(super) contacts: Vec<ContactId>,
    pub(super) names: Vec<String>,
    pub(super) kind: RecipientType,
    pub(super) items: Vec<Item>,
    pub(super) failure: Option<ErrorCode>,
    /// For a private window: kept in memory, for the browser's session.
    pub(super) private: bool,
}

impl FileJobRow {
    pub(super) fn state(&self) -> JobState {
        if self.failure.is_some() {
            JobState::Failed
        } else if self.items.iter().all(|item| item.copy.is_some()) {
            JobState::Done
        } else {
            JobState::Running
        }
    }

    pub(super) fn is_over(&self, now: TimestampMs) -> bool {
        now.since_ms(self.at) >= KEPT_MS
    }

    /// Whether the copy lies in this job's own folder: it goes when this job does.
    pub(super) fn keeps(&self, item: &Item) -> bool {
        item.copy.as_ref().is_some_and(|copy| copy.job == self.id)
    }

    /// Whether it can go on when its files are given again: each that is not sealed yet has its key,
    /// and a time of change that tells whether it is the same.
    pub(super) fn can_go_on(&self) -> bool {
        let goes_on = |item: &Item| {
            item.copy.is_some() || (item.file_key.is_some() && item.modified > TimestampMs(0))
        };
        self.state() == JobState::Running && self.items.iter().all(goes_on)
    }

    /// Ends the job; its keys are forgotten.
    pub(super) fn fail(&mut self, code: ErrorCode) {
        self.failure = Some(code);
        for item in &mut self.items {
            item.file_key = None;
            item.copy = None;
        }
    }

    /// The job as a surface paints it. How far it is, the engine room knows.
    pub(super) fn show(&self) -> FileJob {
        let total = self
            .items
            .iter()
            .fold(0_u64, |sum, item| sum.saturating_add(item.size));
        let done = match self.state() {
            JobState::Done => total,
            JobState::Running | JobState::Interrupted | JobState::Failed => 0,
        };
        FileJob {
            id: hex(&self.id),
            state: self.state(),
            failure: self.failure.map(|code| Failure { code, detail: None }),
            files: self.items.iter().map(Item::show).collect(),
            names: self.names.clone(),
            with_password: self.items.iter().any(|item| item.password.is_some()),
            at: self.at,
            progress: FileProgress {
                done: ByteLen(done),
                total: ByteLen(total),
                rate: ByteLen(0),
                left_s: None,
            },
        }
    }
}

impl Item {
    fn show(&self) -> FileItem {
        FileItem {
            name: shown_name(&self.name),
            sealed_name: self.sealed_name.clone(),
            word: word_of(&PayloadNonce::from_bytes(self.nonce)),
            size: ByteLen(self.size),
        }
    }

    fn to_map(&self) -> MapWriter {
        let copy = self.copy.map(|copy| {
            ArrayWriter::new()
                .bytes(&copy.job)
                .uint(u64::from(copy.index))
        });
        let key = self.file_key.as_ref().map(|key| key.expose().as_slice());
        let map = MapWriter::new()
            .text(1, &self.name)
            .uint(2, self.size)
            .uint(3, self.modified.0)
            .text_if(4, self.content_type.as_deref())
            .text(5, &self.sealed_name)
            .bytes(6, &self.nonce)
            .bytes_if(7, key);
        let map = match copy {
            Some(copy) => map.array(8, &copy),
            None => map,
        };
        let map = map.text_if(9, self.first_sender.as_deref());
        match &self.password {
            Some(head) => map.array(
                10,
                &ArrayWriter::new().bytes(&head.header).uint(head.inner_len),
            ),
            None => map,
        }
    }

    fn decode(field: Field<'_>) -> Result<Self, CborError> {
        let mut fields = field.fields(1..=10)?;
        let copy = |field: Field<'_>| -> Result<CopyPlace, CborError> {
            let [job, index] = field.tuple()?;
            Ok(CopyPlace {
                job: job.array()?,
                index: index.uint_as()?,
            })
        };
        let password = |field: Field<'_>| -> Result<PasswordHead, CborError> {
            let [header, inner_len] = field.tuple()?;
            Ok(PasswordHead {
                header: header.bytes()?.to_vec(),
                inner_len: inner_len.uint()?,
            })
        };
        Ok(Self {
            name: fields.require(1)?.text()?.to_owned(),
            size: fields.require(2)?.uint()?,
            modified: TimestampMs(fields.require(3)?.uint()?),
            content_type: fields
                .take(4)
                .map(|text| text.text().map(str::to_owned))
                .transpose()?,
            sealed_name: fields.require(5)?.text()?.to_owned(),
            nonce: fields.require(6)?.array()?,
            file_key: fields
                .take(7)
                .map(|key| key.array().map(FileKey::from_bytes))
                .transpose()?,
            copy: fields.take(8).map(copy).transpose()?,
            first_sender: fields
                .take(9)
                .map(|text| text.text().map(str::to_owned))
                .transpose()?,
            password: fields.take(10).map(password).transpose()?,
        })
    }
}

impl Record for FileJobRow {
    const TABLE: &'static str = "files";

    fn key(&self) -> Vec<u8> {
        self.id.to_vec()
    }

    fn is_volatile(&self) -> bool {
        self.private
    }

    fn encode(&self) -> Vec<u8> {
        let contacts = self
            .contacts
            .iter()
            .fold(ArrayWriter::new(), |array, id| array.bytes(id.as_bytes()));
        let items = self
            .items
            .iter()
            .fold(ArrayWriter::new(), |array, item| array.map(&item.to_map()));
        MapWriter::new()
            .bytes(1, &self.id)
            .uint(2, self.at.0)
            .text_if(3, self.site.as_deref())
            .array(4, &contacts)
            .array(5, &crate::app::memory::texts(&self.names))
            .uint(6, u64::from(self.kind.code()))
            .array(7, &items)
            .text_if(8, self.failure.map(ErrorCode::as_str))
            .bool(9, self.private)
            .finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut fields = Fields::parse(bytes, 1..=9)?;
        let code = |field: Field<'_>| -> Result<ErrorCode, CborError> {
            let text = field.text()?;
            let code = ErrorCode::ALL.iter().find(|code| code.as_str() == text);
            code.copied().ok_or(CborError::Range { key: 8 })
        };
        let contacts = fields.require(4)?.items(MAX_CONTACTS)?;
        let kind = RecipientType::from_code(fields.require(6)?.uint_as()?);
        let items = fields.require(7)?.items(MAX_FILES)?;
        Ok(Self {
            id: fields.require(1)?.array()?,
            at: TimestampMs(fields.require(2)?.uint()?),
            site: fields
                .take(3)
                .map(|text| text.text().map(str::to_owned))
                .transpose()?,
            contacts: contacts
                .iter()
                .map(|id| id.array().map(ContactId::from_bytes))
                .collect::<Result<_, _>>()?,
            names: crate::app::memory::read_texts(fields.require(5)?)?,
            kind: kind.ok_or(CborError::Range { key: 6 })?,
            items: items
                .into_iter()
                .map(Item::decode)
                .collect::<Result<_, _>>()?,
            failure: fields.take(8).map(code).transpose()?,
            private: fields.take(9).map_or(Ok(false), |field| field.bool())?,
        })
    }
}
