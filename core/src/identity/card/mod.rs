//! Contact cards (docs/protocol.md, Contact card).
//!
//! `card = u16(len tbs) ‖ tbs ‖ Ed25519(identity, L("card") ‖ tbs)`. A [`Card`] is the bytes as
//! received and what they say; holding one means that its own signature verified over those bytes.
//! That a card is genuine says nothing about whether its name and addresses are true.

mod content;
mod device;
mod error;
mod succession;

use core::fmt;

pub use content::{CardContent, MAX_ADDRESS_LEN, MAX_ADDRESSES, MAX_NAME_LEN, MAX_RECIPIENTS};
pub use content::{is_address, is_name};
pub use device::{Device, MAX_DEVICES, RelayOrigin};
pub use error::CardError;
use sha2::{Digest, Sha256};
pub use succession::{Accepted, CardChanges, FUTURE_LIMIT_MS, Succession, next_revision};

use super::{IdentityKey, KeyError, Signature};
use crate::age::armor::{self, Label};
use crate::cbor::Fields;
use crate::label;

/// Longest card, in bytes.
pub const MAX_CARD_LEN: usize = 3072;

/// A card whose signature verified.
#[derive(Clone, PartialEq, Eq)]
pub struct Card {
    bytes: Vec<u8>,
    content: CardContent,
}

impl Card {
    /// Verifies the signature over the received bytes, then reads those same bytes.
    ///
    /// # Errors
    /// [`CardError`]; [`CardError::Signature`] before anything but the identity key is read.
    pub fn parse(bytes: &[u8]) -> Result<Self, CardError> {
        if bytes.len() > MAX_CARD_LEN {
            return Err(CardError::TooLong { len: bytes.len() });
        }
        let (tbs, signature) = split(bytes).ok_or(CardError::Framing)?;
        let identity = Fields::parse(tbs, 0..=127)?.require(1)?.array::<33>()?;
        let identity = IdentityKey::parse(&identity)?;
        let verified = identity.verify(&signed_bytes(tbs), &signature);
        verified.map_err(|_: KeyError| CardError::Signature)?;
        let content = CardContent::decode(tbs)?;
        let bytes = bytes.to_vec();
        Ok(Self { bytes, content })
    }

    /// Joins what was to be signed and its signature, and checks the result as if received.
    ///
    /// # Errors
    /// [`CardError`].
    pub fn assemble(tbs: &[u8], signature: &Signature) -> Result<Self, CardError> {
        let too_long = CardError::TooLong { len: tbs.len() };
        let len = u16::try_from(tbs.len()).map_err(|_| too_long)?;
        Self::parse(&[&len.to_be_bytes()[..], tbs, &signature.0].concat())
    }

    /// Reads an armored card (RFC 7468, `SOTTO CONTACT CARD`), strictly.
    ///
    /// # Errors
    /// [`CardError::Armor`] and those of [`Self::parse`].
    pub fn parse_armor(text: &str) -> Result<Self, CardError> {
        if text.len() > MAX_ARMOR_LEN {
            return Err(CardError::TooLong { len: text.len() });
        }
        Self::parse(&armor::decode(Label::SottoContactCard, text.as_bytes())?)
    }

    /// The armored card.
    #[must_use]
    pub fn to_armor(&self) -> String {
        armor::encode(Label::SottoContactCard, &self.bytes)
    }

    /// The bytes as received: what is stored and forwarded.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What the card says.
    #[must_use]
    pub const fn content(&self) -> &CardContent {
        &self.content
    }

    /// The identity key that signed it.
    #[must_use]
    pub const fn identity(&self) -> &IdentityKey {
        &self.content.identity
    }

    /// SHA-256 of the bytes.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.bytes).into()
    }
}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Card")
            .field(self.identity())
            .finish_non_exhaustive()
    }
}

/// Room for [`MAX_CARD_LEN`] bytes in base64, its line ends (CRLF) and markers, and white space.
const MAX_ARMOR_LEN: usize = 6144;

/// What the identity key signs for a card.
pub(crate) fn signed_bytes(tbs: &[u8]) -> Vec<u8> {
    [label::CARD, tbs].concat()
}

/// `tbs` and signature; nothing may follow.
fn split(bytes: &[u8]) -> Option<(&[u8], Signature)> {
    let (len, rest) = bytes.split_first_chunk::<2>()?;
    let (tbs, signature) = rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
    Some((tbs, Signature(signature.try_into().ok()?)))
}

#[cfg(test)]
mod tests;
