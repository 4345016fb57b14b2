use core::fmt;

use sha2::{Digest, Sha256};

use crate::age::PayloadNonce;
use crate::label;

/// What the sender's identity key signs for a letter.
///
/// A custodian rebuilds the bytes from these parts itself, so that it never signs bytes of
/// unknown meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// SHA-256 of the header before the seal.
    pub head: [u8; 32],
    /// Nonce of the payload.
    pub nonce: PayloadNonce,
    /// The signed map, deterministic CBOR.
    pub tbs: Vec<u8>,
}

impl Statement {
    /// `signed = L("letter") ‖ head ‖ payload nonce ‖ tbs`.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        [label::LETTER, &self.head, self.nonce.as_bytes(), &self.tbs].concat()
    }

    /// The id of the letter, which both sides compute.
    #[must_use]
    pub fn letter_id(&self) -> LetterId {
        let digest = Sha256::new()
            .chain_update(label::LETTER_ID)
            .chain_update(self.signed_bytes())
            .finalize();
        let mut id = [0; LetterId::LEN];
        id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        LetterId(id)
    }
}

/// Names a letter to those who can open it: for replies and for noticing repeats.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LetterId(pub [u8; Self::LEN]);

impl LetterId {
    /// Length in bytes.
    pub const LEN: usize = 16;
}

impl fmt::Debug for LetterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LetterId(")?;
        self.0
            .iter()
            .take(4)
            .try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str("..)")
    }
}
