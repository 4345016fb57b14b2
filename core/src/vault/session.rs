//! Sessions: a vault that stays open while the browser's process runs.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{Vault, VaultError, VaultId};
use crate::sealed_box::{BoxKey, open_box, seal_box};

const INFO_SESSION: &str = "sotto/v1/vault/session";
const INFO_VEIL: &str = "sotto/v1/vault/veil";

/// The session key S. It is kept in memory (`storage.session`, trusted contexts) while what it
/// seals is kept on disk, so either alone opens nothing.
#[derive(Debug)]
pub struct SessionKey(BoxKey);

impl SessionKey {
    /// Draws a key: one for every unlocking.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(BoxKey::generate(rng))
    }

    /// Takes the bytes that [`Self::expose`] gave.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(BoxKey::new(bytes))
    }

    /// The bytes, for the memory of trusted contexts alone.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Seals an unlocked vault for one unlock epoch. Locking raises the epoch.
    ///
    /// # Errors
    /// [`VaultError::Sealing`].
    pub fn seal(
        &self,
        vault: &Vault,
        epoch: u64,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, VaultError> {
        let aad = aad(vault.id, epoch);
        let sealed = seal_box(
            self.expose(),
            INFO_SESSION,
            &aad,
            vault.data_key.as_bytes(),
            rng,
        );
        sealed.map_err(VaultError::Sealing)
    }

    /// Opens what was sealed for this vault and epoch.
    ///
    /// # Errors
    /// [`VaultError::Session`].
    pub fn open(&self, vault: VaultId, epoch: u64, sealed: &[u8]) -> Result<Vault, VaultError> {
        let opened = open_box(self.expose(), INFO_SESSION, &aad(vault, epoch), sealed);
        let opened = opened.map_err(VaultError::Session)?;
        let wrong_len = VaultError::Session(crate::sealed_box::BoxError::Unauthentic);
        let data_key = BoxKey::from_slice(&opened).ok_or(wrong_len)?;
        Ok(Vault {
            id: vault,
            data_key,
        })
    }

    /// Seals what stays while the vault is veiled, for one unlock epoch. Never the data key.
    ///
    /// # Errors
    /// [`VaultError::Sealing`].
    pub fn seal_veil(
        &self,
        vault: VaultId,
        epoch: u64,
        content: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, VaultError> {
        seal_box(self.expose(), INFO_VEIL, &aad(vault, epoch), content, rng)
            .map_err(VaultError::Sealing)
    }

    /// Opens what [`Self::seal_veil`] sealed for this vault and epoch.
    ///
    /// # Errors
    /// [`VaultError::Session`].
    pub fn open_veil(
        &self,
        vault: VaultId,
        epoch: u64,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        open_box(self.expose(), INFO_VEIL, &aad(vault, epoch), sealed).map_err(VaultError::Session)
    }
}

fn aad(vault: VaultId, epoch: u64) -> Vec<u8> {
    [&vault.0[..], &epoch.to_be_bytes()].concat()
}
