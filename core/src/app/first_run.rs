//! Making, restoring and deleting an identity.

use rand_core::CryptoRng;
use sotto_protocol::{SecretText, TimestampMs};

use super::desk::Desk;
use super::profile::Profile;
use super::{App, AppError, KdfResult, SessionChange, Write, unlock};
use crate::custody::{Base64Url, Custodian, Statement};
use crate::identity::card::{Card, CardContent, is_address, is_name, next_revision};
use crate::identity::{Keyring, RecoveryWords, Seed, Signature};
use crate::vault::Vault;

/// The table of the seed record, one row under a key of its own.
pub(super) const SEED: &str = "seed";

/// A mail address as far as a card goes: something on both sides of one `@`.
pub(super) fn is_mail_address(address: &str) -> bool {
    let parts: Vec<_> = address.split('@').collect();
    is_address(address) && parts.len() == 2 && parts.iter().all(|part| !part.is_empty())
}

/// Name and address without outer white space, if they may stand in a card.
pub(super) fn check_person(name: &str, address: &str) -> Result<(String, String), AppError> {
    let (name, address) = (name.trim(), address.trim());
    if !is_name(name) {
        return Err(AppError::Name);
    }
    if !is_mail_address(address) {
        return Err(AppError::Address);
    }
    Ok((name.to_owned(), address.to_owned()))
}

/// Signs a card of the custodian's own identity.
pub(super) fn sign_card(
    custodian: &Custodian,
    content: &CardContent,
    now: TimestampMs,
) -> Result<Card, AppError> {
    let tbs = content.to_tbs()?;
    let signed = custodian.sign(
        &Statement::Card {
            tbs: Base64Url(tbs.clone()),
        },
        now,
    )?;
    Ok(Card::assemble(&tbs, &Signature(signed.signature.0))?)
}

impl App {
    pub(super) fn create(
        &mut self,
        name: &str,
        address: &str,
        keys: &[KdfResult],
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<(), AppError> {
        self.begin(&Seed::generate(rng), [name, address], None, keys, now, rng)
    }

    pub(super) fn restore(
        &mut self,
        words: &SecretText,
        name: &str,
        address: &str,
        keys: &[KdfResult],
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<(), AppError> {
        let seed = RecoveryWords::parse(&words.0)?.seed();
        // Who typed the words has the kit.
        self.begin(&seed, [name, address], Some(now), keys, now, rng)
    }

    fn begin(
        &mut self,
        seed: &Seed,
        [name, address]: [&str; 2],
        kit_confirmed: Option<TimestampMs>,
        keys: &[KdfResult],
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<(), AppError> {
        if self.has_identity() {
            return Err(AppError::IdentityExists);
        }
        let (name, address) = check_person(name, address)?;
        let (new_slot, kek) = keys.first().ok_or(AppError::KeyMissing)?.to_new()?;
        let (vault, seed_key, slot) = Vault::create(new_slot, &kek, rng)?;
        let mut keyring = Keyring::derive(seed)?;
        let is_restored = kit_confirmed.is_some();
        if is_restored {
            keyring.widen(seed)?;
        }
        let card = first_card(&keyring, name, address, now);
        let custodian = Custodian::new(Keyring::derive(seed)?);
        let mut profile = Profile::new(sign_card(&custodian, &card, now)?, now);
        profile.kit_confirmed = kit_confirmed;
        profile.is_restored = is_restored;
        self.put(unlock::SLOTS, slot.id(), slot.as_bytes());
        self.put(SEED, b"", &seed_key.seal(seed, rng)?);
        self.open_session(&vault, rng)?;
        self.desk = Some(Desk::new(vault, keyring, profile));
        Ok(())
    }

    pub(super) fn put(&mut self, table: &str, key: &[u8], value: &[u8]) {
        let (table, key, value) = (table.to_owned(), key.to_vec(), Some(value.to_vec()));
        self.writes.push(Write {
            table,
            key,
            value,
            is_volatile: false,
        });
    }

    /// Deletes every row but the epoch. Unlocked, the person types their name; a locked vault,
    /// whose name nobody can read, is deleted without one.
    pub(super) fn delete_identity(&mut self, name: &str) -> Result<(), AppError> {
        if !self.has_identity() {
            return Err(AppError::NoIdentity);
        }
        let expected = match &self.desk {
            Some(desk) => desk.me()?.name,
            None => String::new(),
        };
        if name.trim() != expected {
            return Err(AppError::Name);
        }
        self.writes = self.rows.deletions(unlock::META);
        self.raise_epoch()?;
        (self.desk, self.veil) = (None, None);
        self.session = SessionChange::Clear;
        Ok(())
    }
}

fn first_card(keyring: &Keyring, name: String, address: String, now: TimestampMs) -> CardContent {
    CardContent {
        identity: keyring.identity_key(),
        revision: next_revision(None, now),
        name,
        addresses: vec![address],
        recipients: keyring.current_recipients(),
        devices: Vec::new(),
        is_retired: false,
    }
}
