//! Unlocking, locking, and which key derivations a request needs.

use base64ct::{Base64UrlUnpadded, Encoding};
use rand_core::CryptoRng;
use sotto_protocol::desk::DeskRequest;

use super::desk::Desk;
use super::first_run::check_person;
use super::rows::Rows;
use super::{App, AppError, KdfJob, KdfResult, SessionChange, Write};
use crate::identity::RecoveryWords;
use crate::vault::{SessionKey, Slot, Vault};

/// The table of slots: public, their secrets are wrapped.
pub(super) const SLOTS: &str = "slots";
/// The table of the epoch, public.
pub(super) const META: &str = "meta";
const EPOCH: &[u8] = b"epoch";
/// What is sealed under the session secret.
pub(super) const SESSION: &str = "session";

/// The unlock epoch; 0 in a new profile.
pub(super) fn epoch_of(rows: &Rows) -> u32 {
    let bytes = rows
        .get(META, EPOCH)
        .and_then(|bytes| bytes.try_into().ok());
    bytes.map_or(0, u32::from_be_bytes)
}

/// The desk of a running session, if the secret fits what the rows hold.
pub(super) fn resume(rows: &Rows, epoch: u32, session: &str) -> Option<Desk> {
    let (_, slot) = rows.table(SLOTS).next()?;
    let vault_id = Slot::decode(slot).ok()?.vault_id();
    let mut secret = [0; 32];
    let len = Base64UrlUnpadded::decode(session, &mut secret).ok()?.len();
    let key = (len == secret.len()).then(|| SessionKey::from_bytes(secret))?;
    let vault = key
        .open(vault_id, u64::from(epoch), rows.get(SESSION, b"")?)
        .ok()?;
    Desk::open(vault, rows).ok()
}

impl App {
    /// The key derivations that `request` needs before it can be handled, in order; mostly none.
    ///
    /// # Errors
    /// What is wrong with the request already, so that nobody waits a second to hear it.
    pub fn kdf_jobs(
        &self,
        request: &DeskRequest,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<KdfJob>, AppError> {
        // Few requests derive keys, and one wildcard is honest about the other forty.
        #[expect(clippy::wildcard_enum_match_arm, reason = "most requests need no key")]
        match request {
            DeskRequest::Create {
                name,
                address,
                passphrase,
            } => {
                self.check_first_run(name, address)?;
                Ok(vec![KdfJob::for_new(passphrase, rng)?])
            }
            DeskRequest::Restore {
                words,
                name,
                address,
                passphrase,
            } => {
                self.check_first_run(name, address)?;
                RecoveryWords::parse(&words.0)?;
                Ok(vec![KdfJob::for_new(passphrase, rng)?])
            }
            DeskRequest::Unlock { passphrase }
            | DeskRequest::RecoveryWords { passphrase }
            | DeskRequest::ExportIdentity { passphrase }
            | DeskRequest::RotateKeys { passphrase } => {
                Ok(vec![KdfJob::for_slot(passphrase, &self.slot()?)])
            }
            DeskRequest::ChangePassphrase { old, new } => {
                let new = KdfJob::for_new(new, rng)?;
                Ok(vec![KdfJob::for_slot(old, &self.slot()?), new])
            }
            DeskRequest::SealWithPassword { id, password } => {
                let desk = self.desk.as_ref().ok_or_else(|| self.closed())?;
                Ok(vec![desk.password_job(id, password, rng)?])
            }
            DeskRequest::OpenWithPassword { text, password, .. } => {
                self.desk.as_ref().ok_or_else(|| self.closed())?;
                super::password::opening_jobs(text, password)
            }
            _ => Ok(Vec::new()),
        }
    }

    fn check_first_run(&self, name: &str, address: &str) -> Result<(), AppError> {
        if self.has_identity() {
            return Err(AppError::IdentityExists);
        }
        check_person(name, address).map(drop)
    }

    pub(super) fn unlock(
        &mut self,
        keys: &[KdfResult],
        rng: &mut impl CryptoRng,
    ) -> Result<(), AppError> {
        let slot = self.slot()?;
        let kek = keys.first().ok_or(AppError::KeyMissing)?.to_kek(&slot)?;
        let desk = Desk::open(slot.unlock(&kek)?, &self.rows)?;
        self.open_session(&desk.vault, rng)?;
        self.desk = Some(desk);
        Ok(())
    }

    /// Seals the data key under a new session secret, for the present epoch.
    pub(super) fn open_session(
        &mut self,
        vault: &Vault,
        rng: &mut impl CryptoRng,
    ) -> Result<(), AppError> {
        let key = SessionKey::generate(rng);
        let sealed = key.seal(vault, u64::from(self.epoch), rng)?;
        self.drop_veil();
        self.put(SESSION, b"", &sealed);
        self.session = SessionChange::Set(Base64UrlUnpadded::encode_string(key.expose()));
        Ok(())
    }

    /// Drops everything and raises the epoch: what the session secret opened opens no more. What
    /// was opened on pages is forgotten with it: tabs have other numbers next time.
    pub(super) fn lock(&mut self) -> Result<(), AppError> {
        self.desk = None;
        self.drop_veil();
        self.writes.push(Write {
            table: SESSION.to_owned(),
            key: Vec::new(),
            value: None,
            is_volatile: false,
        });
        let opened = self
            .rows
            .table(<super::memory::OpenedOnTab as crate::record::Record>::TABLE);
        let opened: Vec<_> = opened.map(|(key, _)| key.to_vec()).collect();
        for key in opened {
            let table = <super::memory::OpenedOnTab as crate::record::Record>::TABLE.to_owned();
            self.writes.push(Write {
                table,
                key,
                value: None,
                is_volatile: false,
            });
        }
        self.raise_epoch()?;
        self.session = SessionChange::Clear;
        Ok(())
    }

    pub(super) fn raise_epoch(&mut self) -> Result<(), AppError> {
        self.epoch = self
            .epoch
            .checked_add(1)
            .ok_or(AppError::Defect("epochs are used up"))?;
        let bytes = self.epoch.to_be_bytes();
        self.put(META, EPOCH, &bytes);
        Ok(())
    }

    pub(super) fn change_passphrase(
        &mut self,
        keys: &[KdfResult],
        rng: &mut impl CryptoRng,
    ) -> Result<(), AppError> {
        let [old, new] = keys else {
            return Err(AppError::KeyMissing);
        };
        let slot = self.slot()?;
        let old_kek = old.to_kek(&slot)?;
        let (new_slot, kek) = new.to_new()?;
        let rewrapped = slot.rewrap(&old_kek, new_slot, &kek, rng)?;
        self.writes.push(Write {
            table: SLOTS.to_owned(),
            key: slot.id().to_vec(),
            value: None,
            is_volatile: false,
        });
        self.put(SLOTS, rewrapped.id(), rewrapped.as_bytes());
        Ok(())
    }
}
