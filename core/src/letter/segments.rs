//! The payload in segments, for workers: any number of them, in any order.
//!
//! A segment is a run of 64 KiB chunks. The worker that seals or opens one also digests it: one
//! BLAKE3 chaining value per chunk (32 bytes for 64 KiB, 512 KiB for a gibibyte), bound to the place
//! of the chunk in the file. From these alone [`digest_of`] computes the BLAKE3-256 of the whole
//! plaintext, because 64 KiB are a whole subtree of BLAKE3; no worker waits for another. The same
//! values let a second pass tell that every chunk is still the one that was verified.

use blake3::hazmat::{HasherExt, Mode, merge_subtrees_non_root, merge_subtrees_root};
use zeroize::Zeroize;

use super::LetterError;
use crate::age::{AgeError, CHUNK_LEN, PayloadKey, Place, SEALED_CHUNK_LEN};

/// What is kept of a chunk: its place's BLAKE3 chaining value, or its hash if it is the only one.
pub type ChunkDigest = [u8; 32];

/// Where a segment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Number of its first chunk.
    pub first: u64,
    /// Nothing follows it.
    pub is_last: bool,
}

impl Segment {
    /// The place of its chunk `index` out of `count`.
    fn place(self, index: usize, count: usize) -> Place {
        let number = u64::try_from(index).unwrap_or(u64::MAX);
        let number = self.first.saturating_add(number);
        if self.is_last && index.saturating_add(1) == count {
            Place::Final(number)
        } else {
            Place::Inner(number)
        }
    }

    /// Seals plaintext, appending chunks to `sealed` and what is kept of them to `digests`.
    ///
    /// # Errors
    /// [`AgeError::ChunkLen`] for a segment that is not the last and not made of whole chunks.
    pub fn seal(
        self,
        key: &PayloadKey,
        plaintext: &[u8],
        sealed: &mut Vec<u8>,
        digests: &mut Vec<ChunkDigest>,
    ) -> Result<(), LetterError> {
        let count = plaintext.len().div_ceil(CHUNK_LEN).max(1);
        for index in 0..count {
            let chunk = nth(plaintext, index, CHUNK_LEN);
            let place = self.place(index, count);
            key.seal_chunk(place, chunk, sealed)?;
            digests.push(digest(place, chunk));
        }
        Ok(())
    }

    /// Opens sealed chunks, appending plaintext to `plaintext` and what is kept of them to
    /// `digests`.
    ///
    /// What it appends is authentic and at its place; whether it is what the sender signed is known
    /// only from [`digest_of`] all chunks.
    ///
    /// # Errors
    /// [`AgeError`]; `plaintext` is empty then.
    pub fn open(
        self,
        key: &PayloadKey,
        sealed: &[u8],
        plaintext: &mut Vec<u8>,
        digests: &mut Vec<ChunkDigest>,
    ) -> Result<(), LetterError> {
        let count = sealed.len().div_ceil(SEALED_CHUNK_LEN).max(1);
        for index in 0..count {
            let place = self.place(index, count);
            let start = plaintext.len();
            let chunk = nth(sealed, index, SEALED_CHUNK_LEN);
            if let Err(error) = open_chunk(key, place, chunk, plaintext) {
                plaintext.zeroize();
                return Err(error.into());
            }
            digests.push(digest(place, plaintext.get(start..).unwrap_or_default()));
        }
        Ok(())
    }

    /// Opens sealed chunks again: each must be the one that `expected` was kept of.
    ///
    /// # Errors
    /// [`LetterError::Changed`] and those of [`Segment::open`]; `plaintext` is empty then.
    pub fn open_again(
        self,
        key: &PayloadKey,
        sealed: &[u8],
        expected: &[ChunkDigest],
        plaintext: &mut Vec<u8>,
    ) -> Result<(), LetterError> {
        let mut digests = Vec::with_capacity(expected.len());
        self.open(key, sealed, plaintext, &mut digests)?;
        if digests == expected {
            return Ok(());
        }
        plaintext.zeroize();
        let differs = digests
            .iter()
            .zip(expected)
            .position(|(now, then)| now != then);
        let differs = u64::try_from(differs.unwrap_or_default()).unwrap_or(u64::MAX);
        Err(LetterError::Changed {
            index: self.first.saturating_add(differs),
        })
    }
}

