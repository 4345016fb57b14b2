//! What the identity key signs, and nothing else (docs/protocol.md).

use serde::{Deserialize, Serialize};
use sotto_protocol::TimestampMs;

use super::error::CustodyError;
use super::wire::{Base64Url, Bytes};
use crate::cbor::MapWriter;
use crate::identity::{IdentityKey, card};
use crate::label;

const GROUP_ID_LEN: usize = 16;

/// A statement, from which the custodian puts together the bytes it signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Statement {
    /// "I sealed this letter": `L("letter") ‖ head ‖ nonce ‖ tbs`.
    Letter {
        /// SHA-256 of the header before the seal.
        head: Bytes<32>,
        /// The payload nonce.
        nonce: Bytes<16>,
        /// The letter's signed map.
        tbs: Base64Url,
    },
    /// "This is me": `L("card") ‖ tbs`.
    Card {
        /// The card's signed map.
        tbs: Base64Url,
    },
    /// "This leaf is mine": `L("leaf") ‖ CBOR`.
    Leaf(Leaf),
    /// "I go on under another key": `L("successor") ‖ CBOR`.
    Successor(Successor),
}

/// A leaf credential of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// The leaf's own Ed25519 key.
    pub signature_key: Bytes<32>,
    /// The group, 16 bytes; empty for a KeyPackage.
    pub group_id: Base64Url,
    /// The profile.
    pub device_id: Bytes<16>,
    /// From when it holds.
    pub not_before: TimestampMs,
    /// Until when it holds.
    pub not_after: TimestampMs,
}

impl Leaf {
    /// It holds at some time, and its group id has 16 bytes or none.
    pub(super) fn check(&self) -> Result<(), CustodyError> {
        let is_group = matches!(self.group_id.0.len(), 0 | GROUP_ID_LEN);
        if is_group && self.not_before < self.not_after {
            Ok(())
        } else {
            Err(CustodyError::Leaf)
        }
    }

    /// `{1 identity, 2 leaf key, 3 group id, 4 device id, 5 not-before, 6 not-after}`.
    fn to_tbs(&self, identity: &IdentityKey) -> Vec<u8> {
        MapWriter::new()
            .bytes(1, identity.as_bytes())
            .bytes(2, &self.signature_key.0)
            .bytes(3, &self.group_id.0)
            .bytes(4, &self.device_id.0)
            .uint(5, self.not_before.0)
            .uint(6, self.not_after.0)
            .finish()
    }
}

/// What is signed for a leaf.
pub(super) fn leaf_bytes(tbs: &[u8]) -> Vec<u8> {
    [label::LEAF, tbs].concat()
}

/// A hint that the person goes on under another identity. A thief of the key can sign it too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Successor {
    /// The other identity key.
    pub successor: Bytes<33>,
    /// When it was said.
    pub at: TimestampMs,
}

impl Successor {
    /// `{1 identity, 2 successor, 3 at}`.
    fn to_tbs(&self, identity: &IdentityKey) -> Vec<u8> {
        MapWriter::new()
            .bytes(1, identity.as_bytes())
            .bytes(2, &self.successor.0)
            .uint(3, self.at.0)
            .finish()
    }
}

impl Statement {
    /// The statement's map.
    pub(super) fn to_tbs(&self, identity: &IdentityKey) -> Vec<u8> {
        match self {
            Self::Letter { tbs, .. } | Self::Card { tbs } => tbs.0.clone(),
            Self::Leaf(leaf) => leaf.to_tbs(identity),
            Self::Successor(successor) => successor.to_tbs(identity),
        }
    }

    /// The bytes that are signed.
    pub(super) fn signed_bytes(&self, tbs: &[u8]) -> Vec<u8> {
        match self {
            Self::Letter { head, nonce, .. } => [label::LETTER, &head.0, &nonce.0, tbs].concat(),
            Self::Card { .. } => card::signed_bytes(tbs),
            Self::Leaf(_) => leaf_bytes(tbs),
            Self::Successor(_) => [label::SUCCESSOR, tbs].concat(),
        }
    }
}
