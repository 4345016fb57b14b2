use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{ChaCha20Poly1305, KeyInit, Nonce};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{AgeError, FileKey};

/// HKDF-SHA-256 to 32 bytes, as every key of the age specification is derived (RFC 5869).
#[expect(
    clippy::expect_used,
    reason = "32 bytes are below HKDF's limit of 255 × 32"
)]
pub(crate) fn derive_key(ikm: &[u8], salt: &[u8], info: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(salt), ikm)
        .expand(info, key.as_mut())
        .expect("32 <= 255 * 32");
    key
}

/// The stanza body of X25519 and scrypt: the file key under a wrap key.
///
/// The nonce is fixed, as the specification says: a wrap key is derived from a fresh ephemeral
/// share or salt and seals this one message.
pub(super) fn seal_file_key(wrap_key: &[u8; 32], file_key: &FileKey) -> Result<Vec<u8>, AgeError> {
    let mut body = file_key.expose().to_vec();
    ChaCha20Poly1305::new(wrap_key.into())
        .encrypt_in_place(&Nonce::default(), b"", &mut body)
        .map_err(|_| AgeError::Encrypt)?;
    Ok(body)
}

/// The opposite of [`seal_file_key`]. The length is part of the type, so it is checked before
/// decrypting (partitioning oracles, section "The X25519 recipient type").
pub(super) fn open_file_key(wrap_key: &[u8; 32], body: &[u8; 32]) -> Option<FileKey> {
    let mut key = Zeroizing::new(body.to_vec());
    ChaCha20Poly1305::new(wrap_key.into())
        .decrypt_in_place(&Nonce::default(), b"", &mut *key)
        .ok()?;
    key.as_slice().try_into().ok().map(FileKey::from_bytes)
}
