//! What a worker does with the bytes of one file: seal or open them, a segment at a time.
//!
//! Bytes are copied once on the way in ([`Bulk::input`]) and not at all on the way out
//! ([`Bulk::output`] is a place in this instance's memory).

use sotto_core::age::PayloadKey;
use sotto_core::letter::{ChunkDigest, LetterError, Segment, digest_of};
use sotto_protocol::Failure;
use sotto_wasm_values::{core_error, malformed};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::{Zeroize, Zeroizing};

use crate::files::whole;

/// One file's key, and room for a segment.
#[wasm_bindgen]
pub struct Bulk {
    key: PayloadKey,
    input: Vec<u8>,
    output: Vec<u8>,
    digests: Vec<ChunkDigest>,
}

impl core::fmt::Debug for Bulk {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Bulk(..)")
    }
}

#[wasm_bindgen]
impl Bulk {
    /// Takes the key of one payload; the caller wipes its own copy.
    ///
    /// # Errors
    /// A `CoreError` when it is not 32 bytes.
    #[wasm_bindgen(constructor)]
    pub fn new(key: &[u8]) -> Result<Self, JsValue> {
        let key: [u8; 32] = key.try_into().map_err(|_| malformed())?;
        Ok(Self {
            key: PayloadKey::from_bytes(Zeroizing::new(key)),
            input: Vec::new(),
            output: Vec::new(),
            digests: Vec::new(),
        })
    }

    /// Where the next `len` bytes are to be put: an address in the memory of this instance.
    pub fn input(&mut self, len: usize) -> *mut u8 {
        self.input.resize(len, 0);
        self.input.as_mut_ptr()
    }

    /// Where the result lies, until the next call.
    #[must_use]
    pub fn output(&self) -> *const u8 {
        self.output.as_ptr()
    }

    /// How long the result is.
    #[must_use]
    pub fn output_len(&self) -> usize {
        self.output.len()
    }

    /// 32 bytes for each chunk of the last segment.
    #[must_use]
    pub fn digests(&self) -> Vec<u8> {
        self.digests.concat()
    }

    /// Seals the input, which begins with chunk `first`.
    ///
    /// # Errors
    /// A `CoreError`.
    pub fn seal(&mut self, first: f64, is_last: bool) -> Result<(), JsValue> {
        let segment = self.begin(first, is_last)?;
        let sealed = segment.seal(&self.key, &self.input, &mut self.output, &mut self.digests);
        sealed.map_err(|error| refused(&error))
    }

    /// Opens the input, which begins with chunk `first`: for digesting only.
    ///
    /// # Errors
    /// A `CoreError`: `tampered`, `truncated`.
    pub fn open(&mut self, first: f64, is_last: bool) -> Result<(), JsValue> {
        let segment = self.begin(first, is_last)?;
        let opened = segment.open(&self.key, &self.input, &mut self.output, &mut self.digests);
        opened.map_err(|error| refused(&error))
    }

    /// Opens the input again; `expected` are the digests of the first time.
    ///
    /// # Errors
    /// A `CoreError`: `tampered`.
    pub fn open_again(
        &mut self,
        first: f64,
        is_last: bool,
        expected: &[u8],
    ) -> Result<(), JsValue> {
        let segment = self.begin(first, is_last)?;
        let expected = chunks_of(expected)?;
        let opened = segment.open_again(&self.key, &self.input, &expected, &mut self.output);
        opened.map_err(|error| refused(&error))
    }

    fn begin(&mut self, first: f64, is_last: bool) -> Result<Segment, JsValue> {
        self.output.clear();
        self.digests.clear();
        Ok(Segment {
            first: whole(first)?,
            is_last,
        })
    }

    /// Wipes what is left of the file.
    pub fn wipe(&mut self) {
        self.input.zeroize();
        self.output.zeroize();
    }
}

/// BLAKE3-256 of a file from the digests of all its chunks, in order.
///
/// # Errors
/// A `CoreError` when they are not a multiple of 32 bytes.
#[wasm_bindgen]
pub fn digest_of_chunks(digests: &[u8]) -> Result<Vec<u8>, JsValue> {
    Ok(digest_of(&chunks_of(digests)?).to_vec())
}

fn chunks_of(digests: &[u8]) -> Result<Vec<ChunkDigest>, JsValue> {
    let (chunks, rest) = digests.as_chunks::<32>();
    if rest.is_empty() {
        Ok(chunks.to_vec())
    } else {
        Err(malformed())
    }
}

fn refused(error: &LetterError) -> JsValue {
    core_error(Failure {
        code: error.code(),
        detail: None,
    })
}
