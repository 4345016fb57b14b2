//! The backup file: contacts, their logs and the settings, sealed by the person for themself.
//!
//! It is a letter of kind *file*: only this identity opens it, and only this identity can have
//! written it, so nobody can slip contacts in.

use rand_core::CryptoRng;
use sotto_protocol::TimestampMs;
use sotto_protocol::desk::DeskReply;
use zeroize::Zeroizing;

use super::AppError;
use super::desk::Desk;
use super::open::OpenedText;
use super::profile::StoredSettings;
use super::seal::seal_file;
use crate::age::RecipientType;
use crate::age::armor::{self, Label};
use crate::cbor::{ArrayWriter, Field, Fields, MapWriter};
use crate::contacts::{Contact, ContactsError, KeyContact, LetterLog};
use crate::letter::{Envelope, Kind, Letter};
use crate::record::{Record, RecordError};

const CONTENT_TYPE: &str = "application/vnd.sotto.backup+cbor";
const NAME: &str = "sotto-backup.age";
/// Contacts of one backup.
const MAX_CONTACTS: usize = 100_000;

impl Desk {
    pub(super) fn make_backup(
        &mut self,
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<DeskReply, AppError> {
        let contacts = self.book.rows.iter().map(Record::encode);
        let logs = self.logs.iter().map(Record::encode);
        let keys = self.book.keys.iter().map(Record::encode);
        let content = MapWriter::new()
            .uint(1, 1)
            .array(2, &byte_strings(contacts))
            .array(3, &byte_strings(logs))
            .bytes(4, &StoredSettings(self.settings()).encode())
            .array(5, &byte_strings(keys))
            .finish();
        let card = &self.profile()?.card;
        let envelope = Envelope {
            sender: self.own,
            sent_at: now,
            kind: Kind::File,
            recipients: vec![self.myself(RecipientType::Mlkem768X25519)?],
            card_revision: card.content().revision.0,
            card: None,
            name: Some(NAME.to_owned()),
            content_type: Some(CONTENT_TYPE.to_owned()),
            reply_to: None,
        };
        let (file, _) = seal_file(
            &self.custodian,
            envelope,
            &Zeroizing::new(content),
            now,
            rng,
        )?;
        self.edit_profile()?.backup_at = Some(now);
        let text = armor::encode(Label::AgeEncryptedFile, &file);
        Ok(DeskReply::MakeBackup {
            name: NAME.to_owned(),
            text,
        })
    }

    pub(super) fn restore_backup(
        &mut self,
        text: &str,
        now: TimestampMs,
    ) -> Result<DeskReply, AppError> {
        let (OpenedText::Proved(letter), key) = self.open_text(text)? else {
            return Err(AppError::NoBackup);
        };
        if !self.is_backup(&letter) {
            return Err(AppError::NoBackup);
        }
        self.key_used(&key, now)?;
        let mut fields = Fields::parse(&letter.content, 1..=5)?;
        if fields.require(1)?.uint()? != 1 {
            return Err(AppError::NoBackup);
        }
        let contacts: Vec<Contact> = records(fields.require(2)?)?;
        let logs: Vec<LetterLog> = records(fields.require(3)?)?;
        let settings = StoredSettings::decode(fields.require(4)?.bytes()?)?;
        let keys: Vec<KeyContact> = fields.take(5).map_or(Ok(Vec::new()), records)?;
        let (mut restored, mut kept) = (0_u32, 0_u32);
        for contact in contacts {
            let count = if self.bring_back(contact)? {
                &mut restored
            } else {
                &mut kept
            };
            *count = count.saturating_add(1);
        }
        for key in keys {
            let count = match self.book.bring_back_key(key) {
                Ok(_) => &mut restored,
                Err(_) => &mut kept,
            };
            *count = count.saturating_add(1);
        }
        for log in logs {
            let is_older = self
                .logs
                .get(&log.key())
                .is_none_or(|here| here.count < log.count);
            if is_older {
                self.logs.put(log);
            }
        }
        self.set_settings(settings.0)?;
        self.contacts_changed(now)?;
        Ok(DeskReply::RestoreBackup {
            contacts: restored,
            kept,
        })
    }

    fn is_backup(&self, letter: &Letter) -> bool {
        let claims = &letter.proof.claims;
        claims.sender == self.own
            && claims.kind == Kind::File
            && claims.content_type.as_deref() == Some(CONTENT_TYPE)
    }

    /// Whether the contact came back; not, where the one here is as new or has its address.
    fn bring_back(&mut self, contact: Contact) -> Result<bool, AppError> {
        match self.book.bring_back(contact) {
            Ok(id) => {
                self.card_arrived(id);
                Ok(true)
            }
            Err(ContactsError::OlderCard | ContactsError::AddressClash) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

fn byte_strings(records: impl Iterator<Item = Vec<u8>>) -> ArrayWriter {
    records.fold(ArrayWriter::new(), |array, record| array.bytes(&record))
}

fn records<T: Record>(field: Field<'_>) -> Result<Vec<T>, RecordError> {
    let items = field.items(MAX_CONTACTS)?;
    items.iter().map(|item| T::decode(item.bytes()?)).collect()
}
