use sha2::{Digest, Sha256};

use crate::age::Recipient;
use crate::identity::IdentityKey;
use crate::label;

/// Stands for the identity of a recipient who has no card.
const NOBODY: [u8; IdentityKey::LEN] = [0; IdentityKey::LEN];

/// Someone a letter is sealed to: a key, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressee {
    /// The person, `None` for a key without a card (an imported plain age recipient).
    pub identity: Option<IdentityKey>,
    /// The key the file key is wrapped for.
    pub recipient: Recipient,
}

impl Addressee {
    /// `SHA-256(L("recipient") ‖ ID ‖ t ‖ pk)`: how the signature names a recipient to those who
    /// know the key, and to nobody else.
    pub(super) fn entry(&self) -> [u8; 32] {
        entry(self.identity.as_ref(), &self.recipient)
    }
}

pub(super) fn entry(identity: Option<&IdentityKey>, recipient: &Recipient) -> [u8; 32] {
    Sha256::new()
        .chain_update(label::RECIPIENT)
        .chain_update(identity.map_or(&NOBODY, IdentityKey::as_bytes))
        .chain_update([recipient.kind().code()])
        .chain_update(recipient.as_bytes())
        .finalize()
        .into()
}
