//! The leaf credential: which identity stands behind a leaf of an MLS tree.
//!
//! `u16(len tbs) ‖ tbs ‖ Ed25519(identity, L("leaf") ‖ tbs)`, the content of a BasicCredential
//! (RFC 9420 §5.3). Holding a [`LeafCredential`] means that its signature verified.

use sotto_protocol::TimestampMs;

use super::error::CustodyError;
use super::request::Signed;
use super::statement::{Leaf, leaf_bytes};
use super::wire::{Base64Url, Bytes};
use crate::cbor::Fields;
use crate::identity::{IdentityKey, Signature};

/// Longest credential in bytes: two keys, two ids, two dates and the signature, with room.
pub const MAX_LEAF_LEN: usize = 256;

/// A leaf that its identity has signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeafCredential {
    bytes: Vec<u8>,
    identity: IdentityKey,
    leaf: Leaf,
}

impl LeafCredential {
    /// Verifies the signature over the received bytes, then reads those same bytes.
    ///
    /// # Errors
    /// [`CustodyError`]: what is wrong with them.
    pub fn parse(bytes: &[u8]) -> Result<Self, CustodyError> {
        let (tbs, signature) = split(bytes).ok_or(CustodyError::Leaf)?;
        let identity = Fields::parse(tbs, 0..=127)?.require(1)?.array::<33>()?;
        let identity = IdentityKey::parse(&identity)?;
        identity.verify(&leaf_bytes(tbs), &signature)?;
        let leaf = decode(tbs)?;
        Ok(Self {
            bytes: bytes.to_vec(),
            identity,
            leaf,
        })
    }

    /// Joins what the custodian has signed, and checks the result as if received.
    ///
    /// # Errors
    /// [`CustodyError`].
    pub fn assemble(signed: &Signed) -> Result<Self, CustodyError> {
        let len = u16::try_from(signed.tbs.0.len()).map_err(|_| CustodyError::Leaf)?;
        let parts = [&len.to_be_bytes()[..], &signed.tbs.0, &signed.signature.0];
        Self::parse(&parts.concat())
    }

    /// The bytes as received.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Who signed it.
    #[must_use]
    pub const fn identity(&self) -> &IdentityKey {
        &self.identity
    }

    /// What was signed.
    #[must_use]
    pub const fn leaf(&self) -> &Leaf {
        &self.leaf
    }
}

fn split(bytes: &[u8]) -> Option<(&[u8], Signature)> {
    if bytes.len() > MAX_LEAF_LEN {
        return None;
    }
    let (len, rest) = bytes.split_first_chunk::<2>()?;
    let (tbs, signature) = rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
    Some((tbs, Signature(signature.try_into().ok()?)))
}

fn decode(tbs: &[u8]) -> Result<Leaf, CustodyError> {
    let mut fields = Fields::parse(tbs, 1..=6)?;
    let leaf = Leaf {
        signature_key: Bytes(fields.require(2)?.array()?),
        group_id: Base64Url(fields.require(3)?.bytes()?.to_vec()),
        device_id: Bytes(fields.require(4)?.array()?),
        not_before: TimestampMs(fields.require(5)?.uint()?),
        not_after: TimestampMs(fields.require(6)?.uint()?),
    };
    leaf.check()?;
    Ok(leaf)
}