/// A cut between two chunks and bytes after the final one are told from other damage, as
/// [`crate::age::PayloadOpener`] does.
fn open_chunk(
    key: &PayloadKey,
    place: Place,
    chunk: &[u8],
    plaintext: &mut Vec<u8>,
) -> Result<(), AgeError> {
    if chunk.is_empty() {
        return Err(AgeError::TruncatedPayload);
    }
    key.open_chunk(place, chunk, plaintext).map_err(|error| {
        let start = plaintext.len();
        let (other, meaning) = match place {
            Place::Final(index) => (Place::Inner(index), AgeError::TruncatedPayload),
            Place::Inner(index) => (Place::Final(index), AgeError::TrailingData),
        };
        let is_so = key.open_chunk(other, chunk, plaintext).is_ok();
        plaintext.truncate(start);
        if is_so { meaning } else { error }
    })
}

fn nth(bytes: &[u8], index: usize, len: usize) -> &[u8] {
    let start = index.saturating_mul(len).min(bytes.len());
    let end = start.saturating_add(len).min(bytes.len());
    bytes.get(start..end).unwrap_or_default()
}

fn digest(place: Place, chunk: &[u8]) -> ChunkDigest {
    if place == Place::Final(0) {
        return blake3::hash(chunk).into();
    }
    let len = u64::try_from(CHUNK_LEN).unwrap_or_default();
    let mut hasher = blake3::Hasher::new();
    hasher.set_input_offset(place.index().saturating_mul(len));
    hasher.update(chunk);
    hasher.finalize_non_root()
}

/// BLAKE3-256 of the whole plaintext, from what was kept of each of its chunks, in order.
#[must_use]
pub fn digest_of(chunks: &[ChunkDigest]) -> [u8; 32] {
    match chunks {
        [] => blake3::hash(b"").into(),
        [only] => *only,
        chunks => {
            let (left, right) = halves(chunks);
            merge_subtrees_root(&subtree(left), &subtree(right), Mode::Hash).into()
        }
    }
}

fn subtree(chunks: &[ChunkDigest]) -> ChunkDigest {
    match chunks {
        [only] => *only,
        chunks => {
            let (left, right) = halves(chunks);
            merge_subtrees_non_root(&subtree(left), &subtree(right), Mode::Hash)
        }
    }
}

/// The left half of a BLAKE3 tree is the largest power of two that leaves something to the right.
fn halves(chunks: &[ChunkDigest]) -> (&[ChunkDigest], &[ChunkDigest]) {
    let left = chunks.len().div_ceil(2).next_power_of_two();
    chunks.split_at_checked(left).unwrap_or((chunks, &[]))
}

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a test that overflows fails, as it should"
)]
mod tests {
    use super::*;
    use crate::age::{PayloadOpener, PayloadSealer};
    use zeroize::Zeroizing;

    fn key() -> PayloadKey {
        PayloadKey::from_bytes(Zeroizing::new([7; 32]))
    }

    fn plaintext(len: usize) -> Vec<u8> {
        (0..len).map(|at| (at % 251) as u8).collect()
    }

    /// Seals in segments of `chunks` chunks, last first.
    fn in_segments(plain: &[u8], chunks: usize) -> (Vec<u8>, Vec<ChunkDigest>) {
        let step = chunks * CHUNK_LEN;
        let count = plain.len().div_ceil(step).max(1);
        let mut parts = vec![(Vec::new(), Vec::new()); count];
        for at in (0..count).rev() {
            let segment = Segment {
                first: (at * chunks) as u64,
                is_last: at + 1 == count,
            };
            let end = plain.len().min((at + 1) * step);
            let (sealed, digests) = &mut parts[at];
            segment
                .seal(&key(), &plain[at * step..end], sealed, digests)
                .unwrap();
        }
        let sealed = parts.iter().flat_map(|part| part.0.clone()).collect();
        (sealed, parts.into_iter().flat_map(|part| part.1).collect())
    }

