use zeroize::Zeroizing;

use super::{AgeError, CHUNK_LEN, PayloadKey, Place};

/// Seals a payload that arrives in pieces.
///
/// A full chunk is held back until more bytes or the end come: only then it is known whether it is
/// the final one.
#[derive(Debug)]
pub struct PayloadSealer {
    key: PayloadKey,
    held: Zeroizing<Vec<u8>>,
    next: u64,
}

impl PayloadSealer {
    /// A sealer at the first byte of a payload. The key must not have sealed anything before.
    #[must_use]
    pub fn new(key: PayloadKey) -> Self {
        Self {
            key,
            held: Zeroizing::new(Vec::with_capacity(CHUNK_LEN)),
            next: 0,
        }
    }

    /// Takes plaintext, appends what can be sealed to `out`.
    ///
    /// # Errors
    /// [`AgeError::Encrypt`] if the cipher refuses.
    pub fn push(&mut self, mut plaintext: &[u8], out: &mut Vec<u8>) -> Result<(), AgeError> {
        while !plaintext.is_empty() {
            if self.held.len() == CHUNK_LEN {
                self.seal(Place::Inner(self.next), out)?;
                self.next = self.next.saturating_add(1);
            }
            let room = CHUNK_LEN
                .saturating_sub(self.held.len())
                .min(plaintext.len());
            let (taken, rest) = plaintext.split_at(room);
            self.held.extend_from_slice(taken);
            plaintext = rest;
        }
        Ok(())
    }

    /// Seals the final chunk.
    ///
    /// # Errors
    /// [`AgeError::Encrypt`] if the cipher refuses.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<(), AgeError> {
        self.seal(Place::Final(self.next), out)
    }

    fn seal(&mut self, place: Place, out: &mut Vec<u8>) -> Result<(), AgeError> {
        self.key.seal_chunk(place, &self.held, out)?;
        self.held.clear();
        Ok(())
    }
}
