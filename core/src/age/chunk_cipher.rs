//! ChaCha20-Poly1305 for the bulk of a payload: one seam, two implementations.
//!
//! RustCrypto's has vector code for computers but none for WebAssembly; there `sotto-simd` is more
//! than twice as fast (docs/adr/0006). Everything else that seals a few bytes (file keys, the seal,
//! the vault) uses RustCrypto everywhere.

#[cfg(not(target_arch = "wasm32"))]
use chacha20poly1305::{AeadInOut, KeyInit};

use super::TAG_LEN;

/// The tag did not fit, or the cipher refused the length: told apart by who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused;

pub(super) type Nonce = [u8; 12];
pub(super) type Tag = [u8; TAG_LEN];

/// One payload's cipher. Wiped on drop; what a wrong tag decrypts to is not left in the buffer.
#[cfg(target_arch = "wasm32")]
pub(super) struct ChunkCipher(sotto_simd::ChaCha20Poly1305);

#[cfg(target_arch = "wasm32")]
impl ChunkCipher {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self(sotto_simd::ChaCha20Poly1305::new(key))
    }

    pub(super) fn seal(&self, nonce: &Nonce, buffer: &mut [u8]) -> Result<Tag, Refused> {
        let sealed = self.0.seal_in_place(nonce, b"", buffer);
        sealed.map_err(|_| Refused)
    }

    pub(super) fn open(&self, nonce: &Nonce, buffer: &mut [u8], tag: &Tag) -> Result<(), Refused> {
        let opened = self.0.open_in_place(nonce, b"", buffer, tag);
        opened.map_err(|_| Refused)
    }
}

/// One payload's cipher. Wiped on drop; what a wrong tag decrypts to is not left in the buffer.
#[cfg(not(target_arch = "wasm32"))]
pub(super) struct ChunkCipher(chacha20poly1305::ChaCha20Poly1305);

#[cfg(not(target_arch = "wasm32"))]
impl ChunkCipher {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self(chacha20poly1305::ChaCha20Poly1305::new(key.into()))
    }

    pub(super) fn seal(&self, nonce: &Nonce, buffer: &mut [u8]) -> Result<Tag, Refused> {
        let sealed = self
            .0
            .encrypt_inout_detached(nonce.into(), b"", buffer.into());
        sealed.map(Into::into).map_err(|_| Refused)
    }

    pub(super) fn open(&self, nonce: &Nonce, buffer: &mut [u8], tag: &Tag) -> Result<(), Refused> {
        let buffer = buffer.into();
        let opened = self
            .0
            .decrypt_inout_detached(nonce.into(), b"", buffer, tag.into());
        opened.map_err(|_| Refused)
    }
}
