use core::fmt;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::chunk_cipher::{ChunkCipher, Nonce};
use super::{AgeError, FileKey, derive_key};

/// Plaintext bytes of a full chunk: 64 KiB.
pub const CHUNK_LEN: usize = 65_536;
/// Bytes of a chunk's Poly1305 tag.
pub const TAG_LEN: usize = 16;
/// Sealed bytes of a full chunk.
pub const SEALED_CHUNK_LEN: usize = 65_552;

/// The 16 random bytes before the first chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayloadNonce([u8; Self::LEN]);

impl PayloadNonce {
    /// Length in bytes.
    pub const LEN: usize = 16;

    /// Draws a fresh nonce: one for every file.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut nonce = [0; Self::LEN];
        rng.fill_bytes(&mut nonce);
        Self(nonce)
    }

    /// A nonce as read from a file.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The bytes, written between header and first chunk.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

/// Where a chunk stands in its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A chunk that another follows: exactly 64 KiB.
    Inner(u64),
    /// The final chunk: up to 64 KiB, empty only in an empty file.
    Final(u64),
}

impl Place {
    /// Chunk number, from 0.
    #[must_use]
    pub const fn index(self) -> u64 {
        match self {
            Self::Inner(index) | Self::Final(index) => index,
        }
    }

    /// Checks the length that the plaintext of this chunk has.
    fn check(self, len: usize) -> Result<(), AgeError> {
        let fits = match self {
            Self::Inner(_) => len == CHUNK_LEN,
            Self::Final(0) => len <= CHUNK_LEN,
            Self::Final(_) => (1..=CHUNK_LEN).contains(&len),
        };
        if fits {
            Ok(())
        } else {
            Err(AgeError::ChunkLen {
                index: self.index(),
            })
        }
    }

    /// An 11-byte big-endian counter and the flag of the final chunk.
    fn nonce(self) -> Nonce {
        let mut nonce = [0; 12];
        let (counter, flag) = nonce.split_at_mut(11);
        let (_, low) = counter.split_at_mut(3);
        low.copy_from_slice(&self.index().to_be_bytes());
        flag.fill(u8::from(matches!(self, Self::Final(_))));
        nonce
    }
}

/// The key of one payload (section "Payload").
///
/// Chunks are independent: any number of workers may seal or open them in any order, each under
/// its own [`Place`]. A place is sealed once. Wiped on drop.
pub struct PayloadKey {
    cipher: ChunkCipher,
    bytes: Zeroizing<[u8; 32]>,
}

impl PayloadKey {
    /// Derives the key of a payload from its file key and nonce.
    #[must_use]
    pub fn derive(file_key: &FileKey, nonce: &PayloadNonce) -> Self {
        Self::from_bytes(derive_key(file_key.expose(), &nonce.0, b"payload"))
    }

    /// Takes a key that [`PayloadKey::expose`] gave to a worker.
    #[must_use]
    pub fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self {
            cipher: ChunkCipher::new(&bytes),
            bytes,
        }
    }

    /// The key bytes, for a worker of the same profile.
    #[must_use]
    pub const fn expose(&self) -> &Zeroizing<[u8; 32]> {
        &self.bytes
    }

    /// Seals one chunk, appending it with its tag to `out`.
    ///
    /// # Errors
    /// [`AgeError::ChunkLen`] for a length that the place does not allow; `out` is then as before.
    pub fn seal_chunk(
        &self,
        place: Place,
        plaintext: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), AgeError> {
        let start = out.len();
        out.extend_from_slice(plaintext);
        let buffer = out.get_mut(start..).unwrap_or_default();
        match self.seal_in_place(place, buffer) {
            Ok(tag) => out.extend_from_slice(&tag),
            Err(error) => {
                out.truncate(start);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Seals one chunk where it lies and gives its tag, which stands after it.
    ///
    /// # Errors
    /// [`AgeError::ChunkLen`] for a length that the place does not allow; nothing was sealed then.
    fn seal_in_place(&self, place: Place, chunk: &mut [u8]) -> Result<[u8; TAG_LEN], AgeError> {
        place.check(chunk.len())?;
        let sealed = self.cipher.seal(&place.nonce(), chunk);
        sealed.map_err(|_| AgeError::Encrypt)
    }

    /// Opens one chunk with its tag, appending the verified plaintext to `out`.
    ///
    /// # Errors
    /// [`AgeError::ChunkLen`], [`AgeError::Chunk`]; `out` is then as before.
    pub fn open_chunk(
        &self,
        place: Place,
        sealed: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), AgeError> {
        let start = out.len();
        let opened = self.try_open(place, sealed, out);
        if opened.is_err() {
            out.truncate(start);
        }
        opened
    }

    fn try_open(&self, place: Place, sealed: &[u8], out: &mut Vec<u8>) -> Result<(), AgeError> {
        let index = place.index();
        let (sealed, tag) = sealed
            .split_last_chunk::<TAG_LEN>()
            .ok_or(AgeError::ChunkLen { index })?;
        if sealed.len() > CHUNK_LEN {
            return Err(AgeError::ChunkLen { index });
        }
        let start = out.len();
        out.extend_from_slice(sealed);
        let buffer = out.get_mut(start..).unwrap_or_default();
        self.cipher
            .open(&place.nonce(), buffer, tag)
            .map_err(|_| AgeError::Chunk { index })?;
        // The length is judged after the tag: an empty final chunk is told from a cut one.
        place.check(sealed.len())
    }
}

impl fmt::Debug for PayloadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PayloadKey(..)")
    }
}
