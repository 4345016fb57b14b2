//! Section "The MLKEM768-X25519 (i.e. X-Wing) hybrid post-quantum recipient type".
//!
//! HPKE `SealBase` (RFC 9180 §6.1) with X-Wing, HKDF-SHA-256 and ChaCha20-Poly1305.

use base64ct::{Base64Unpadded, Encoding};
use hpke::aead::{AeadTag, ChaCha20Poly1305};
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::stanza::decode_base64;
use super::x25519::is_small_order;
use super::{AgeError, FileKey, Stanza};

pub(super) const TAG: &str = "mlkem768x25519";
/// Length of a recipient: ML-KEM-768 encapsulation key (1184) and X25519 point (32).
pub(super) const PUBLIC_LEN: usize = 1216;
/// Length of `enc`: ML-KEM-768 ciphertext (1088) and X25519 share (32).
const ENC_LEN: usize = 1120;
const INFO: &[u8] = b"age-encryption.org/mlkem768x25519";

type PublicKey = <XWing as Kem>::PublicKey;
type PrivateKey = <XWing as Kem>::PrivateKey;
type EncappedKey = <XWing as Kem>::EncappedKey;

/// Whether the bytes are a recipient: a reduced ML-KEM key and a point not of small order.
pub(super) fn is_public_key(bytes: &[u8; PUBLIC_LEN]) -> bool {
    bytes
        .last_chunk::<32>()
        .is_some_and(|point| !is_small_order(*point))
        && PublicKey::from_bytes(bytes).is_ok()
}

pub(super) fn public_key(secret: &[u8; 32]) -> Result<Box<[u8; PUBLIC_LEN]>, AgeError> {
    let public = XWing::sk_to_pk(&private_key(secret)?);
    Ok(Box::new(public.to_bytes().into()))
}

fn private_key(secret: &[u8; 32]) -> Result<PrivateKey, AgeError> {
    PrivateKey::from_bytes(secret).map_err(|_| AgeError::MalformedKey)
}

pub(super) fn wrap(
    file_key: &FileKey,
    recipient: &[u8; PUBLIC_LEN],
    rng: &mut impl CryptoRng,
) -> Result<Stanza, AgeError> {
    let recipient = PublicKey::from_bytes(recipient).map_err(|_| AgeError::InvalidRecipient)?;
    let mut body = *file_key.expose();
    let (enc, tag) =
        hpke::single_shot_seal_inout_detached_with_rng::<ChaCha20Poly1305, HkdfSha256, XWing>(
            &OpModeS::Base,
            &recipient,
            INFO,
            body.as_mut_slice().into(),
            b"",
            rng,
        )
        .map_err(|_| AgeError::Encrypt)?;
    let args = vec![Base64Unpadded::encode_string(&enc.to_bytes())];
    Ok(Stanza::new(
        TAG,
        args,
        [body.as_slice(), &tag.to_bytes()].concat(),
    ))
}

/// `enc` and the body of a stanza of this type, which must have exactly this shape.
pub(super) fn parse(stanza: &Stanza) -> Option<([u8; ENC_LEN], [u8; 32])> {
    let [enc] = stanza.args.as_slice() else {
        return None;
    };
    let enc = decode_base64(enc.as_bytes())?.try_into().ok()?;
    Some((enc, stanza.body.as_slice().try_into().ok()?))
}

/// Unwraps one stanza; `Ok(None)` when it is for someone else.
///
/// X-Wing itself accepts an X25519 share of small order; age does not, so that is checked here.
pub(super) fn unwrap(
    index: usize,
    stanza: &Stanza,
    secret: &[u8; 32],
) -> Result<Option<FileKey>, AgeError> {
    let (enc, body) = parse(stanza).ok_or(AgeError::MalformedStanza { index })?;
    if enc
        .last_chunk::<32>()
        .is_some_and(|share| is_small_order(*share))
    {
        return Err(AgeError::SmallOrderShare { index });
    }
    Ok(open(&private_key(secret)?, &enc, &body))
}

fn open(secret: &PrivateKey, enc: &[u8; ENC_LEN], body: &[u8; 32]) -> Option<FileKey> {
    let (sealed, tag) = body.split_first_chunk::<{ FileKey::LEN }>()?;
    let mut key = Zeroizing::new(*sealed);
    hpke::single_shot_open_inout_detached::<ChaCha20Poly1305, HkdfSha256, XWing>(
        &OpModeR::Base,
        secret,
        &EncappedKey::from_bytes(enc).ok()?,
        INFO,
        key.as_mut_slice().into(),
        b"",
        &AeadTag::from_bytes(tag).ok()?,
    )
    .ok()?;
    Some(FileKey::from_bytes(*key))
}
