//! Key derivation, run apart: Argon2id and scrypt take 256 MiB, and a WASM instance never gives
//! memory back.
//!
//! The application says which derivations a request needs ([`super::App::kdf_jobs`]); the
//! background runs each in an instance that it throws away, and hands the results to
//! [`super::App::handle`]. Job and result are opaque bytes to TypeScript.

use core::fmt;

use rand_core::CryptoRng;
use sotto_protocol::SecretText;
use zeroize::Zeroizing;

use super::AppError;
use crate::age::{self, ScryptKey, ScryptSetting};
use crate::cbor::{CborError, Fields, MapWriter};
use crate::vault::{KdfParams, Kek, NewSlot, Passphrase, Slot, VaultError, derive_kek};

/// Shortest passphrase accepted, in characters. The interface judges strength beyond that.
pub const MIN_PASSPHRASE_CHARS: usize = 8;

/// A derivation to be run: the passphrase and a slot's salt and costs.
pub struct KdfJob(pub Zeroizing<Vec<u8>>);

/// What came of it: the key, with the salt and costs it was derived with.
pub struct KdfResult(pub Zeroizing<Vec<u8>>);

impl fmt::Debug for KdfJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KdfJob(..)")
    }
}

impl fmt::Debug for KdfResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KdfResult(..)")
    }
}

fn write(secret: &[u8], slot: &NewSlot, is_new: bool) -> Zeroizing<Vec<u8>> {
    let map = MapWriter::new()
        .bytes(1, secret)
        .bytes(2, slot.id())
        .bytes(3, slot.salt());
    let map = map
        .uint(4, u64::from(slot.params().m_kib()))
        .uint(5, u64::from(slot.params().t()))
        .bool(6, is_new);
    Zeroizing::new(map.finish())
}

/// The secret, the slot and whether it is new.
type Parts = (Zeroizing<Vec<u8>>, NewSlot, bool);

fn read(bytes: &[u8]) -> Result<Parts, AppError> {
    let parts = || -> Result<_, CborError> {
        let mut fields = Fields::parse(bytes, 1..=6)?;
        let secret = Zeroizing::new(fields.require(1)?.bytes()?.to_vec());
        let (id, salt) = (fields.require(2)?.array()?, fields.require(3)?.array()?);
        let costs = (fields.require(4)?.uint_as()?, fields.require(5)?.uint_as()?);
        Ok((secret, id, salt, costs, fields.require(6)?.bool()?))
    };
    let (secret, id, salt, (m_kib, t), is_new) =
        parts().map_err(|_| AppError::Defect("key derivation does not decode"))?;
    let slot = NewSlot::from_parts(id, salt, KdfParams::parse(m_kib, t, 1)?);
    Ok((secret, slot, is_new))
}

/// A derivation by scrypt has keys of its own: the password and the setting of a stanza.
fn write_scrypt(secret: &[u8], setting: &ScryptSetting) -> Zeroizing<Vec<u8>> {
    let map = MapWriter::new().bytes(11, secret).bytes(12, setting.salt());
    let map = map.uint(13, u64::from(setting.work_factor()));
    Zeroizing::new(map.finish())
}

/// `None` for a derivation by Argon2id.
fn read_scrypt(bytes: &[u8]) -> Option<(Zeroizing<Vec<u8>>, ScryptSetting)> {
    let mut fields = Fields::parse(bytes, 11..=13).ok()?;
    let secret = Zeroizing::new(fields.require(11).ok()?.bytes().ok()?.to_vec());
    let salt = fields.require(12).ok()?.array().ok()?;
    let work_factor: u32 = fields.require(13).ok()?.uint_as().ok()?;
    let setting = ScryptSetting::from_parts(salt, u8::try_from(work_factor).ok()?).ok()?;
    Some((secret, setting))
}

impl KdfJob {
    /// A derivation by scrypt, for the only stanza of a password letter.
    pub(super) fn for_password(password: &age::Passphrase, setting: &ScryptSetting) -> Self {
        Self(write_scrypt(password.expose().as_bytes(), setting))
    }

