//! What may be asked, and what is answered.

use serde::{Deserialize, Serialize};

use super::statement::Statement;
use super::wire::{Base64Url, Bytes, SecretBytes};
use crate::age::{AgeError, Recipient, RecipientType};

/// A question to the custodian.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// Whether keys are at hand.
    Status {},
    /// The public halves of all keys.
    PublicKeys {},
    /// The file key of one letter.
    Unwrap {
        /// The whole age header, from the version line to the end of the MAC line.
        header: Base64Url,
    },
    /// A signature under the identity key.
    Sign {
        /// What is stated.
        statement: Statement,
    },
}

/// An answer of the custodian.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Reply {
    /// To [`Request::Status`].
    Status {
        /// No keys are at hand: everything else is refused.
        is_locked: bool,
    },
    /// To [`Request::PublicKeys`].
    PublicKeys(PublicKeys),
    /// To [`Request::Unwrap`].
    Unwrapped(Unwrapped),
    /// To [`Request::Sign`].
    Signed(Signed),
}

/// The public halves of a keyring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicKeys {
    /// The identity key.
    pub identity: Bytes<33>,
    /// The keys that receive, preferred first: what the card lists.
    pub recipients: Vec<PublicRecipient>,
}

/// A recipient key with its type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicRecipient {
    /// [`RecipientType::code`].
    pub kind: u8,
    /// The raw public key.
    pub key: Base64Url,
}

impl PublicRecipient {
    /// The typed key.
    ///
    /// # Errors
    /// [`AgeError::InvalidRecipient`].
    pub fn parse(&self) -> Result<Recipient, AgeError> {
        let kind = RecipientType::from_code(self.kind).ok_or(AgeError::InvalidRecipient)?;
        Recipient::from_bytes(kind, &self.key.0)
    }
}

impl From<&Recipient> for PublicRecipient {
    fn from(recipient: &Recipient) -> Self {
        Self {
            kind: recipient.kind().code(),
            key: Base64Url(recipient.as_bytes().to_vec()),
        }
    }
}

/// The file key of a letter. It opens that letter and nothing else.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unwrapped {
    /// The file key; the header MAC has been verified with it.
    pub file_key: SecretBytes<16>,
    /// The key that unwrapped it.
    pub recipient: PublicRecipient,
    /// The stanza that it unwrapped, from 0.
    pub stanza: u32,
}

/// A signed statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// What the signature covers after its label (and, for a letter, head and nonce).
    pub tbs: Base64Url,
    /// Ed25519.
    pub signature: Bytes<64>,
}
