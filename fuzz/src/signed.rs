//! A sender whose signatures are valid, so that targets reach what lies behind them.

use ed25519_dalek::{Signer, SigningKey};
use sotto_core::identity::{IdentityKey, IdentitySecret};

const SEED: [u8; 32] = [3; 32];

pub(crate) fn sender() -> IdentityKey {
    IdentitySecret::from_seed(&SEED).public()
}

/// Puts the sender's key where a map with few keys has the identity: `a? 01 58 21 …`.
pub(crate) fn with_sender(tbs: &[u8]) -> Vec<u8> {
    let mut tbs = tbs.to_vec();
    if let Some([_, _, _, _, id @ ..]) = tbs.get_mut(..37) {
        id.copy_from_slice(sender().as_bytes());
    }
    tbs
}

pub(crate) fn sign(message: &[u8]) -> [u8; 64] {
    SigningKey::from_bytes(&SEED).sign(message).to_bytes()
}

/// `None` for what no card can hold.
pub(crate) fn sign_card(tbs: &[u8]) -> Option<[u8; 64]> {
    let fits = u16::try_from(tbs.len()).is_ok();
    fits.then(|| sign(&[b"sotto/v1/card\0", tbs].concat()))
}
