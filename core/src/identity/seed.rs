//! The seed, from which a person's long-term keys are derived (docs/protocol.md, Keys).

use core::fmt;

use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::IdentitySecret;
use crate::age::{AgeError, Identity, RecipientType};
use crate::label;

/// 32 random bytes; the recovery words are these.
///
/// Whoever has them reads all past and future letters and signs as the person. Outside the first
/// run they are read only to show the words or to derive the next key.
pub struct Seed(Zeroizing<[u8; Self::LEN]>);

impl Seed {
    /// Length in bytes.
    pub const LEN: usize = 32;

    /// Draws a seed.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; Self::LEN]);
        rng.fill_bytes(&mut bytes[..]);
        Self(bytes)
    }

    /// Takes the bytes of a seed.
    #[must_use]
    pub const fn from_bytes(bytes: Zeroizing<[u8; Self::LEN]>) -> Self {
        Self(bytes)
    }

    /// The bytes, for the recovery words and the vault's seed record alone.
    pub(crate) const fn expose(&self) -> &Zeroizing<[u8; Self::LEN]> {
        &self.0
    }

    /// The identity key. There is one: it is not rotated.
    #[must_use]
    pub fn derive_identity(&self) -> IdentitySecret {
        IdentitySecret::from_seed(&self.derive(label::DERIVE_ED25519, 0))
    }

    /// The recipient key of a type at a rotation index.
    ///
    /// # Errors
    /// [`AgeError::MalformedKey`] if the primitives refuse the derived secret.
    pub fn derive_recipient(&self, kind: RecipientType, index: u32) -> Result<Identity, AgeError> {
        let label = match kind {
            RecipientType::X25519 => label::DERIVE_X25519,
            RecipientType::Mlkem768X25519 => label::DERIVE_MLKEM768X25519,
        };
        Identity::from_secret(kind, self.derive(label, index))
    }

    #[expect(
        clippy::expect_used,
        reason = "32 bytes are within RFC 5869's limit of 255 × 32"
    )]
    fn derive(&self, label: &[u8], index: u32) -> Zeroizing<[u8; 32]> {
        let mut derived = Zeroizing::new([0; 32]);
        let info = [label, &index.to_be_bytes()].concat();
        let hkdf = Hkdf::<Sha256>::new(Some(b"sotto/v1/seed"), self.0.as_ref());
        hkdf.expand(&info, &mut derived[..]).expect("32 bytes");
        derived
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(..)")
    }
}
