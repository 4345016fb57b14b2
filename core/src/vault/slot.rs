//! Slots: the vault's keys, wrapped under a passphrase.

use rand_core::CryptoRng;

use super::record::SeedKey;
use super::{KdfParams, Kek, Vault, VaultError, VaultId};
use crate::cbor::{CborError, Fields, MapWriter};
use crate::sealed_box::{BoxKey, OVERHEAD_LEN, open_box, seal_box};

const INFO_DATA_KEY: &str = "sotto/v1/vault/dk";
const INFO_SEED_KEY: &str = "sotto/v1/vault/sk";
/// A slot opened by a passphrase.
const PASSPHRASE: u64 = 1;
const WRAPPED_LEN: usize = OVERHEAD_LEN + 32;

/// A slot that has its salt and costs but not yet the keys: what [`super::derive_kek`] needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewSlot {
    id: [u8; 16],
    salt: [u8; 16],
    params: KdfParams,
}

impl NewSlot {
    /// Draws id and salt.
    #[must_use]
    pub fn generate(params: KdfParams, rng: &mut impl CryptoRng) -> Self {
        let (mut id, mut salt) = ([0; 16], [0; 16]);
        rng.fill_bytes(&mut id);
        rng.fill_bytes(&mut salt);
        Self { id, salt, params }
    }

    /// A slot that another instance drew.
    #[must_use]
    pub const fn from_parts(id: [u8; 16], salt: [u8; 16], params: KdfParams) -> Self {
        Self { id, salt, params }
    }

    /// The id that the slot will have.
    #[must_use]
    pub const fn id(&self) -> &[u8; 16] {
        &self.id
    }

    /// The salt to derive with.
    #[must_use]
    pub const fn salt(&self) -> &[u8; 16] {
        &self.salt
    }

    /// The costs to derive with.
    #[must_use]
    pub const fn params(&self) -> KdfParams {
        self.params
    }

    pub(super) fn wrap(
        self,
        vault: &Vault,
        seed_key: &SeedKey,
        kek: &Kek,
        rng: &mut impl CryptoRng,
    ) -> Result<Slot, VaultError> {
        let header = Header {
            vault_id: vault.id,
            slot: self,
        };
        let aad = header.map().finish();
        let mut wrap = |info, key: &BoxKey| {
            let wrapped = seal_box(kek.expose(), info, &aad, key.as_bytes(), rng);
            wrapped.map_err(VaultError::Sealing)
        };
        let wrapped_data_key = wrap(INFO_DATA_KEY, &vault.data_key)?;
        let wrapped_seed_key = wrap(INFO_SEED_KEY, seed_key.key())?;
        let map = header.map();
        let map = map.bytes(8, &wrapped_data_key).bytes(9, &wrapped_seed_key);
        Slot::decode(&map.finish())
    }
}

/// Keys 1 to 7 of a slot, which both wrapped keys are bound to.
#[derive(Clone, Copy, Debug)]
struct Header {
    vault_id: VaultId,
    slot: NewSlot,
}

impl Header {
    fn map(&self) -> MapWriter {
        MapWriter::new()
            .bytes(1, &self.vault_id.0)
            .bytes(2, &self.slot.id)
            .uint(3, PASSPHRASE)
            .bytes(4, &self.slot.salt)
            .uint(5, u64::from(self.slot.params.m_kib()))
            .uint(6, u64::from(self.slot.params.t()))
            .uint(7, u64::from(KdfParams::P))
    }
}

/// A stored slot.
#[derive(Clone, Debug)]
pub struct Slot {
    bytes: Vec<u8>,
    header: Header,
    wrapped_data_key: [u8; WRAPPED_LEN],
    wrapped_seed_key: [u8; WRAPPED_LEN],
}

impl Slot {
    /// Reads a stored slot.
    ///
    /// # Errors
    /// [`VaultError::Slot`], [`VaultError::SlotType`], [`VaultError::Params`].
    pub fn decode(bytes: &[u8]) -> Result<Self, VaultError> {
        let mut fields = Fields::parse(bytes, 1..=9).map_err(VaultError::Slot)?;
        let mut field = |key| fields.require(key).map_err(VaultError::Slot);
        let kind = field(3)?.uint().map_err(VaultError::Slot)?;
        if kind != PASSPHRASE {
            return Err(VaultError::SlotType { kind });
        }
        let mut costs = [0_u32; 3];
        for (key, cost) in (5..).zip(&mut costs) {
            *cost = field(key)?.uint_as().map_err(VaultError::Slot)?;
        }
        let [m_kib, t, p] = costs;
        let params = KdfParams::parse(m_kib, t, p)?;
        let mut read = || -> Result<_, CborError> {
            let vault_id = VaultId(fields.require(1)?.array()?);
            let id = fields.require(2)?.array()?;
            let salt = fields.require(4)?.array()?;
            let slot = NewSlot { id, salt, params };
            Ok(Self {
                bytes: bytes.to_vec(),
                header: Header { vault_id, slot },
                wrapped_data_key: fields.require(8)?.array()?,
                wrapped_seed_key: fields.require(9)?.array()?,
            })
        };
        read().map_err(VaultError::Slot)
    }

    /// The bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The vault it opens.
    #[must_use]
    pub const fn vault_id(&self) -> VaultId {
        self.header.vault_id
    }

    /// The slot's own id.
    #[must_use]
    pub const fn id(&self) -> &[u8; 16] {
        &self.header.slot.id
    }

    /// The salt to derive with.
    #[must_use]
    pub const fn salt(&self) -> &[u8; 16] {
        self.header.slot.salt()
    }

    /// The costs to derive with.
    #[must_use]
    pub const fn params(&self) -> KdfParams {
        self.header.slot.params()
    }

    /// Id, salt and costs, as when the slot was new.
    #[must_use]
    pub const fn as_new(&self) -> NewSlot {
        self.header.slot
    }

    /// Opens the data key, and only that.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`].
    pub fn unlock(&self, kek: &Kek) -> Result<Vault, VaultError> {
        Ok(Vault {
            id: self.vault_id(),
            data_key: self.unwrap(kek, INFO_DATA_KEY, &self.wrapped_data_key)?,
        })
    }

    /// Opens the seed key: only for showing the words or deriving the next recipient keys.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`].
    pub fn open_seed_key(&self, kek: &Kek) -> Result<SeedKey, VaultError> {
        let key = self.unwrap(kek, INFO_SEED_KEY, &self.wrapped_seed_key)?;
        Ok(SeedKey::new(self.vault_id(), key))
    }

    /// A slot with the same keys under another passphrase. The old slot is to be deleted; old
    /// copies of the disk keep it.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`], [`VaultError::Sealing`].
    pub fn rewrap(
        &self,
        old_kek: &Kek,
        slot: NewSlot,
        kek: &Kek,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, VaultError> {
        let vault = self.unlock(old_kek)?;
        let seed_key = self.open_seed_key(old_kek)?;
        slot.wrap(&vault, &seed_key, kek, rng)
    }

    fn unwrap(&self, kek: &Kek, info: &str, wrapped: &[u8]) -> Result<BoxKey, VaultError> {
        let aad = self.header.map().finish();
        let opened = open_box(kek.expose(), info, &aad, wrapped);
        let opened = opened.map_err(|_| VaultError::WrongPassphrase)?;
        BoxKey::from_slice(&opened).ok_or(VaultError::WrongPassphrase)
    }
}