    const SIZES: [usize; 9] = [
        0,
        1,
        CHUNK_LEN - 1,
        CHUNK_LEN,
        CHUNK_LEN + 1,
        2 * CHUNK_LEN,
        3 * CHUNK_LEN + 5,
        8 * CHUNK_LEN,
        11 * CHUNK_LEN + 1024,
    ];

    #[test]
    fn segments_are_the_payload_and_the_digest_that_one_pass_makes() {
        for size in SIZES {
            let plain = plaintext(size);
            let mut whole = Vec::new();
            let mut sealer = PayloadSealer::new(key());
            sealer.push(&plain, &mut whole).unwrap();
            sealer.finish(&mut whole).unwrap();
            for chunks in [1, 2, 4] {
                let (sealed, digests) = in_segments(&plain, chunks);
                assert!(sealed == whole, "{size} bytes, {chunks} chunks");
                assert_eq!(digest_of(&digests), *blake3::hash(&plain).as_bytes());
            }
        }
    }

    #[test]
    fn what_was_sealed_in_segments_opens_in_others() {
        for size in SIZES {
            let plain = plaintext(size);
            let (sealed, kept) = in_segments(&plain, 4);
            let mut opened = Vec::new();
            let mut opener = PayloadOpener::new(key());
            opener.push(&sealed, &mut opened).unwrap();
            opener.finish(&mut opened).unwrap();
            assert!(opened == plain);
            let (mut again, mut digests) = (Vec::new(), Vec::new());
            let whole = Segment {
                first: 0,
                is_last: true,
            };
            whole
                .open(&key(), &sealed, &mut again, &mut digests)
                .unwrap();
            assert!(again == plain);
            assert_eq!(digests, kept);
            again.clear();
            whole
                .open_again(&key(), &sealed, &kept, &mut again)
                .unwrap();
            assert!(again == plain);
        }
    }

    #[test]
    fn a_chunk_that_was_sealed_anew_between_the_passes_is_noticed() {
        let (sealed, kept) = in_segments(&plaintext(2 * CHUNK_LEN), 4);
        let mut other = plaintext(2 * CHUNK_LEN);
        other[CHUNK_LEN] ^= 1;
        let (forged, _) = in_segments(&other, 4);
        let whole = Segment {
            first: 0,
            is_last: true,
        };
        let mut out = Vec::new();
        let error = whole.open_again(&key(), &forged, &kept, &mut out);
        assert_eq!(error.unwrap_err(), LetterError::Changed { index: 1 });
        assert!(out.is_empty());
        assert_ne!(sealed, forged);
    }

    #[test]
    fn cut_flipped_reordered_and_joined_segments_are_refused() {
        let (sealed, _) = in_segments(&plaintext(3 * CHUNK_LEN + 9), 4);
        let open = |bytes: &[u8]| {
            let mut out = Vec::new();
            let whole = Segment {
                first: 0,
                is_last: true,
            };
            let result = whole.open(&key(), bytes, &mut out, &mut Vec::new());
            assert!(result.is_ok() || out.is_empty());
            result.map_err(|error| error.code().as_str())
        };
        assert_eq!(open(&sealed), Ok(()));
        assert_eq!(open(&[]), Err("truncated"));
        assert_eq!(open(&sealed[..SEALED_CHUNK_LEN]), Err("truncated"));
        assert_eq!(open(&sealed[..3 * SEALED_CHUNK_LEN]), Err("truncated"));
        assert_eq!(open(&sealed[..sealed.len() - 1]), Err("tampered"));
        let mut flipped = sealed.clone();
        flipped[SEALED_CHUNK_LEN + 5] ^= 1;
        assert_eq!(open(&flipped), Err("tampered"));
        let (first, rest) = sealed.split_at(SEALED_CHUNK_LEN);
        let (second, rest) = rest.split_at(SEALED_CHUNK_LEN);
        assert_eq!(open(&[second, first, rest].concat()), Err("tampered"));
        let (whole, _) = in_segments(&plaintext(CHUNK_LEN), 4);
        assert!(open(&[whole.as_slice(), &whole].concat()).is_err());
    }
}
