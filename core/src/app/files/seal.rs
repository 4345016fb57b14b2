//! Sealing jobs: begun here, their bytes sealed by workers, each header made here at the end.

use rand_core::CryptoRng;
use sotto_protocol::files::{
    FileBrief, FileJob, FileNaming, FilePlan, FileRecipients, JobState, SealOrder,
};
use sotto_protocol::view::ClassicalChoice;
use sotto_protocol::{ErrorCode, TimestampMs};
use zeroize::Zeroizing;

use super::job::{CopyPlace, FileJobRow, Item, MAX_FILES};
use super::name::{signed_name, word_of};
use crate::age::{PayloadNonce, RecipientType};
use crate::app::desk::Desk;
use crate::app::drafts::{blank, check_len};
use crate::app::guard::ids_of;
use crate::app::recipients::Plan;
use crate::app::seal::sign_letter;
use crate::app::{App, AppError, Outcome, generate_id, hex, parse_id};
use crate::contacts::ContactId;
use crate::letter::{Envelope, Kind, MAX_CONTENT_TYPE_LEN, MAX_NAME_LEN, Prepared};

/// Longest origin of a site.
const MAX_SITE_LEN: usize = 512;

/// A job that is begun, and what its workers need.
#[derive(Debug)]
pub struct Begun {
    /// The job.
    pub job: FileJob,
    /// One for each file that is still to be sealed.
    pub tickets: Vec<Ticket>,
}

/// What a worker needs to seal the payload of one file, and nothing else.
#[derive(Debug)]
pub struct Ticket {
    /// Number of the file in its job.
    pub index: u32,
    /// Number of the file among those that were given.
    pub given: u32,
    /// The key of the payload.
    pub key: Zeroizing<[u8; 32]>,
    /// The nonce, which stands before the first chunk.
    pub nonce: [u8; 16],
    /// Bytes of plaintext that stand before those of the file.
    pub inner: Vec<u8>,
}

/// Where the sealed copy of a file lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The job that made it.
    pub job: String,
    /// Its number there.
    pub index: u32,
    /// What the file is called now.
    pub name: String,
}

