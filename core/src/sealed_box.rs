//! Box: the one way this project seals a small thing under a symmetric key.
//!
//! `Box(key, info, aad, pt) = salt (24) ‖ ChaCha20-Poly1305(HKDF-SHA256(key, salt, info), 0, aad, pt)`
//! (docs/protocol.md, "Notation"; RFC 5869, RFC 8439). Each call draws a new salt, so each call has
//! a key of its own and the zero nonce is used once with it.

use core::fmt;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit, Nonce};
use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::Sha256;
use sotto_protocol::ErrorCode;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Length of the salt in front.
pub const SALT_LEN: usize = 24;
/// How much longer a Box is than its plaintext: salt and tag.
pub const OVERHEAD_LEN: usize = SALT_LEN + 16;

/// A 32-byte key of which only the owner module knows the purpose.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct BoxKey([u8; 32]);

impl BoxKey {
    /// Takes the bytes of a key.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Draws a key.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for BoxKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxKey(..)")
    }
}

/// Why a Box does not open. One variant for a wrong key, context or changed byte: they cannot be
/// told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BoxError {
    /// Shorter than salt and tag.
    #[error("box has only {len} bytes")]
    TooShort {
        /// The length found.
        len: usize,
    },
    /// The tag does not verify.
    #[error("box does not open")]
    Unauthentic,
    /// The plaintext is longer than ChaCha20 can seal (256 GiB).
    #[error("plaintext is too long for a box")]
    TooLong,
}

impl BoxError {
    /// The code under which the failure leaves the crate.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::TooShort { .. } => ErrorCode::Truncated,
            Self::Unauthentic => ErrorCode::Tampered,
            Self::TooLong => ErrorCode::TooLarge,
        }
    }
}

/// Seals `plaintext`; `info` names the purpose, `aad` binds the context.
///
/// # Errors
/// [`BoxError::TooLong`].
pub fn seal_box(
    key: &[u8],
    info: &str,
    aad: &[u8],
    plaintext: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, BoxError> {
    let mut salt = [0; SALT_LEN];
    rng.fill_bytes(&mut salt);
    let payload = Payload {
        msg: plaintext,
        aad,
    };
    let sealed = cipher(key, &salt, info).encrypt(&ZERO_NONCE, payload);
    let sealed = sealed.map_err(|_| BoxError::TooLong)?;
    Ok([&salt[..], &sealed].concat())
}

/// Opens what [`seal_box`] returned for the same key, purpose and context.
///
/// # Errors
/// [`BoxError::TooShort`], [`BoxError::Unauthentic`].
pub fn open_box(
    key: &[u8],
    info: &str,
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, BoxError> {
    let too_short = BoxError::TooShort { len: sealed.len() };
    let (salt, msg) = sealed.split_first_chunk::<SALT_LEN>().ok_or(too_short)?;
    if sealed.len() < OVERHEAD_LEN {
        return Err(too_short);
    }
    let opened = cipher(key, salt, info).decrypt(&ZERO_NONCE, Payload { msg, aad });
    opened
        .map(Zeroizing::new)
        .map_err(|_| BoxError::Unauthentic)
}

// Sound only because `cipher` derives a key from a fresh salt for every single call.
const ZERO_NONCE: Nonce = chacha20poly1305::aead::array::Array([0; 12]);

#[expect(
    clippy::expect_used,
    reason = "32 bytes are within RFC 5869's limit of 255 × 32"
)]
fn cipher(key: &[u8], salt: &[u8; SALT_LEN], info: &str) -> ChaCha20Poly1305 {
    let mut derived = Zeroizing::new([0; 32]);
    let hkdf = Hkdf::<Sha256>::new(Some(salt), key);
    hkdf.expand(info.as_bytes(), &mut derived[..])
        .expect("32 bytes");
    ChaCha20Poly1305::new((&*derived).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand_core::{TryCryptoRng, TryRng};

    struct Counting(u8);

    impl TryRng for Counting {
        type Error = core::convert::Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            unimplemented!("only bytes are drawn")
        }
        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            unimplemented!("only bytes are drawn")
        }
        fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Self::Error> {
            for byte in dst {
                self.0 = self.0.wrapping_add(1);
                *byte = self.0;
            }
            Ok(())
        }
    }
    impl TryCryptoRng for Counting {}

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn another_key_purpose_or_context_does_not_open() {
        let sealed = seal_box(&KEY, "info", b"aad", b"text", &mut Counting(0)).unwrap();
        assert_eq!(**open_box(&KEY, "info", b"aad", &sealed).unwrap(), *b"text");
        for (key, info, aad) in [
            ([8; 32], "info", "aad"),
            (KEY, "other", "aad"),
            (KEY, "info", "other"),
        ] {
            let refused = open_box(&key, info, aad.as_bytes(), &sealed).unwrap_err();
            assert_eq!(refused, BoxError::Unauthentic);
        }
    }

    #[test]
    fn the_same_text_seals_differently() {
        let mut rng = Counting(0);
        let first = seal_box(&KEY, "info", b"", b"text", &mut rng).unwrap();
        let second = seal_box(&KEY, "info", b"", b"text", &mut rng).unwrap();
        assert_ne!(first, second);
    }

    #[test]
    fn a_key_does_not_print() {
        assert_eq!(format!("{:?}", BoxKey::new(KEY)), "BoxKey(..)");
    }

    proptest! {
        #[test]
        fn one_changed_bit_or_length_does_not_open(
            text in proptest::collection::vec(any::<u8>(), 0..100),
            at in any::<proptest::sample::Index>(),
        ) {
            let sealed = seal_box(&KEY, "info", b"aad", &text, &mut Counting(9)).unwrap();
            prop_assert_eq!(sealed.len().checked_sub(OVERHEAD_LEN), Some(text.len()));
            prop_assert_eq!(&**open_box(&KEY, "info", b"aad", &sealed).unwrap(), &text[..]);
            let mut flipped = sealed.clone();
            flipped[at.index(sealed.len())] ^= 1 << (at.index(8));
            prop_assert!(open_box(&KEY, "info", b"aad", &flipped).is_err());
            prop_assert!(open_box(&KEY, "info", b"aad", &sealed[..at.index(sealed.len())]).is_err());
        }
    }
}
