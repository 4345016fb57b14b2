//! The unlocked application: everything the rows hold, opened.

use rand_core::CryptoRng;
use sotto_protocol::TimestampMs;
use sotto_protocol::view::{ContactBrief, ContactKind, Me, Trust};

use super::draft::Draft;
use super::files::FileJobRow;
use super::guard::{KeptRecipients, Pass, SiteRule};
use super::live::LiveDevice;
use super::memory::{Invitation, OpenedOnTab, ParkedLetter, Undo};
use super::open::Foreseen;
use super::profile::{Profile, StoredSettings};
use super::recipients::Around;
use super::rows::Rows;
use super::{AppError, Write};
use crate::contacts::{AddressBook, Contact, ContactId, LetterLog};
use crate::custody::Custodian;
use crate::identity::{Fingerprint, IdentityKey, Keyring};
use crate::record::{Record, Table};
use crate::vault::{RecordName, Vault};

/// The table of the keyring, one row.
const KEYRING: &str = "keyring";

const KEYRING_NAME: RecordName<'static> = RecordName {
    table: KEYRING,
    row_key: b"",
    schema: 1,
};

/// The unlocked application. Dropped whole when locking.
pub(super) struct Desk {
    pub(super) vault: Vault,
    pub(super) custodian: Custodian,
    pub(super) own: IdentityKey,
    /// The keyring is to be sealed anew.
    pub(super) is_keyring_touched: bool,
    profile: Table<Profile>,
    settings: Table<StoredSettings>,
    pub(super) book: AddressBook,
    pub(super) logs: Table<LetterLog>,
    pub(super) drafts: Table<Draft>,
    pub(super) invited: Table<Invitation>,
    pub(super) parked: Table<ParkedLetter>,
    pub(super) opened: Table<OpenedOnTab>,
    pub(super) undo: Table<Undo>,
    pub(super) files: Table<FileJobRow>,
    pub(super) guards: Table<SiteRule>,
    pub(super) guard_kept: Table<KeptRecipients>,
    pub(super) live: Table<LiveDevice>,
    // Never written: it does not outlive this instance.
    pub(super) pass: Option<Pass>,
    // Neither is this.
    pub(super) foreseen: Option<Foreseen>,
}

impl Desk {
    /// A new person's desk.
    pub(super) fn new(vault: Vault, keyring: Keyring, profile: Profile) -> Self {
        let mut desk = Self::empty(vault, keyring);
        desk.is_keyring_touched = true;
        desk.profile.put(profile);
        desk
    }

    fn empty(vault: Vault, keyring: Keyring) -> Self {
        Self {
            vault,
            own: keyring.identity_key(),
            custodian: Custodian::new(keyring),
            is_keyring_touched: false,
            profile: Table::default(),
            settings: Table::default(),
            book: AddressBook::default(),
            logs: Table::default(),
            drafts: Table::default(),
            invited: Table::default(),
            parked: Table::default(),
            opened: Table::default(),
            undo: Table::default(),
            files: Table::default(),
            guards: Table::default(),
            guard_kept: Table::default(),
            live: Table::default(),
            pass: None,
            foreseen: None,
        }
    }

    /// Opens every row.
    pub(super) fn open(vault: Vault, rows: &Rows) -> Result<Self, AppError> {
        let sealed = rows.get(KEYRING, b"").ok_or(AppError::RowDamaged)?;
        let keyring = vault
            .open(&KEYRING_NAME, sealed)
            .map_err(|_| AppError::RowDamaged)?;
        let mut desk = Self::empty(vault, Keyring::decode(&keyring)?);
        open_table(&desk.vault, rows, &mut desk.profile)?;
        open_table(&desk.vault, rows, &mut desk.settings)?;
        open_table(&desk.vault, rows, &mut desk.book.rows)?;
        open_table(&desk.vault, rows, &mut desk.book.keys)?;
        open_table(&desk.vault, rows, &mut desk.logs)?;
        open_table(&desk.vault, rows, &mut desk.drafts)?;
        open_table(&desk.vault, rows, &mut desk.invited)?;
        open_table(&desk.vault, rows, &mut desk.parked)?;
        open_table(&desk.vault, rows, &mut desk.opened)?;
        open_table(&desk.vault, rows, &mut desk.undo)?;
        open_table(&desk.vault, rows, &mut desk.files)?;
        open_table(&desk.vault, rows, &mut desk.guards)?;
        open_table(&desk.vault, rows, &mut desk.guard_kept)?;
        open_table(&desk.vault, rows, &mut desk.live)?;
        desk.profile()?;
        Ok(desk)
    }

    /// Seals what was touched.
    pub(super) fn take_writes(&mut self, rng: &mut impl CryptoRng) -> Result<Vec<Write>, AppError> {
        let mut writes = Vec::new();
        if core::mem::take(&mut self.is_keyring_touched) {
            let sealed = self
                .custodian
                .seal_keyring(&self.vault, &KEYRING_NAME, rng)?;
            writes.push(Write {
                table: KEYRING.to_owned(),
                key: Vec::new(),
                value: Some(sealed),
                is_volatile: false,
            });
        }
        seal_table(&self.vault, &mut self.profile, rng, &mut writes)?;
        seal_table(&self.vault, &mut self.settings, rng, &mut writes)?;
        seal_table(&self.vault, &mut self.book.rows, rng, &mut writes)?;
        seal_table(&self.vault, &mut self.book.keys, rng, &mut writes)?;
        seal_table(&self.vault, &mut self.logs, rng, &mut writes)?;
        seal_table(&self.vault, &mut self.drafts, rng, &mut writes)?;
        seal_table(&self.vault, &mut self.invited, rng, &mut writes)?;
        seal_table(&self.vault, &mut self.parked, rng, &mut writes)?;
        seal_table(&self.vault, &mut self.opened, rng, &mut writes)?;
        seal_table(&self.vault, &mut self.undo, rng, &mut writes)?;
        seal_table(&self.vault, &mut self.files, rng, &mut writes)?;
        seal_table(&self.vault, &mut self.guards, rng, &mut writes)?;
        seal_table(&self.vault, &mut self.guard_kept, rng, &mut writes)?;
        seal_table(&self.vault, &mut self.live, rng, &mut writes)?;
        Ok(writes)
    }

