//! The seal stanza: how claims and signature lie in the header.

use rand_core::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::LetterError;
use crate::age::{AgeError, FileKey, Header, Stanza};
use crate::identity::Signature;
use crate::sealed_box::{BoxError, OVERHEAD_LEN, open_box, seal_box};

/// Type of the seal stanza.
pub const SEAL_TAG: &str = "sotto.seal.v1";
/// What the types of all our stanzas begin with.
const OUR_TAGS: &str = "sotto.";
/// What the Box of a seal is for.
const BOX_INFO: &str = "sotto/v1/seal";
/// `pt` is a multiple of this: the length of a seal tells little of what is in it.
const STEP: usize = 512;
/// Longest `pt`. The `age` crate parses headers in quadratic time: 16 KiB took it 0.7 s.
const MAX_LEN: usize = 7680;
const SIGNATURE_LEN: usize = 64;

/// The seal of a header: the only one, the last stanza, without arguments; `None` without one.
pub(super) fn find(header: &Header) -> Result<Option<usize>, LetterError> {
    let ours = |stanza: &&Stanza| stanza.tag.starts_with(OUR_TAGS);
    if header
        .stanzas()
        .iter()
        .filter(ours)
        .any(|stanza| stanza.tag != SEAL_TAG)
    {
        return Err(LetterError::NewerVersion);
    }
    let mut seals = header
        .stanzas()
        .iter()
        .enumerate()
        .filter(|(_, stanza)| ours(stanza));
    let Some((index, seal)) = seals.next() else {
        return Ok(None);
    };
    let is_last = index.checked_add(1) == Some(header.stanzas().len());
    let len = seal.body.len().saturating_sub(OVERHEAD_LEN);
    let fits = (STEP..=MAX_LEN).contains(&len) && len.is_multiple_of(STEP);
    // Before it there is at least one recipient: a seal alone opens for nobody.
    if seals.next().is_none() && is_last && index > 0 && seal.args.is_empty() && fits {
        Ok(Some(index))
    } else {
        Err(LetterError::SealShape)
    }
}

/// SHA-256 of the header before the seal.
pub(super) fn head(before: &[u8]) -> [u8; 32] {
    Sha256::digest(before).into()
}

/// Whether a signed map of this length fits into a seal.
pub(super) const fn fits(tbs_len: usize) -> bool {
    framed_len(tbs_len) <= MAX_LEN
}

const fn framed_len(tbs_len: usize) -> usize {
    tbs_len
        .saturating_add(2)
        .saturating_add(SIGNATURE_LEN)
        .next_multiple_of(STEP)
}

/// Seals claims and signature for the header that begins with `head`.
pub(super) fn create(
    file_key: &FileKey,
    head: &[u8; 32],
    tbs: &[u8],
    signature: &Signature,
    rng: &mut impl CryptoRng,
) -> Result<Stanza, LetterError> {
    let len = u16::try_from(tbs.len()).map_err(|_| LetterError::SealTooLong)?;
    let mut pt = Zeroizing::new([&len.to_be_bytes(), tbs, &signature.0].concat());
    pt.resize(framed_len(tbs.len()), 0);
    let body = seal_box(file_key.expose(), BOX_INFO, head, &pt, rng)
        .map_err(|_: BoxError| AgeError::Encrypt)?;
    Ok(Stanza::new(SEAL_TAG, Vec::new(), body))
}

/// Opens a seal: the signed bytes and the signature, nothing of them verified yet.
pub(super) fn open(
    file_key: &FileKey,
    head: &[u8; 32],
    stanza: &Stanza,
) -> Result<(Vec<u8>, Signature), LetterError> {
    let pt = open_box(file_key.expose(), BOX_INFO, head, &stanza.body)
        .map_err(|_: BoxError| LetterError::SealTransplanted)?;
    unframe(&pt).ok_or(LetterError::SealFraming)
}

fn unframe(pt: &[u8]) -> Option<(Vec<u8>, Signature)> {
    let (len, rest) = pt.split_first_chunk::<2>()?;
    let (tbs, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
    let (signature, zeros) = rest.split_first_chunk::<SIGNATURE_LEN>()?;
    let padded = framed_len(tbs.len()) == pt.len() && zeros.iter().all(|&byte| byte == 0);
    padded.then(|| (tbs.to_vec(), Signature(*signature)))
}