    /// A derivation for a slot that is to be made.
    pub(super) fn for_new(
        passphrase: &SecretText,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, AppError> {
        let len = passphrase.0.chars().count();
        if len < MIN_PASSPHRASE_CHARS {
            return Err(VaultError::PassphraseLength { len }.into());
        }
        let slot = NewSlot::generate(KdfParams::DEFAULT, rng);
        Ok(Self(write(passphrase.0.as_bytes(), &slot, true)))
    }

    /// A derivation for a slot that exists.
    pub(super) fn for_slot(passphrase: &SecretText, slot: &Slot) -> Self {
        Self(write(passphrase.0.as_bytes(), &slot.as_new(), false))
    }

    /// Runs scrypt or Argon2id. A new slot falls back to 64 MiB where 256 cannot be had; its costs are
    /// stored with it.
    ///
    /// # Errors
    /// [`AppError::Vault`]: memory is short, the passphrase empty or too long.
    pub fn run(&self) -> Result<KdfResult, AppError> {
        if let Some((secret, setting)) = read_scrypt(&self.0) {
            let text = String::from_utf8(secret.to_vec());
            let text = text.map_err(|_| AppError::Defect("password is text"))?;
            let key = age::Passphrase::new(Zeroizing::new(text)).derive(&setting)?;
            return Ok(KdfResult(write_scrypt(key.expose(), &setting)));
        }
        let (secret, slot, is_new) = read(&self.0)?;
        let text = str::from_utf8(&secret).map_err(|_| AppError::Defect("passphrase is text"))?;
        let passphrase = Passphrase::parse(text)?;
        let derive = |slot: NewSlot| {
            let kek = derive_kek(&passphrase, slot.salt(), slot.params())?;
            Ok(KdfResult(write(kek.expose(), &slot, is_new)))
        };
        match derive(slot) {
            Err(VaultError::OutOfMemory { .. }) if is_new => {
                let low = NewSlot::from_parts(*slot.id(), *slot.salt(), KdfParams::LOW_MEMORY);
                Ok(derive(low)?)
            }
            result => Ok(result?),
        }
    }
}

#[cfg(test)]
impl KdfJob {
    /// A derivation by another function, for tests that are not about Argon2id.
    pub(super) fn run_with(
        &self,
        derive: impl Fn(&[u8], &[u8]) -> [u8; 32],
    ) -> Result<KdfResult, AppError> {
        if let Some((secret, setting)) = read_scrypt(&self.0) {
            let key = derive(&secret, setting.salt());
            return Ok(KdfResult(write_scrypt(&key, &setting)));
        }
        let (secret, slot, is_new) = read(&self.0)?;
        Ok(KdfResult(write(
            &derive(&secret, slot.salt()),
            &slot,
            is_new,
        )))
    }
}

impl KdfResult {
    /// The key of a password, and the setting it was derived with.
    pub(super) fn to_scrypt(&self) -> Result<(ScryptKey, ScryptSetting), AppError> {
        let (secret, setting) = read_scrypt(&self.0).ok_or(AppError::KeyMissing)?;
        let mut key = Zeroizing::new([0; 32]);
        if secret.len() != key.len() {
            return Err(AppError::KeyMissing);
        }
        key.copy_from_slice(&secret);
        Ok((ScryptKey::from_bytes(key), setting))
    }

    /// The key for a slot that is to be made.
    pub(super) fn to_new(&self) -> Result<(NewSlot, Kek), AppError> {
        let (secret, slot, is_new) = read(&self.0)?;
        let kek = <[u8; 32]>::try_from(secret.as_slice());
        let kek = kek.ok().filter(|_| is_new).ok_or(AppError::KeyMissing)?;
        Ok((slot, Kek::from_bytes(kek)))
    }

    /// The key for `slot`.
    pub(super) fn to_kek(&self, slot: &Slot) -> Result<Kek, AppError> {
        let (secret, derived, _) = read(&self.0)?;
        let kek = <[u8; 32]>::try_from(secret.as_slice());
        let kek = kek
            .ok()
            .filter(|_| derived == slot.as_new())
            .ok_or(AppError::KeyMissing)?;
        Ok(Kek::from_bytes(kek))
    }
}
