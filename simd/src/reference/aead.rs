//! RFC 8439 §2.8.

extern crate alloc;

use alloc::vec::Vec;

use super::{chacha20, poly1305};

/// Seals a message: ciphertext and tag.
#[must_use]
pub fn seal(key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let mut sealed = plaintext.to_vec();
    chacha20::xor(key, 1, nonce, &mut sealed);
    let tag = tag(key, nonce, aad, &sealed);
    sealed.extend(tag);
    sealed
}

/// Opens what [`seal`] made.
#[must_use]
pub fn open(key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (ciphertext, expected) = sealed.split_last_chunk::<16>()?;
    if tag(key, nonce, aad, ciphertext) != *expected {
        return None;
    }
    let mut plaintext = ciphertext.to_vec();
    chacha20::xor(key, 1, nonce, &mut plaintext);
    Some(plaintext)
}

fn tag(key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], ciphertext: &[u8]) -> [u8; 16] {
    let mut one_time = [0; 32];
    for (to, from) in one_time.iter_mut().zip(chacha20::block(key, 0, nonce)) {
        *to = from;
    }
    let mut message = Vec::new();
    for part in [aad, ciphertext] {
        message.extend_from_slice(part);
        message.resize(message.len().next_multiple_of(16), 0);
    }
    for part in [aad, ciphertext] {
        message.extend((part.len() as u64).to_le_bytes());
    }
    poly1305::tag(&one_time, &message)
}
