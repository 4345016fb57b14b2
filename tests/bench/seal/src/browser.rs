//! For the browser: the custodian's part of a letter, and the bare cipher.

use chacha20poly1305::{AeadInOut, KeyInit};
use sotto_core::letter::{LetterError, Prepared, Proved};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::person::{Person, rng};

const CHUNK_LEN: usize = 65_536;

fn refused(error: LetterError) -> JsError {
    JsError::new(&error.to_string())
}

/// What the background's core does for the engine room, without its vault.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Desk {
    person: Person,
    sealing: Option<Prepared>,
    opening: Option<Proved>,
    offset: usize,
}

#[wasm_bindgen]
impl Desk {
    /// A desk.
    ///
    /// # Errors
    /// None in practice.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Result<Self, JsError> {
        Ok(Self {
            person: Person::new().map_err(refused)?,
            sealing: None,
            opening: None,
            offset: 0,
        })
    }

    /// Begins a file: the key of its payload, and then the nonce.
    ///
    /// # Errors
    /// None in practice.
    pub fn begin(&mut self) -> Result<Vec<u8>, JsError> {
        let letter = self.person.begin(&mut rng()).map_err(refused)?;
        let key = letter.payload_key().expose().to_vec();
        let both = [key.as_slice(), letter.nonce().as_bytes()].concat();
        self.sealing = Some(letter);
        Ok(both)
    }

    /// Ends a file: its header.
    ///
    /// # Errors
    /// When none was begun.
    pub fn header(&mut self, length: f64, digest: &[u8]) -> Result<Vec<u8>, JsError> {
        let letter = self.sealing.take().ok_or(LetterError::SealShape);
        let letter = letter.map_err(refused)?;
        let digest = digest
            .try_into()
            .map_err(|_| refused(LetterError::Digest))?;
        let header = self
            .person
            .header(letter, whole(length), digest, &mut rng());
        header.map_err(refused)
    }

    /// Looks at the head of a file: the key of its payload.
    ///
    /// # Errors
    /// Where it is no letter of this desk.
    pub fn look(&mut self, head: &[u8]) -> Result<Vec<u8>, JsError> {
        let (proved, offset) = self.person.look(head).map_err(refused)?;
        let key = proved.payload_key().expose().to_vec();
        self.offset = offset;
        self.opening = Some(proved);
        Ok(key)
    }

    /// Where the payload of the file looked at begins.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Compares what was opened with what was signed.
    ///
    /// # Errors
    /// When they differ.
    pub fn agree(&mut self, length: f64, digest: &[u8]) -> Result<(), JsError> {
        let proved = self.opening.take().ok_or(LetterError::SealShape);
        let digest = digest
            .try_into()
            .map_err(|_| refused(LetterError::Digest))?;
        let agreed = proved.and_then(|proved| proved.agree(whole(length), &digest));
        agreed.map(drop).map_err(refused)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the size of a file of this bench"
)]
const fn whole(number: f64) -> u64 {
    number as u64
}

/// The bare cipher over 64 KiB chunks in a buffer of this instance's memory.
#[wasm_bindgen]
pub struct Chunks {
    ours: sotto_simd::ChaCha20Poly1305,
    theirs: chacha20poly1305::ChaCha20Poly1305,
    buffer: Vec<u8>,
    tags: Vec<[u8; 16]>,
}

impl core::fmt::Debug for Chunks {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Chunks(..)")
    }
}

#[wasm_bindgen]
impl Chunks {
    /// Room for `len` bytes.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(len: usize) -> Self {
        Self {
            ours: sotto_simd::ChaCha20Poly1305::new(&[7; 32]),
            theirs: chacha20poly1305::ChaCha20Poly1305::new(&[7; 32].into()),
            buffer: vec![0; len],
            tags: Vec::new(),
        }
    }

    /// Where the buffer lies.
    pub fn buffer(&mut self) -> *mut u8 {
        self.buffer.as_mut_ptr()
    }

    /// Seals every chunk in place, by `sotto-simd`.
    pub fn seal(&mut self) {
        self.tags.clear();
        for (nonce, chunk) in nonces().zip(self.buffer.chunks_mut(CHUNK_LEN)) {
            let tag = self.ours.seal_in_place(&nonce, b"", chunk);
            self.tags.extend(tag);
        }
    }

    /// Opens every chunk in place, by `sotto-simd`; whether all tags were right.
    pub fn open(&mut self) -> bool {
        let chunks = self.buffer.chunks_mut(CHUNK_LEN).zip(&self.tags);
        nonces().zip(chunks).all(|(nonce, (chunk, tag))| {
            let opened = self.ours.open_in_place(&nonce, b"", chunk, tag);
            opened.is_ok()
        })
    }

    /// Seals every chunk in place, by RustCrypto.
    pub fn seal_rustcrypto(&mut self) {
        self.tags.clear();
        for (nonce, chunk) in nonces().zip(self.buffer.chunks_mut(CHUNK_LEN)) {
            let nonce = nonce.into();
            let tag = self
                .theirs
                .encrypt_inout_detached(&nonce, b"", chunk.into());
            self.tags.extend(tag.map(<[u8; 16]>::from));
        }
    }

    /// Opens every chunk in place, by RustCrypto; whether all tags were right.
    pub fn open_rustcrypto(&mut self) -> bool {
        let chunks = self.buffer.chunks_mut(CHUNK_LEN).zip(&self.tags);
        nonces().zip(chunks).all(|(nonce, (chunk, tag))| {
            let (nonce, tag) = (nonce.into(), (*tag).into());
            let opened = self
                .theirs
                .decrypt_inout_detached(&nonce, b"", chunk.into(), &tag);
            opened.is_ok()
        })
    }
}

fn nonces() -> impl Iterator<Item = [u8; 12]> {
    (0_u64..).map(|number| {
        let mut nonce = [0; 12];
        for (to, from) in nonce.iter_mut().zip(number.to_le_bytes()) {
            *to = from;
        }
        nonce
    })
}
