//! Large files: the first pass verifies and stores nothing, the second decrypts to the place.

use core::fmt;

use zeroize::Zeroizing;

use super::digest::ChunkDigests;
use super::proved::ContentCheck;
use super::{LetterError, Proof};
use crate::age::{PayloadKey, PayloadOpener};

/// The first pass: every chunk is opened, digested and forgotten.
pub struct FileVerifier {
    proof: Proof,
    key: Zeroizing<[u8; 32]>,
    opener: PayloadOpener,
    check: ContentCheck,
    chunks: ChunkDigests,
    plaintext: Zeroizing<Vec<u8>>,
}

impl FileVerifier {
    pub(super) fn new(proof: Proof, key: PayloadKey) -> Self {
        Self {
            check: ContentCheck::new(&proof.claims),
            proof,
            key: key.expose().clone(),
            opener: PayloadOpener::new(key),
            chunks: ChunkDigests::default(),
            plaintext: Zeroizing::default(),
        }
    }

    /// Takes the next bytes of the payload (those after the nonce).
    ///
    /// # Errors
    /// [`LetterError`]; the letter is then refused.
    pub fn push(&mut self, payload: &[u8]) -> Result<(), LetterError> {
        self.opener.push(payload, &mut self.plaintext)?;
        self.check.update(&self.plaintext)?;
        self.chunks.extend(&self.plaintext);
        self.plaintext.clear();
        Ok(())
    }

    /// Ends the first pass: from here on the letter may be shown.
    ///
    /// # Errors
    /// [`LetterError`]; the letter is then refused.
    pub fn finish(self) -> Result<VerifiedFile, LetterError> {
        let Self {
            proof,
            key,
            opener,
            mut check,
            mut chunks,
            mut plaintext,
        } = self;
        opener.finish(&mut plaintext)?;
        check.update(&plaintext)?;
        check.finish()?;
        chunks.extend(&plaintext);
        Ok(VerifiedFile { proof, key, chunks })
    }
}

impl fmt::Debug for FileVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileVerifier(..)")
    }
}

/// A file that was verified whole, and how to tell that it is still the same.
pub struct VerifiedFile {
    proof: Proof,
    key: Zeroizing<[u8; 32]>,
    chunks: ChunkDigests,
}

impl VerifiedFile {
    /// Who sealed it, and its name.
    #[must_use]
    pub const fn proof(&self) -> &Proof {
        &self.proof
    }

    /// Begins the second pass. What it wrote is to be deleted if it fails.
    #[must_use]
    pub fn decrypt(self) -> FileDecryptor {
        let key = PayloadKey::from_bytes(self.key);
        let content_left = self.proof.claims.length;
        let release = Release {
            chunks: self.chunks,
            next: 0,
            content_left,
        };
        FileDecryptor {
            opener: PayloadOpener::new(key),
            release,
        }
    }
}

impl fmt::Debug for VerifiedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedFile")
            .field("proof", &self.proof)
            .finish_non_exhaustive()
    }
}

/// The second pass: each chunk is opened again and must equal that of the first.
///
/// The source may have changed in between, by someone who has the file key.
#[derive(Debug)]
pub struct FileDecryptor {
    opener: PayloadOpener,
    release: Release,
}

impl FileDecryptor {
    /// Takes the next bytes of the payload, appends content to `out`.
    ///
    /// # Errors
    /// [`LetterError::Changed`] and those of the payload; what was written must be deleted.
    pub fn push(&mut self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), LetterError> {
        let mut plaintext = Zeroizing::default();
        self.opener.push(payload, &mut plaintext)?;
        self.release.pass(&plaintext, out)
    }

    /// Ends the second pass: the content is whole.
    ///
    /// # Errors
    /// As [`FileDecryptor::push`].
    pub fn finish(self, out: &mut Vec<u8>) -> Result<(), LetterError> {
        let Self {
            opener,
            mut release,
        } = self;
        let mut plaintext = Zeroizing::default();
        opener.finish(&mut plaintext)?;
        release.pass(&plaintext, out)?;
        if release.content_left == 0 {
            Ok(())
        } else {
            Err(LetterError::Length)
        }
    }
}

/// Lets chunks pass that equal those of the first pass.
#[derive(Debug)]
struct Release {
    chunks: ChunkDigests,
    next: u64,
    content_left: u64,
}

impl Release {
    fn pass(&mut self, plaintext: &[u8], out: &mut Vec<u8>) -> Result<(), LetterError> {
        for chunk in plaintext.chunks(crate::age::CHUNK_LEN) {
            if !self.chunks.matches(self.next, chunk) {
                return Err(LetterError::Changed { index: self.next });
            }
            self.next = self.next.saturating_add(1);
            // Padding, if any, is left behind.
            let len = usize::try_from(self.content_left).unwrap_or(usize::MAX);
            let content = chunk.get(..len).unwrap_or(chunk);
            out.extend_from_slice(content);
            let written = u64::try_from(content.len()).unwrap_or(u64::MAX);
            self.content_left = self.content_left.saturating_sub(written);
        }
        Ok(())
    }
}
