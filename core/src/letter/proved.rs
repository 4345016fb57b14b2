use core::fmt;

use zeroize::Zeroizing;

use super::digest::ContentDigest;
use super::padding::{PAD, padded_len};
use super::{Claims, FileVerifier, LetterError, LetterId};
use crate::age::{PayloadKey, PayloadOpener};

/// Who sealed a letter and what they say of it; the signature over it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What the sender signed.
    pub claims: Claims,
    /// The id of the letter.
    pub letter_id: LetterId,
    /// Sealed to this key, not to its owner by name: the sender had no card of ours.
    pub bare: bool,
}

/// A letter, whole and verified.
pub struct Letter {
    /// Who sealed it.
    pub proof: Proof,
    /// The content, without padding.
    pub content: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter")
            .field("proof", &self.proof)
            .finish_non_exhaustive()
    }
}

/// A letter whose header is proved and whose payload is not: it tells nothing yet.
pub struct Proved {
    proof: Proof,
    key: PayloadKey,
}

impl Proved {
    pub(super) const fn new(proof: Proof, key: PayloadKey) -> Self {
        Self { proof, key }
    }

    /// Opens and verifies a payload that is in memory: the bytes after the nonce.
    ///
    /// # Errors
    /// [`LetterError`]; nothing is released then.
    pub fn open(self, payload: &[u8]) -> Result<Letter, LetterError> {
        let mut content = Zeroizing::new(Vec::with_capacity(payload.len()));
        let mut opener = PayloadOpener::new(self.key);
        opener.push(payload, &mut content)?;
        opener.finish(&mut content)?;
        let mut check = ContentCheck::new(&self.proof.claims);
        check.update(&content)?;
        check.finish()?;
        content.truncate(usize::try_from(self.proof.claims.length).unwrap_or(usize::MAX));
        Ok(Letter {
            proof: self.proof,
            content,
        })
    }

    /// The key of the payload, for workers that open it in [`super::Segment`]s. What they open is
    /// shown to nobody before [`Proved::agree`].
    #[must_use]
    pub const fn payload_key(&self) -> &PayloadKey {
        &self.key
    }

    /// Compares what workers found in the whole payload with what the sender signed. `length` and
    /// `digest` are of all plaintext ([`super::digest_of`] every chunk to the final one).
    ///
    /// # Errors
    /// [`LetterError::Length`], [`LetterError::Digest`]; [`LetterError::Padding`] for a kind that is
    /// padded: such letters are opened in memory.
    pub fn agree(self, length: u64, digest: &[u8; 32]) -> Result<Proof, LetterError> {
        let claims = &self.proof.claims;
        if claims.kind.is_padded() {
            return Err(LetterError::Padding);
        }
        if claims.length != length {
            return Err(LetterError::Length);
        }
        if &claims.digest != digest {
            return Err(LetterError::Digest);
        }
        Ok(self.proof)
    }

    /// Begins the first of two passes over a payload that is too large for memory.
    #[must_use]
    pub fn verify_first(self) -> FileVerifier {
        FileVerifier::new(self.proof, self.key)
    }
}

impl fmt::Debug for Proved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proved(..)")
    }
}

/// Compares a plaintext with what was signed: length, padding, digest.
#[derive(Debug)]
pub(super) struct ContentCheck {
    digest: ContentDigest,
    expected: [u8; 32],
    length: u64,
    total: u64,
    seen: u64,
}

impl ContentCheck {
    pub(super) fn new(claims: &Claims) -> Self {
        let length = claims.length;
        Self {
            digest: ContentDigest::default(),
            expected: claims.digest,
            length,
            total: if claims.kind.is_padded() {
                padded_len(length)
            } else {
                length
            },
            seen: 0,
        }
    }

    pub(super) fn update(&mut self, plaintext: &[u8]) -> Result<(), LetterError> {
        self.digest.update(plaintext);
        let content_left = self.length.saturating_sub(self.seen);
        let content_left = usize::try_from(content_left).unwrap_or(usize::MAX);
        let tail = plaintext.get(content_left..).unwrap_or_default();
        self.seen = self
            .seen
            .saturating_add(u64::try_from(plaintext.len()).unwrap_or(u64::MAX));
        if self.seen > self.total {
            return Err(LetterError::Length);
        }
        if tail.iter().any(|&byte| byte != PAD) {
            return Err(LetterError::Padding);
        }
        Ok(())
    }

    pub(super) fn finish(&self) -> Result<(), LetterError> {
        if self.seen != self.total {
            return Err(LetterError::Length);
        }
        if self.digest.finish() == self.expected {
            Ok(())
        } else {
            Err(LetterError::Digest)
        }
    }
}
