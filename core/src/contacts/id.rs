use core::fmt;
use core::str::FromStr;

use sha2::{Digest, Sha256};

use crate::age::Recipient;
use crate::identity::{Fingerprint, IdentityKey};
use crate::label;

use super::ContactsError;

/// Names a contact between surfaces and core: the first 16 bytes of the fingerprint.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContactId([u8; 16]);

impl ContactId {
    /// The id of an identity key.
    #[must_use]
    pub fn of(key: &IdentityKey) -> Self {
        let mut id = [0; 16];
        id.iter_mut()
            .zip(Fingerprint::of(key).short())
            .for_each(|(to, from)| *to = from);
        Self(id)
    }

    /// The id of a contact who is a plain age key: a digest under its own label.
    #[must_use]
    pub fn of_key(key: &Recipient) -> Self {
        let digest = Sha256::new()
            .chain_update(label::KEY_CONTACT)
            .chain_update([key.kind().code()])
            .chain_update(key.as_bytes())
            .finalize();
        let mut id = [0; 16];
        id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self(id)
    }

    /// Takes the bytes of an id.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl FromStr for ContactId {
    type Err = ContactsError;

    fn from_str(text: &str) -> Result<Self, ContactsError> {
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != 32 || !text.bytes().all(is_hex) {
            return Err(ContactsError::Unknown);
        }
        let number = u128::from_str_radix(text, 16).map_err(|_| ContactsError::Unknown)?;
        Ok(Self(number.to_be_bytes()))
    }
}

impl fmt::Display for ContactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for ContactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
