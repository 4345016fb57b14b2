//! From a passphrase to the key that opens a slot: Argon2id (RFC 9106).

use core::fmt;
use core::ops::RangeInclusive;

use argon2::{Algorithm, Argon2, Params, Version};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::VaultError;
use crate::sealed_box::BoxKey;

/// Longest passphrase, in bytes of UTF-8 in normal form C.
pub const MAX_PASSPHRASE_LEN: usize = 1024;

/// A passphrase in normal form C, so that every keyboard makes the same bytes of it.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes what was typed. White space counts: nothing is trimmed.
    ///
    /// # Errors
    /// [`VaultError::PassphraseLength`] if it is empty or too long. How strong it is, is not
    /// judged here.
    pub fn parse(typed: &str) -> Result<Self, VaultError> {
        // Room for what normalisation may add: growing would leave copies behind.
        let mut text = Zeroizing::new(String::with_capacity(typed.len().saturating_mul(3)));
        text.extend(typed.nfc());
        match text.len() {
            1..=MAX_PASSPHRASE_LEN => Ok(Self(text)),
            len => Err(VaultError::PassphraseLength { len }),
        }
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

/// What Argon2id costs: memory in KiB and passes over it. One lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KdfParams {
    m_kib: u32,
    t: u32,
}

impl KdfParams {
    /// 256 MiB, three passes: for new slots.
    pub const DEFAULT: Self = Self {
        m_kib: 262_144,
        t: 3,
    };
    /// 64 MiB, three passes: where [`Self::DEFAULT`] finds no memory. RFC 9106 §4, second choice.
    pub const LOW_MEMORY: Self = Self {
        m_kib: 65_536,
        t: 3,
    };

    const M_KIB: RangeInclusive<u32> = 65_536..=1_048_576;
    const T: RangeInclusive<u32> = 3..=10;
    /// Lanes: one, because WASM has one thread.
    pub(super) const P: u32 = 1;

    /// Takes parameters from 64 MiB to 1 GiB and 3 to 10 passes. A stored slot is a claim: without
    /// bounds it could make unlocking weak, or endless.
    ///
    /// # Errors
    /// [`VaultError::Params`].
    pub fn parse(m_kib: u32, t: u32, p: u32) -> Result<Self, VaultError> {
        let is_accepted = Self::M_KIB.contains(&m_kib) && Self::T.contains(&t) && p == Self::P;
        if is_accepted {
            Ok(Self { m_kib, t })
        } else {
            Err(VaultError::Params)
        }
    }

    /// Memory in KiB.
    #[must_use]
    pub const fn m_kib(self) -> u32 {
        self.m_kib
    }

    /// Passes over the memory.
    #[must_use]
    pub const fn t(self) -> u32 {
        self.t
    }
}

/// A key-encryption key: opens and makes slots. Lives for one operation.
#[derive(Debug)]
pub struct Kek(BoxKey);

impl Kek {
    /// Takes the bytes that another instance derived.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(BoxKey::new(bytes))
    }

    /// The bytes, to hand to another instance of the same extension process, at once.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}

/// Derives the key that opens a slot. Takes most of a second and `params.m_kib()` of memory.
///
/// # Errors
/// [`VaultError::OutOfMemory`], [`VaultError::Params`].
pub fn derive_kek(
    passphrase: &Passphrase,
    salt: &[u8; 16],
    params: KdfParams,
) -> Result<Kek, VaultError> {
    let m_kib = params.m_kib;
    let mut kek = Zeroizing::new([0; 32]);
    let costs = Params::new(m_kib, params.t, KdfParams::P, Some(kek.len()));
    let costs = costs.map_err(|_| VaultError::Params)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, costs);
    argon2
        .hash_password_into(passphrase.0.as_bytes(), salt, &mut kek[..])
        .map_err(|error| {
            if error == argon2::Error::OutOfMemory {
                VaultError::OutOfMemory { m_kib }
            } else {
                VaultError::Params
            }
        })?;
    Ok(Kek::from_bytes(*kek))
}
