//! Section "The X25519 recipient type".

use base64ct::{Base64Unpadded, Encoding};
use rand_core::CryptoRng;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use super::kdf::{derive_key, open_file_key, seal_file_key};
use super::stanza::decode_base64;
use super::{AgeError, FileKey, Stanza};

pub(super) const TAG: &str = "X25519";
const INFO: &[u8] = b"age-encryption.org/v1/X25519";

/// Whether a Montgomery point is of small order, so that every shared secret would be zero.
///
/// Any clamped scalar tells: it is a multiple of the cofactor and of no larger factor of the
/// orders of the curve and its twist.
pub(super) fn is_small_order(point: [u8; 32]) -> bool {
    let clamped = StaticSecret::from([0x40; 32]);
    !clamped
        .diffie_hellman(&PublicKey::from(point))
        .was_contributory()
}

pub(super) fn public_key(secret: &[u8; 32]) -> [u8; 32] {
    PublicKey::from(&StaticSecret::from(*secret)).to_bytes()
}

/// Wraps for a recipient that is known not to be of small order.
pub(super) fn wrap(
    file_key: &FileKey,
    recipient: &[u8; 32],
    rng: &mut impl CryptoRng,
) -> Result<Stanza, AgeError> {
    let ephemeral = StaticSecret::random_from_rng(rng);
    let share = PublicKey::from(&ephemeral).to_bytes();
    let shared = ephemeral.diffie_hellman(&PublicKey::from(*recipient));
    let key = wrap_key(shared.as_bytes(), &share, recipient);
    let args = vec![Base64Unpadded::encode_string(&share)];
    Ok(Stanza::new(TAG, args, seal_file_key(&key, file_key)?))
}

/// The share and body of a stanza of this type, which must have exactly this shape.
pub(super) fn parse(stanza: &Stanza) -> Option<([u8; 32], [u8; 32])> {
    let [share] = stanza.args.as_slice() else {
        return None;
    };
    let share = decode_base64(share.as_bytes())?.try_into().ok()?;
    Some((share, stanza.body.as_slice().try_into().ok()?))
}

/// Unwraps one stanza; `Ok(None)` when it is for someone else.
pub(super) fn unwrap(
    index: usize,
    stanza: &Stanza,
    secret: &[u8; 32],
    recipient: &[u8],
) -> Result<Option<FileKey>, AgeError> {
    let (share, body) = parse(stanza).ok_or(AgeError::MalformedStanza { index })?;
    let shared = StaticSecret::from(*secret).diffie_hellman(&PublicKey::from(share));
    if !shared.was_contributory() {
        return Err(AgeError::SmallOrderShare { index });
    }
    Ok(open_file_key(
        &wrap_key(shared.as_bytes(), &share, recipient),
        &body,
    ))
}

fn wrap_key(shared: &[u8; 32], share: &[u8; 32], recipient: &[u8]) -> Zeroizing<[u8; 32]> {
    derive_key(shared, &[share.as_slice(), recipient].concat(), INFO)
}