    /// Whether anything would be written.
    pub(super) fn is_touched(&self) -> bool {
        self.is_keyring_touched
            || self.profile.is_touched()
            || self.settings.is_touched()
            || self.book.rows.is_touched()
            || self.book.keys.is_touched()
            || self.logs.is_touched()
            || self.drafts.is_touched()
            || self.invited.is_touched()
            || self.parked.is_touched()
            || self.opened.is_touched()
            || self.undo.is_touched()
            || self.files.is_touched()
            || self.guards.is_touched()
            || self.guard_kept.is_touched()
            || self.live.is_touched()
    }

    pub(super) fn profile(&self) -> Result<&Profile, AppError> {
        self.profile.get(b"").ok_or(AppError::RowDamaged)
    }

    pub(super) fn edit_profile(&mut self) -> Result<&mut Profile, AppError> {
        self.profile.edit(b"").ok_or(AppError::RowDamaged)
    }

    pub(super) fn settings(&self) -> sotto_protocol::view::Settings {
        self.settings
            .get(b"")
            .map(|stored| stored.0.clone())
            .unwrap_or_default()
    }

    pub(super) fn put_settings(&mut self, settings: sotto_protocol::view::Settings) {
        self.settings.put(StoredSettings(settings));
    }

    /// The person, as their card says.
    pub(super) fn me(&self) -> Result<Me, AppError> {
        let profile = self.profile()?;
        let content = profile.card.content();
        Ok(Me {
            name: content.name.clone(),
            addresses: content.addresses.clone(),
            fingerprint: Fingerprint::of(&self.own).groups().join(" "),
            since: profile.since,
            rotation: self.custodian.index()?,
        })
    }

    /// The person as a recipient of their own letters.
    pub(super) fn my_brief(&self) -> Result<ContactBrief, AppError> {
        let content = self.profile()?.card.content();
        Ok(ContactBrief {
            id: ContactId::of(&self.own).to_string(),
            name: content.name.clone(),
            address: content.addresses.first().cloned().unwrap_or_default(),
            trust: Trust::Verified,
            kind: ContactKind::Own,
        })
    }

    pub(super) fn around(&self, now: TimestampMs) -> Result<Around<'_>, AppError> {
        let profile = self.profile()?;
        Ok(Around {
            book: &self.book,
            invited: &self.invited,
            me: self.my_brief()?,
            my_addresses: &profile.card.content().addresses,
            kit_now: profile.due(now).kit_now,
        })
    }

    /// The log of a sender.
    pub(super) fn log_of(&self, key: &IdentityKey) -> Option<&LetterLog> {
        self.logs.get(ContactId::of(key).as_bytes())
    }

    /// A contact by the id that a surface names.
    pub(super) fn contact(&self, id: &str) -> Result<&Contact, AppError> {
        Ok(self.book.get(id.parse()?)?)
    }

    /// Contacts changed: a backup is due some day.
    pub(super) fn contacts_changed(&mut self, now: TimestampMs) -> Result<(), AppError> {
        self.edit_profile()?.contacts_changed = Some(now);
        Ok(())
    }
}

impl core::fmt::Debug for Desk {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Desk(..)")
    }
}

fn open_table<T: Record>(vault: &Vault, rows: &Rows, table: &mut Table<T>) -> Result<(), AppError> {
    for (row_key, sealed) in rows.table(T::TABLE) {
        let name = RecordName {
            table: T::TABLE,
            row_key,
            schema: T::SCHEMA,
        };
        let value = vault
            .open(&name, sealed)
            .map_err(|_| AppError::RowDamaged)?;
        let record = T::decode(&value)?;
        // The row was sealed to its key; a record that names another key is not what it says.
        if vault.row_key(T::TABLE, &record.key()) != *row_key {
            return Err(AppError::RowDamaged);
        }
        table.load(record);
    }
    Ok(())
}

fn seal_table<T: Record>(
    vault: &Vault,
    table: &mut Table<T>,
    rng: &mut impl CryptoRng,
    writes: &mut Vec<Write>,
) -> Result<(), AppError> {
    for (key, record) in table.take_touched() {
        let row_key = vault.row_key(T::TABLE, &key);
        let name = RecordName {
            table: T::TABLE,
            row_key: &row_key,
            schema: T::SCHEMA,
        };
        let is_volatile = record.is_some_and(Record::is_volatile);
        let value = match record {
            Some(record) => {
                let encoded = zeroize::Zeroizing::new(record.encode());
                Some(vault.seal(&name, &encoded, rng)?)
            }
            None => None,
        };
        writes.push(Write {
            table: T::TABLE.to_owned(),
            key: row_key.to_vec(),
            value,
            is_volatile,
        });
    }
    Ok(())
}
