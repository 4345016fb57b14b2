//! The person's long-term keys: read from the seed under the passphrase given anew, taken out as
//! age identities, or rotated.

use sotto_protocol::desk::DeskReply;
use sotto_protocol::{SecretText, TimestampMs};

use super::desk::Desk;
use super::first_run::{SEED, sign_card};
use super::{App, AppError, KdfResult};
use crate::age::Recipient;
use crate::identity::card::next_revision;
use crate::identity::{Export, Owner, Seed};

impl App {
    /// The seed, which only the passphrase opens: an unlocked vault does not.
    pub(super) fn read_seed(&self, keys: &[KdfResult]) -> Result<Seed, AppError> {
        let slot = self.slot()?;
        let kek = keys.first().ok_or(AppError::KeyMissing)?.to_kek(&slot)?;
        let seed_key = slot.open_seed_key(&kek)?;
        let sealed = self.rows.get(SEED, b"").ok_or(AppError::RowDamaged)?;
        Ok(seed_key.open(sealed)?)
    }

    pub(super) fn export_identity(&mut self, keys: &[KdfResult]) -> Result<DeskReply, AppError> {
        let seed = self.read_seed(keys)?;
        let desk = self.desk()?;
        let me = desk.my_brief()?;
        let owner = Owner {
            name: &me.name,
            address: &me.address,
        };
        let export = Export::derive(&seed, &desk.custodian.indices_to_now()?, owner)?;
        Ok(DeskReply::ExportIdentity {
            all: SecretText(export.all.to_string()),
            classical: SecretText(export.classical.to_string()),
        })
    }

    pub(super) fn rotate_keys(
        &mut self,
        keys: &[KdfResult],
        now: TimestampMs,
    ) -> Result<(), AppError> {
        let seed = self.read_seed(keys)?;
        let desk = self.desk()?;
        desk.custodian.rotate(&seed)?;
        desk.widen(&seed)?;
        desk.keys_changed(now)
    }
}

impl Desk {
    /// A restored person holds keys beyond the current ones; they move on with them.
    pub(super) fn widen(&mut self, seed: &Seed) -> Result<(), AppError> {
        if self.profile()?.is_restored {
            self.custodian.widen(seed)?;
            self.is_keyring_touched = true;
        }
        Ok(())
    }

    /// A letter was opened with this key of ours. After a restore that tells how far the keys had
    /// been rotated before.
    pub(super) fn key_used(&mut self, key: &Recipient, now: TimestampMs) -> Result<(), AppError> {
        if self.custodian.follow(key)? {
            self.keys_changed(now)?;
        }
        Ok(())
    }

    /// The card lists what receives now; contacts get it whole with the next letter.
    fn keys_changed(&mut self, now: TimestampMs) -> Result<(), AppError> {
        self.is_keyring_touched = true;
        let mut content = self.profile()?.card.content().clone();
        content.recipients = self.own_recipients()?;
        content.revision = next_revision(Some(content.revision), now);
        let card = sign_card(&self.custodian, &content, now)?;
        self.edit_profile()?.card = card;
        Ok(())
    }
}
