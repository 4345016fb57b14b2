//! The vault: what a profile keeps, sealed under a passphrase (docs/protocol.md, Vault).
//!
//! A random data key (DK) seals the records and a random seed key (SK) seals the seed alone. A
//! [`Slot`] holds both, wrapped under a key-encryption key that Argon2id makes of the passphrase.
//! Unlocking opens DK; SK is opened only while the passphrase is given anew.
//!
//! [`derive_kek`] stands free of everything else: it needs 256 MiB, and the memory of a WASM
//! instance never shrinks, so it runs in an instance that is thrown away. The [`Kek`] is what
//! passes on to the instance that opens the slot.
//!
//! ```
//! # use sotto_core::vault::{KdfParams, NewSlot, Passphrase, RecordName, Slot, Vault, derive_kek};
//! # use rand_core::{TryCryptoRng, TryRng};
//! # struct Rng(u8);
//! # impl TryRng for Rng {
//! #     type Error = core::convert::Infallible;
//! #     fn try_next_u32(&mut self) -> Result<u32, Self::Error> { Ok(0) }
//! #     fn try_next_u64(&mut self) -> Result<u64, Self::Error> { Ok(0) }
//! #     fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Self::Error> {
//! #         dst.iter_mut().for_each(|byte| { self.0 = self.0.wrapping_add(1); *byte = self.0 });
//! #         Ok(())
//! #     }
//! # }
//! # impl TryCryptoRng for Rng {}
//! # let mut rng = Rng(0);
//! let passphrase = Passphrase::parse("six words are enough for this")?;
//! let new_slot = NewSlot::generate(KdfParams::LOW_MEMORY, &mut rng);
//! let kek = derive_kek(&passphrase, new_slot.salt(), new_slot.params())?;
//! let (vault, _seed_key, slot) = Vault::create(new_slot, &kek, &mut rng)?;
//!
//! let name = RecordName { table: "settings", row_key: b"", schema: 1 };
//! let record = vault.seal(&name, b"value", &mut rng)?;
//! let again = Slot::decode(slot.as_bytes())?.unlock(&kek)?;
//! assert_eq!(&**again.open(&name, &record)?, b"value");
//! # Ok::<(), sotto_core::vault::VaultError>(())
//! ```

mod class;
mod error;
mod kdf;
mod record;
mod session;
mod slot;
mod suggest;

use core::fmt;

pub use error::VaultError;
pub use kdf::{KdfParams, Kek, MAX_PASSPHRASE_LEN, Passphrase, derive_kek};
use rand_core::CryptoRng;
pub use record::{RecordName, SeedKey};
pub use session::SessionKey;
pub use slot::{NewSlot, Slot};
pub use suggest::{SUGGESTED_WORDS, suggest_passphrase};

use crate::sealed_box::BoxKey;

/// Which vault a slot or record belongs to: 16 random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VaultId(pub [u8; 16]);

/// An unlocked vault: it seals and opens records, the seed excepted.
pub struct Vault {
    id: VaultId,
    data_key: BoxKey,
}

impl Vault {
    /// Makes a vault with one slot. The seed key seals the seed and is then dropped.
    ///
    /// # Errors
    /// [`VaultError::Sealing`].
    pub fn create(
        slot: NewSlot,
        kek: &Kek,
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, SeedKey, Slot), VaultError> {
        let mut id = VaultId([0; 16]);
        rng.fill_bytes(&mut id.0);
        let vault = Self {
            id,
            data_key: BoxKey::generate(rng),
        };
        let seed_key = SeedKey::new(id, BoxKey::generate(rng));
        let slot = slot.wrap(&vault, &seed_key, kek, rng)?;
        Ok((vault, seed_key, slot))
    }

    /// After a compromise: the same vault under a new data key. Every record has to be opened with
    /// the old [`Vault`] and sealed with the new one, and every session key dropped.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`], [`VaultError::Sealing`].
    pub fn renew(
        old: &Slot,
        old_kek: &Kek,
        slot: NewSlot,
        kek: &Kek,
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, Slot), VaultError> {
        let seed_key = old.open_seed_key(old_kek)?;
        let vault = Self {
            id: old.vault_id(),
            data_key: BoxKey::generate(rng),
        };
        let slot = slot.wrap(&vault, &seed_key, kek, rng)?;
        Ok((vault, slot))
    }

    /// Which vault this is.
    #[must_use]
    pub const fn id(&self) -> VaultId {
        self.id
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(..)")
    }
}

#[cfg(test)]
mod tests;
