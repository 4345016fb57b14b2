//! The AEAD construction (RFC 8439 §2.8), with the authenticator running between cipher rounds.

use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use crate::chacha20::{BATCH_LEN, Batch, Blocks, KeyWords, key_words, one_time_key};
use crate::poly1305::Poly1305;

/// Bytes of a key.
pub const KEY_LEN: usize = 32;
/// Bytes of a nonce.
pub const NONCE_LEN: usize = 12;
/// Bytes of a tag.
pub const TAG_LEN: usize = 16;
/// The most bytes of one message: block 0 is for the authenticator and the counter has 32 bits
/// (RFC 8439 §2.8).
pub const MAX_LEN: u64 = 64 * (u32::MAX as u64);

/// Why nothing was sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AeadError {
    /// The message has more than [`MAX_LEN`] bytes.
    TooLong,
    /// The tag is not that of this message under this key, nonce and associated data.
    Tag,
}

impl fmt::Display for AeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the message is too long for one nonce",
            Self::Tag => "the message does not authenticate",
        })
    }
}

impl core::error::Error for AeadError {}

/// ChaCha20-Poly1305 under one key. Wiped on drop.
pub struct ChaCha20Poly1305 {
    key: KeyWords,
}

impl ChaCha20Poly1305 {
    /// A cipher under `key`.
    #[must_use]
    pub fn new(key: &[u8; KEY_LEN]) -> Self {
        Self {
            key: key_words(key),
        }
    }

    /// Encrypts `buffer` and gives its tag. A nonce serves once.
    ///
    /// # Errors
    /// [`AeadError::TooLong`]; the buffer is then as before.
    pub fn seal_in_place(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        buffer: &mut [u8],
    ) -> Result<[u8; TAG_LEN], AeadError> {
        check_len(buffer.len())?;
        let mut mac = self.authenticator(nonce, aad);
        let len = buffer.len();
        let mut blocks = Blocks::new(&self.key, nonce, 1);
        let (batches, rest) = buffer.as_chunks_mut::<BATCH_LEN>();
        if let Some((first, others)) = batches.split_first_mut() {
            blocks.apply(first, |_| {});
            // What is authenticated is the ciphertext: that of the batch before, while this one runs.
            let mut before: &Batch = first;
            for batch in others {
                blocks.apply(batch, |part| mac_part(&mut mac, before, part));
                before = batch;
            }
            mac.update_padded(before);
        }
        apply_rest(&mut blocks, rest);
        mac.update_padded(rest);
        Ok(mac.finish(len_of(aad.len()), len_of(len)))
    }

    /// Decrypts `buffer` if `tag` is its own.
    ///
    /// # Errors
    /// [`AeadError::Tag`], and then the buffer is zeroed: what had been decrypted is not released.
    /// [`AeadError::TooLong`]; the buffer is then as before.
    pub fn open_in_place(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        buffer: &mut [u8],
        tag: &[u8; TAG_LEN],
    ) -> Result<(), AeadError> {
        check_len(buffer.len())?;
        let mut mac = self.authenticator(nonce, aad);
        let len = buffer.len();
        let mut blocks = Blocks::new(&self.key, nonce, 1);
        let (batches, rest) = buffer.as_chunks_mut::<BATCH_LEN>();
        for batch in batches {
            let sealed = *batch;
            blocks.apply(batch, |part| mac_part(&mut mac, &sealed, part));
        }
        mac.update_padded(rest);
        apply_rest(&mut blocks, rest);
        let own = mac.finish(len_of(aad.len()), len_of(len));
        if own.ct_eq(tag).into() {
            return Ok(());
        }
        buffer.zeroize();
        Err(AeadError::Tag)
    }

    fn authenticator(&self, nonce: &[u8; NONCE_LEN], aad: &[u8]) -> Poly1305 {
        let mut key = one_time_key(&self.key, nonce);
        let mut mac = Poly1305::new(&key);
        key.zeroize();
        mac.update_padded(aad);
        mac
    }
}

impl Drop for ChaCha20Poly1305 {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl fmt::Debug for ChaCha20Poly1305 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChaCha20Poly1305(..)")
    }
}

/// Authenticates one of the eight parts of a batch.
#[inline(always)]
fn mac_part(mac: &mut Poly1305, sealed: &Batch, part: usize) {
    let (parts, _) = sealed.as_chunks::<32>();
    if let Some(blocks) = parts.get(part) {
        mac.two_blocks(blocks);
    }
}

/// Adds keystream to the last bytes, fewer than a batch.
fn apply_rest(blocks: &mut Blocks, rest: &mut [u8]) {
    if rest.is_empty() {
        return;
    }
    let mut batch = [0; BATCH_LEN];
    blocks.apply(&mut batch, |_| {});
    for (byte, key) in rest.iter_mut().zip(&batch) {
        *byte ^= key;
    }
    batch.zeroize();
}

fn check_len(len: usize) -> Result<(), AeadError> {
    if len_of(len) <= MAX_LEN {
        Ok(())
    } else {
        Err(AeadError::TooLong)
    }
}

fn len_of(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
