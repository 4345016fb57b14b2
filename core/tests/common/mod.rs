//! What the interoperability tests share: keys, contents, and letters of ours.
#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each test file uses a part of it"
)]
#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng;
use ed25519_dalek::{Signer, SigningKey};
use sotto_core::age::{Identity, RecipientType};
use sotto_core::identity::{IdentityKey, Signature};
use sotto_core::letter::{Addressee, Envelope, Kind, LetterError, seal};
use sotto_protocol::TimestampMs;
use zeroize::Zeroizing;

/// A generator that gives the same bytes in every run.
pub(crate) fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([42; 32])
}

pub(crate) fn identity(kind: RecipientType) -> Identity {
    Identity::from_secret(kind, Zeroizing::new([11; 32])).unwrap()
}

/// Contents of the lengths at which chunks begin and end.
pub(crate) fn contents() -> Vec<Vec<u8>> {
    [0, 1, 65_535, 65_536, 65_537, 200_000]
        .map(|len| (0..len).map(|at: u32| at.to_le_bytes()[0]).collect())
        .to_vec()
}

/// A letter to one key, by a sender of the same key.
pub(crate) fn letter(to: &Identity, kind: Kind, content: &[u8]) -> Vec<u8> {
    let signer = SigningKey::from_bytes(&[3; 32]);
    let public = [&[1], signer.verifying_key().as_bytes().as_slice()].concat();
    let sender = IdentityKey::parse(&public).unwrap();
    let me = Addressee {
        identity: Some(sender),
        recipient: to.recipient().clone(),
    };
    let envelope = Envelope {
        sender,
        sent_at: TimestampMs(1_790_000_000_000),
        kind,
        recipients: vec![me],
        card_revision: 1,
        card: None,
        name: Some("x".to_owned()),
        content_type: None,
        reply_to: None,
    };
    let content = Zeroizing::new(content.to_vec());
    seal(envelope, &content, &mut rng(), |statement| {
        Ok::<_, LetterError>(Signature(signer.sign(&statement.signed_bytes()).to_bytes()))
    })
    .unwrap()
}
