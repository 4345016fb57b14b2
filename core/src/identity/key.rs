//! The identity key: Ed25519 (RFC 8032), verified strictly.

use core::fmt;

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use sotto_protocol::ErrorCode;
use zeroize::Zeroizing;

/// The algorithm byte of Ed25519, first of an [`IdentityKey`]'s 33 bytes.
const ED25519: u8 = 0x01;

/// Why a key or signature is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not 33 bytes.
    #[error("identity key has {len} bytes")]
    Length {
        /// The length found.
        len: usize,
    },
    /// The first byte names an algorithm this version does not know.
    #[error("identity key algorithm {algorithm} is unknown")]
    Algorithm {
        /// The byte found.
        algorithm: u8,
    },
    /// No point of the curve, one of small order, or not in its one encoding.
    #[error("identity key is no valid point")]
    Point,
    /// The signature does not verify.
    #[error("signature does not verify")]
    Signature,
}

impl KeyError {
    /// The code under which the failure leaves the crate.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Length { .. } | Self::Point => ErrorCode::MalformedKey,
            Self::Algorithm { .. } => ErrorCode::NewerVersion,
            Self::Signature => ErrorCode::BadSignature,
        }
    }
}

/// An Ed25519 signature, 64 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(..)")
    }
}

/// A person's public identity: 33 bytes, 0x01 and an Ed25519 public key.
///
/// Holding one means that the point was checked: on the curve, in its one encoding and not of
/// small order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityKey([u8; 33]);

impl IdentityKey {
    /// The length in bytes.
    pub const LEN: usize = 33;

    /// Takes the 33 bytes of a key.
    ///
    /// # Errors
    /// [`KeyError::Length`], [`KeyError::Algorithm`], [`KeyError::Point`].
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyError> {
        let whole: [u8; Self::LEN] = bytes
            .try_into()
            .map_err(|_| KeyError::Length { len: bytes.len() })?;
        let [algorithm, point @ ..] = whole;
        if algorithm != ED25519 {
            return Err(KeyError::Algorithm { algorithm });
        }
        let key = VerifyingKey::from_bytes(&point).map_err(|_| KeyError::Point)?;
        // One person, one key, one encoding: RFC 8032 §5.1.3 decodes y ≥ p as well.
        let is_canonical = key.to_edwards().compress().to_bytes() == point;
        if key.is_weak() || !is_canonical {
            return Err(KeyError::Point);
        }
        Ok(Self(whole))
    }

    /// The 33 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// Verifies as RFC 8032 §5.1.7 with `S` below the group order, and `R` not of small order.
    ///
    /// # Errors
    /// [`KeyError::Signature`].
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), KeyError> {
        let [_, point @ ..] = self.0;
        let key = VerifyingKey::from_bytes(&point).map_err(|_| KeyError::Point)?;
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        key.verify_strict(message, &signature)
            .map_err(|_| KeyError::Signature)
    }
}

impl fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityKey(")?;
        self.0
            .iter()
            .take(5)
            .try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str("..)")
    }
}

/// The private half. Only [`crate::custody`] signs with it, and only typed statements.
pub struct IdentitySecret(SigningKey);

impl IdentitySecret {
    /// Takes the 32-byte seed of RFC 8032 §5.1.5.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> IdentityKey {
        let mut bytes = [ED25519; IdentityKey::LEN];
        let [_, point @ ..] = &mut bytes;
        *point = self.0.verifying_key().to_bytes();
        IdentityKey(bytes)
    }

    /// Signs bytes that begin with a domain label. Deterministic (RFC 8032 §5.1.6).
    pub(crate) fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }

    /// The seed, for the vault's keyring record alone.
    pub(crate) fn to_seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }
}

impl fmt::Debug for IdentitySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentitySecret(..)")
    }
}