impl App {
    /// Begins a job. Files that were sealed for the same site and people within a day are not
    /// sealed again.
    ///
    /// # Errors
    /// What stands in the way of sealing for these people; [`AppError::OtherRecipients`];
    /// [`AppError::TooLong`].
    pub fn begin_files(
        &mut self,
        order: SealOrder,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Outcome<Begun>, AppError> {
        let begun = self
            .desk()
            .and_then(|desk| desk.begin_files(order, None, now, rng));
        self.conclude(begun, now, rng)
    }

    /// All of a file's payload is sealed: makes its header and forgets its key.
    ///
    /// # Errors
    /// [`AppError::JobUnknown`], [`AppError::FileChanged`] for another length than announced, and
    /// what stands in the way of sealing for these people now.
    pub fn finish_file(
        &mut self,
        job: &str,
        index: u32,
        length: u64,
        digest: [u8; 32],
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Outcome<Vec<u8>>, AppError> {
        let header = self
            .desk()
            .and_then(|desk| desk.finish_file(job, index, length, digest, now, rng));
        self.conclude(header, now, rng)
    }

    /// Ends a job that cannot go on. A job that is over already stays as it is.
    ///
    /// # Errors
    /// [`AppError::JobUnknown`].
    pub fn fail_files(
        &mut self,
        job: &str,
        code: ErrorCode,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Outcome<FileJob>, AppError> {
        let failed = self.desk().and_then(|desk| desk.fail_files(job, code));
        self.conclude(failed, now, rng)
    }

    /// Forgets a job.
    ///
    /// # Errors
    /// [`AppError::JobUnknown`].
    pub fn forget_files(
        &mut self,
        job: &str,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Outcome<()>, AppError> {
        let gone = self.desk().and_then(|desk| desk.forget_files(job));
        self.conclude(gone, now, rng)
    }

    /// The jobs of the last day, newest first.
    ///
    /// # Errors
    /// [`AppError::Locked`].
    pub fn file_jobs(&mut self, now: TimestampMs) -> Result<Vec<FileJob>, AppError> {
        let desk = self.desk()?;
        let mut rows: Vec<_> = desk.files.iter().filter(|row| !row.is_over(now)).collect();
        rows.sort_by_key(|row| core::cmp::Reverse(row.at));
        Ok(rows.into_iter().map(FileJobRow::show).collect())
    }

    /// One job.
    ///
    /// # Errors
    /// [`AppError::JobUnknown`].
    pub fn file_job(&mut self, id: &str) -> Result<FileJob, AppError> {
        Ok(self.desk()?.job(id)?.show())
    }

    /// Where the sealed copies of a job lie that is done.
    ///
    /// # Errors
    /// [`AppError::JobUnknown`], also for one that is not done.
    pub fn file_places(&mut self, id: &str) -> Result<Vec<Place>, AppError> {
        let row = self.desk()?.job(id)?;
        let place = |item: &Item| {
            item.copy.map(|copy| Place {
                job: hex(&copy.job),
                index: copy.index,
                name: item.sealed_name.clone(),
            })
        };
        let places: Option<_> = row.items.iter().map(place).collect();
        places.ok_or(AppError::JobUnknown)
    }
}

impl Desk {
    /// Who files would be sealed for.
    pub(in crate::app) fn plan_files(
        &self,
        to: &[String],
        addresses: Vec<String>,
        classical: Option<ClassicalChoice>,
        now: TimestampMs,
    ) -> Result<FilePlan, AppError> {
        let mut draft = blank([0; 16], now);
        draft.classical = classical;
        draft.to = to
            .iter()
            .map(|id| Ok(id.parse()?))
            .collect::<Result<_, AppError>>()?;
        draft.addresses = addresses;
        let around = self.around(now)?;
        let plan = draft.plan(&around);
        let recipients = draft.recipients(&around);
        let chosen: Vec<_> = recipients.iter().filter(|one| one.chosen).collect();
        Ok(FilePlan {
            mixed: draft.mixed(&chosen, &around),
            apart: ids_of(&plan.apart),
            recipients,
            seal_for: plan.names,
            blocked_by: plan.blocked_by,
        })
    }

    /// The plan for contacts, refused where they cannot be sealed for.
    fn clear_plan(
        &self,
        to: Vec<ContactId>,
        classical: Option<ClassicalChoice>,
        now: TimestampMs,
    ) -> Result<Plan, AppError> {
        let mut draft = blank([0; 16], now);
        draft.to = to;
        draft.classical = classical;
        let plan = draft.plan(&self.around(now)?);
        match plan.blocked_by {
            Some(code) => Err(AppError::Unsealable(code)),
            None => Ok(plan),
        }
    }

    pub(super) fn begin_files(
        &mut self,
        order: SealOrder,
        first_sender: Option<&str>,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Begun, AppError> {
        self.files.retain(|row| !row.is_over(now));
        check_order(&order, MAX_FILES)?;
        let FileRecipients::Contacts {
            to,
            seal_for,
            classical,
        } = order.recipients
        else {
            return Err(AppError::KeyMissing);
        };
        let to = to
            .iter()
            .map(|id| Ok(id.parse()?))
            .collect::<Result<Vec<ContactId>, AppError>>()?;
        let plan = self.clear_plan(to, classical, now)?;
        if plan.names != seal_for {
            return Err(AppError::OtherRecipients);
        }
        let mut row = FileJobRow {
            id: generate_id(rng),
            at: now,
            site: order.site,
            contacts: plan.contacts,
            names: plan.names,
            kind: plan.kind,
            items: Vec::new(),
            failure: None,
            private: order.private,
        };
        let mut tickets = Vec::new();
        for file in order.files {
            let item = match self.kept_copy(&row, &file, order.naming, now) {
                Some(kept) => kept,
                None => {
                    let fresh = self.draw(&row, &file, order.naming, now, rng)?;
                    let index = u32::try_from(row.items.len()).unwrap_or(u32::MAX);
                    let (mut item, key) = fresh;
                    item.first_sender = first_sender.map(str::to_owned);
                    tickets.push(Ticket {
                        index,
                        given: index,
                        key,
                        nonce: item.nonce,
                        inner: Vec::new(),
                    });
                    item
                }
            };
            row.items.push(item);
        }
        number_names(&mut row.items);
        let job = row.show();
        self.files.put(row);
        Ok(Begun { job, tickets })
    }

    /// The same file, for the same site and people, sealed within a day: the same bytes again.
    fn kept_copy(
        &self,
        row: &FileJobRow,
        file: &FileBrief,
        naming: FileNaming,
        now: TimestampMs,
    ) -> Option<Item> {
        row.site.as_ref()?;
        let is_alike = |other: &&FileJobRow| {
            other.site == row.site
                && other.contacts == row.contacts
                && other.kind == row.kind
                && other.private == row.private
                && other.failure.is_none()
                && !other.is_over(now)
        };
        let is_same = |item: &Item| {
            item.name == file.name
                && item.size == file.size.0
                && item.modified == file.modified
                && item.sealed_name.starts_with("sealed-") == (naming == FileNaming::Word)
        };
        let mut alike = self.files.iter().filter(is_alike);
        alike.find_map(|other| {
            let mut items = other.items.iter();
            items
                .find(|item| other.keeps(item) && is_same(item))
                .cloned()
        })
    }

    fn draw(
        &self,
        row: &FileJobRow,
        file: &FileBrief,
        naming: FileNaming,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<(Item, Zeroizing<[u8; 32]>), AppError> {
        let content_type = Some(file.content_type.clone()).filter(|text| is_content_type(text));
        let name = signed_name(&file.name, MAX_NAME_LEN);
        let mut envelope = self.file_envelope(&row.contacts, row.kind, now)?;
        envelope.name.clone_from(&name);
        envelope.content_type.clone_from(&content_type);
        let prepared = Prepared::new(envelope, rng)?;
        let sealed_name = match (naming, name) {
            (FileNaming::Real, Some(name)) => format!("{name}.age"),
            (FileNaming::Word | FileNaming::Real, _) => {
                format!("sealed-{}.age", word_of(prepared.nonce()))
            }
        };
        let item = Item {
            name: file.name.clone(),
            size: file.size.0,
            modified: file.modified,
            content_type,
            sealed_name,
            nonce: *prepared.nonce().as_bytes(),
            file_key: Some(prepared.file_key().clone()),
            first_sender: None,
            copy: None,
            password: None,
        };
        Ok((item, prepared.payload_key().expose().clone()))
    }

    fn file_envelope(
        &self,
        contacts: &[ContactId],
        kind: RecipientType,
        now: TimestampMs,
    ) -> Result<Envelope, AppError> {
        let mut envelope = self.envelope_for(contacts, kind, now)?;
        envelope.kind = Kind::File;
        Ok(envelope)
    }

    fn finish_file(
        &mut self,
        job: &str,
        index: u32,
        length: u64,
        digest: [u8; 32],
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, AppError> {
        let row = self.job(job)?;
        let (id, contacts, kind) = (row.id, row.contacts.clone(), row.kind);
        let is_first = row.items.iter().all(|item| item.copy.is_none());
        let item = row
            .items
            .get(usize::try_from(index).unwrap_or(usize::MAX))
            .ok_or(AppError::JobUnknown)?
            .clone();
        if let Some(head) = &item.password {
            return self.finish_password_file(&id, index, length, &item, head);
        }
        // A key that was used is gone: a header is made once.
        let file_key = item.file_key.ok_or(AppError::JobUnknown)?;
        if item.size != length {
            return Err(AppError::FileChanged);
        }
        // What was decided about mixed keys is in the kind of the job.
        let classical = (kind == RecipientType::X25519).then_some(ClassicalChoice::SealAll);
        let plan = self.clear_plan(self.chosen(&contacts), classical, now)?;
        if plan.kind != kind {
            return Err(AppError::OtherRecipients);
        }
        let mut envelope = self.file_envelope(&contacts, kind, now)?;
        envelope.name = signed_name(&item.name, MAX_NAME_LEN);
        envelope.content_type = item.content_type;
        let carried = envelope.card.is_some().then_some(envelope.card_revision);
        let nonce = PayloadNonce::from_bytes(item.nonce);
        let prepared = Prepared::resume(envelope, file_key, nonce)?;
        let unsigned = prepared
            .sent_on(item.first_sender)
            .finish(length, digest, rng)?;
        let signature = sign_letter(&self.custodian, unsigned.statement(), now)?;
        let header = unsigned.with_signature(&signature, rng)?;
        self.file_sealed(&contacts, carried.map(TimestampMs), is_first, now)?;
        self.note_copy(&id, index)?;
        Ok(header)
    }

    /// The copy of a file is whole, and its key is forgotten.
    pub(super) fn note_copy(&mut self, job: &[u8; 16], index: u32) -> Result<(), AppError> {
        let row = self.files.edit(job).ok_or(AppError::JobUnknown)?;
        let at = usize::try_from(index).unwrap_or(usize::MAX);
        if let Some(item) = row.items.get_mut(at) {
            item.file_key = None;
            item.copy = Some(CopyPlace { job: *job, index });
        }
        Ok(())
    }

    /// The contacts of a job as a person would choose them: nobody else is the person themself.
    fn chosen(&self, contacts: &[ContactId]) -> Vec<ContactId> {
        if contacts.is_empty() {
            vec![ContactId::of(&self.own)]
        } else {
            contacts.to_vec()
        }
    }

    /// The card went along; a job counts as one letter.
    fn file_sealed(
        &mut self,
        contacts: &[ContactId],
        carried: Option<TimestampMs>,
        counts: bool,
        now: TimestampMs,
    ) -> Result<(), AppError> {
        if let Some(revision) = carried {
            for contact in contacts {
                if let Some(contact) = self.book.rows.edit(contact.as_bytes()) {
                    contact.card_carried(revision, now);
                }
            }
        }
        if counts {
            let profile = self.edit_profile()?;
            profile.letters_sealed = profile.letters_sealed.saturating_add(1);
        }
        Ok(())
    }

    pub(super) fn fail_files(&mut self, job: &str, code: ErrorCode) -> Result<FileJob, AppError> {
        let id = self.job(job)?.id;
        let row = self.files.edit(&id).ok_or(AppError::JobUnknown)?;
        let keeps = row.items.iter().any(|item| row.keeps(item));
        if row.state() == JobState::Running || keeps {
            row.fail(code);
        }
        Ok(row.show())
    }

    fn forget_files(&mut self, job: &str) -> Result<(), AppError> {
        let id = self.job(job)?.id;
        self.files.remove(&id).map(drop).ok_or(AppError::JobUnknown)
    }

    pub(super) fn job(&self, id: &str) -> Result<&FileJobRow, AppError> {
        let id = parse_id(id).ok_or(AppError::JobUnknown)?;
        self.files.get(&id).ok_or(AppError::JobUnknown)
    }
}

/// What every order must be: not empty, a folder made one file already, not too much.
pub(super) fn check_order(order: &SealOrder, max: usize) -> Result<(), AppError> {
    if order.files.is_empty() || order.folder.is_some() {
        return Err(AppError::NothingFound);
    }
    if order.files.len() > max {
        let len = order.files.len();
        return Err(AppError::TooLong { len });
    }
    check_len(order.site.as_deref().unwrap_or_default(), MAX_SITE_LEN)
}

/// Two files of a job never have one name: a number goes before the ending.
pub(super) fn number_names(items: &mut [Item]) {
    let mut seen: Vec<String> = Vec::new();
    for item in items {
        let plain = item.sealed_name.clone();
        let stem = plain.strip_suffix(".age").unwrap_or(&plain);
        let mut number = 1_u32;
        while seen.contains(&item.sealed_name) {
            number = number.saturating_add(1);
            item.sealed_name = format!("{stem}-{number}.age");
        }
        seen.push(item.sealed_name.clone());
    }
}

pub(super) fn is_content_type(text: &str) -> bool {
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() || byte == b' ');
    !text.is_empty() && text.len() <= MAX_CONTENT_TYPE_LEN && is_plain
}
