//! Records: values sealed to the row in which they stand.

use core::fmt;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{Vault, VaultError, VaultId};
use crate::cbor::{ArrayWriter, CborError, Fields, MapWriter};
use crate::identity::Seed;
use crate::sealed_box::{BoxKey, open_box, seal_box};

const INFO_RECORD: &str = "sotto/v1/vault/record";
const INFO_SEED: &str = "sotto/v1/vault/seed";
const INFO_INDEX: &[u8] = b"sotto/v1/vault/index";
/// The format of a record: its first byte.
const VERSION: u8 = 0x01;

/// Where a record stands. It opens nowhere else, so rows cannot be exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordName<'a> {
    /// The table.
    pub table: &'a str,
    /// The row; where it would tell something, what [`Vault::row_key`] made of it.
    pub row_key: &'a [u8],
    /// The schema of the value.
    pub schema: u64,
}

impl RecordName<'_> {
    fn aad(&self, vault: VaultId) -> Vec<u8> {
        ArrayWriter::new()
            .bytes(&vault.0)
            .text(self.table)
            .bytes(self.row_key)
            .uint(self.schema)
            .finish()
    }
}

fn seal(
    key: &BoxKey,
    info: &str,
    aad: &[u8],
    value: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, VaultError> {
    let sealed = seal_box(key.as_bytes(), info, aad, value, rng).map_err(VaultError::Sealing)?;
    Ok([&[VERSION], sealed.as_slice()].concat())
}

fn open(
    key: &BoxKey,
    info: &str,
    aad: &[u8],
    record: &[u8],
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let (version, sealed) = record.split_first().ok_or(VaultError::EmptyRecord)?;
    if *version != VERSION {
        return Err(VaultError::RecordVersion { version: *version });
    }
    open_box(key.as_bytes(), info, aad, sealed).map_err(VaultError::Record)
}

impl Vault {
    /// Seals the CBOR `value` of a row.
    ///
    /// # Errors
    /// [`VaultError::Sealing`].
    pub fn seal(
        &self,
        name: &RecordName<'_>,
        value: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, VaultError> {
        seal(&self.data_key, INFO_RECORD, &name.aad(self.id), value, rng)
    }

    /// Opens the record of a row.
    ///
    /// # Errors
    /// [`VaultError::EmptyRecord`], [`VaultError::RecordVersion`], [`VaultError::Record`].
    pub fn open(
        &self,
        name: &RecordName<'_>,
        record: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        open(&self.data_key, INFO_RECORD, &name.aad(self.id), record)
    }

    /// What stands in for a row key that would tell something, such as an address.
    #[must_use]
    pub fn row_key(&self, table: &str, key: &[u8]) -> [u8; 32] {
        let mut mac = self.index_mac();
        mac.update(table.as_bytes());
        mac.update(&[0]);
        mac.update(key);
        mac.finalize().into_bytes().into()
    }

    #[expect(
        clippy::expect_used,
        reason = "32 bytes are within HKDF's limit; HMAC takes any key"
    )]
    fn index_mac(&self) -> Hmac<Sha256> {
        let mut index_key = Zeroizing::new([0; 32]);
        let hkdf = Hkdf::<Sha256>::new(Some(b""), self.data_key.as_bytes());
        hkdf.expand(INFO_INDEX, &mut index_key[..])
            .expect("32 bytes");
        Hmac::new_from_slice(&index_key[..]).expect("any length")
    }
}

/// Opens and seals the seed record, and nothing else. Lives for one operation.
pub struct SeedKey {
    vault: VaultId,
    key: BoxKey,
}

impl SeedKey {
    pub(super) const NAME: RecordName<'static> = RecordName {
        table: "seed",
        row_key: b"",
        schema: 1,
    };

    pub(super) const fn new(vault: VaultId, key: BoxKey) -> Self {
        Self { vault, key }
    }

    pub(super) const fn key(&self) -> &BoxKey {
        &self.key
    }

    /// Seals the seed: the record `{1: seed}` of table `seed`.
    ///
    /// # Errors
    /// [`VaultError::Sealing`].
    pub fn seal(&self, seed: &Seed, rng: &mut impl CryptoRng) -> Result<Vec<u8>, VaultError> {
        let value = Zeroizing::new(MapWriter::new().bytes(1, &seed.expose()[..]).finish());
        seal(
            &self.key,
            INFO_SEED,
            &Self::NAME.aad(self.vault),
            &value,
            rng,
        )
    }

    /// Opens the seed.
    ///
    /// # Errors
    /// As [`Vault::open`], and [`VaultError::Seed`].
    pub fn open(&self, record: &[u8]) -> Result<Seed, VaultError> {
        let value = open(&self.key, INFO_SEED, &Self::NAME.aad(self.vault), record)?;
        let read = || -> Result<_, CborError> { Fields::parse(&value, 1..=1)?.require(1)?.array() };
        let seed = read().map_err(VaultError::Seed)?;
        Ok(Seed::from_bytes(Zeroizing::new(seed)))
    }
}

impl fmt::Debug for SeedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeedKey(..)")
    }
}
