use core::fmt;
use core::str::FromStr;

use rand_core::CryptoRng;

use super::{AgeError, FileKey, Stanza, bech32, mlkem768x25519, x25519};

/// The native recipient types with a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecipientType {
    /// Classical: X25519.
    X25519,
    /// Post-quantum hybrid: ML-KEM-768 with X25519.
    Mlkem768X25519,
}

impl RecipientType {
    /// The byte that stands for the type in our own formats (docs/protocol.md, Letter).
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::X25519 => 0x01,
            Self::Mlkem768X25519 => 0x02,
        }
    }

    /// The type of a code; `None` for one that this version does not know.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0x01 => Some(Self::X25519),
            0x02 => Some(Self::Mlkem768X25519),
            _ => None,
        }
    }

    /// Length of a public key in bytes.
    #[must_use]
    pub const fn public_len(self) -> usize {
        match self {
            Self::X25519 => 32,
            Self::Mlkem768X25519 => mlkem768x25519::PUBLIC_LEN,
        }
    }
}

/// A public key that files can be sealed to: `age1…` or `age1pq1…`.
///
/// Every value is a valid key: no point of small order, ML-KEM coefficients reduced.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Recipient(Key);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Key {
    X25519([u8; 32]),
    Mlkem768X25519(Box<[u8; mlkem768x25519::PUBLIC_LEN]>),
}

impl Recipient {
    /// Takes the raw public key: 32 or 1,216 bytes.
    ///
    /// # Errors
    /// [`AgeError::InvalidRecipient`] for another length or an invalid key.
    pub fn from_bytes(kind: RecipientType, bytes: &[u8]) -> Result<Self, AgeError> {
        let key = match kind {
            RecipientType::X25519 => <[u8; 32]>::try_from(bytes)
                .ok()
                .filter(|point| !x25519::is_small_order(*point))
                .map(Key::X25519),
            RecipientType::Mlkem768X25519 => Box::<[u8]>::from(bytes)
                .try_into()
                .ok()
                .filter(|bytes: &Box<_>| mlkem768x25519::is_public_key(bytes))
                .map(Key::Mlkem768X25519),
        };
        key.map(Self).ok_or(AgeError::InvalidRecipient)
    }

    /// The recipient of a secret, see [`super::Identity`].
    pub(super) fn of_secret(kind: RecipientType, secret: &[u8; 32]) -> Result<Self, AgeError> {
        Ok(Self(match kind {
            RecipientType::X25519 => Key::X25519(x25519::public_key(secret)),
            RecipientType::Mlkem768X25519 => {
                Key::Mlkem768X25519(mlkem768x25519::public_key(secret)?)
            }
        }))
    }

    /// The type of the key.
    #[must_use]
    pub const fn kind(&self) -> RecipientType {
        match self.0 {
            Key::X25519(_) => RecipientType::X25519,
            Key::Mlkem768X25519(_) => RecipientType::Mlkem768X25519,
        }
    }

    /// The raw public key: 32 or 1,216 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Key::X25519(bytes) => bytes,
            Key::Mlkem768X25519(bytes) => bytes.as_slice(),
        }
    }

    /// Wraps a file key for this recipient.
    ///
    /// # Errors
    /// [`AgeError::Encrypt`] if the primitives refuse.
    pub fn wrap(&self, file_key: &FileKey, rng: &mut impl CryptoRng) -> Result<Stanza, AgeError> {
        match &self.0 {
            Key::X25519(key) => x25519::wrap(file_key, key, rng),
            Key::Mlkem768X25519(key) => mlkem768x25519::wrap(file_key, key, rng),
        }
    }
}

/// Wraps a file key for every recipient, in their order.
///
/// Hybrid and classical recipients do not mix: one classical stanza would undo the hybrid ones.
///
/// # Errors
/// [`AgeError::NoRecipients`], [`AgeError::MixedRecipients`].
pub fn wrap_for_all(
    recipients: &[Recipient],
    file_key: &FileKey,
    rng: &mut impl CryptoRng,
) -> Result<Vec<Stanza>, AgeError> {
    let first = recipients.first().ok_or(AgeError::NoRecipients)?.kind();
    if recipients.iter().any(|recipient| recipient.kind() != first) {
        return Err(AgeError::MixedRecipients);
    }
    recipients
        .iter()
        .map(|recipient| recipient.wrap(file_key, rng))
        .collect()
}

const HRP_X25519: &str = "age";
const HRP_HYBRID: &str = "age1pq";

impl FromStr for Recipient {
    type Err = AgeError;

    fn from_str(text: &str) -> Result<Self, AgeError> {
        let lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        let (hrp, bytes) = bech32::decode(text)
            .filter(|_| lower)
            .ok_or(AgeError::MalformedKey)?;
        let kind = match hrp.as_str() {
            HRP_X25519 => RecipientType::X25519,
            HRP_HYBRID => RecipientType::Mlkem768X25519,
            _ => return Err(AgeError::MalformedKey),
        };
        if bytes.len() != kind.public_len() {
            return Err(AgeError::MalformedKey);
        }
        Self::from_bytes(kind, &bytes)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hrp = match self.0 {
            Key::X25519(_) => HRP_X25519,
            Key::Mlkem768X25519(_) => HRP_HYBRID,
        };
        f.write_str(&bech32::encode(hrp, self.as_bytes()))
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A hybrid key is 1,959 characters long: its beginning tells it apart.
        write!(f, "Recipient({:.24}…)", self.to_string())
    }
}
