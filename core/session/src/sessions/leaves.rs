//! Leaf keys: fresh for every KeyPackage and every group that we make; the identity signs them.

use openmls::prelude::{
    BasicCredential, CredentialWithKey, KeyPackage, KeyPackageBundle, KeyPackageIn, KeyPackageRef,
    ProtocolVersion,
};
use openmls_traits::crypto::OpenMlsCrypto;
use openmls_traits::signatures::{Signer, SignerError};
use openmls_traits::storage::StorageProvider as _;
use openmls_traits::types::SignatureScheme;
use sotto_core::custody::{Base64Url, Bytes, Leaf, LeafCredential, Signed};
use sotto_core::identity::IdentityKey;
use sotto_protocol::TimestampMs;
use tls_codec::{DeserializeBytes, Serialize};

use super::error::SessionError;
use super::record::{self, LeafRow};
use super::{Command, Effect, Sessions};
use crate::format::ConversationId;
use crate::mls::{self, Kind, Suite};
use crate::policy::{self, Who};

/// Leaves for KeyPackages that are kept ready.
const STOCK: usize = 4;
/// A signed leaf holds for two years: as long as a device sits in a group without renewing it.
const LEAF_MS: u64 = 2 * 365 * 24 * 60 * 60 * 1000;
/// A leaf is not taken for a KeyPackage shortly before it ends.
const SPARE_MS: u64 = 180 * 24 * 60 * 60 * 1000;
const SKEW_MS: u64 = 60 * 60 * 1000;

/// Signs with a leaf's key.
pub(crate) struct LeafSigner(pub(super) LeafRow);

impl Signer for LeafSigner {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        use ed25519_dalek::Signer as _;
        let key = ed25519_dalek::SigningKey::from_bytes(&self.0.secret);
        Ok(key.sign(payload).to_bytes().to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

impl LeafSigner {
    pub(super) fn credential(&self, key: &[u8]) -> CredentialWithKey {
        let basic = BasicCredential::new(self.0.credential.clone());
        CredentialWithKey {
            credential: basic.into(),
            signature_key: key.into(),
        }
    }
}

impl Sessions {
    fn leaf_row(&self, key: &[u8]) -> Result<LeafRow, SessionError> {
        let row = self
            .provider
            .rows()
            .get(Kind::Leaf, key)
            .ok_or(SessionError::Row)?;
        record::decode(&row)
    }

    fn put_leaf(&self, key: &[u8], row: &LeafRow) -> Result<(), SessionError> {
        self.provider
            .rows()
            .put(Kind::Leaf, key, record::encode(row)?);
        Ok(())
    }

    pub(super) fn signer(&self, key: &[u8]) -> Result<LeafSigner, SessionError> {
        self.leaf_row(key).map(LeafSigner)
    }

    /// Draws a leaf key and asks for its signature.
    pub(super) fn want_leaf(
        &mut self,
        group: Option<ConversationId>,
    ) -> Result<[u8; 32], SessionError> {
        let generated = self
            .provider
            .primitives()
            .signature_key_gen(SignatureScheme::ED25519);
        let (secret, public) = generated.map_err(|_| SessionError::Mls)?;
        let key: [u8; 32] = public.try_into().map_err(|_| SessionError::Mls)?;
        let not_after = self.now.0.saturating_add(LEAF_MS);
        let row = LeafRow {
            secret: secret.try_into().map_err(|_| SessionError::Mls)?,
            group: group.map(|id| id.0.to_vec()).unwrap_or_default(),
            credential: Vec::new(),
            used: false,
            not_after,
        };
        self.put_leaf(&key, &row)?;
        self.sign(&key, &row);
        Ok(key)
    }

    /// Whether a leaf is ready for a group, or for a KeyPackage.
    fn ready_leaf(&self, group: Option<ConversationId>) -> Option<[u8; 32]> {
        let wanted = group.map(|id| id.0.to_vec()).unwrap_or_default();
        let from = self.now.0.saturating_add(SPARE_MS);
        let fits = |(key, row): (Vec<u8>, mls::Row)| {
            let row: LeafRow = record::decode(&row).ok()?;
            let ready = !row.used && !row.credential.is_empty() && row.not_after > from;
            (ready && row.group == wanted).then(|| key.try_into().ok())?
        };
        self.provider
            .rows()
            .all(Kind::Leaf)
            .into_iter()
            .find_map(fits)
    }

    /// A group id for which a leaf is signed and that has no group.
    pub(super) fn ready_group(&self) -> Option<ConversationId> {
        let unused = |(_, row): (Vec<u8>, mls::Row)| {
            let row: LeafRow = record::decode(&row).ok()?;
            let id = ConversationId(row.group.as_slice().try_into().ok()?);
            let free = !self.conversations.contains_key(&id);
            (!row.used && !row.credential.is_empty() && free).then_some(id)
        };
        self.provider
            .rows()
            .all(Kind::Leaf)
            .into_iter()
            .find_map(unused)
    }

    /// A signed leaf, taken for good; `None`: the command waits until one is signed.
    pub(super) fn take_leaf(
        &mut self,
        group: Option<ConversationId>,
        command: impl FnOnce() -> Option<Command>,
    ) -> Result<Option<([u8; 32], LeafSigner)>, SessionError> {
        let Some(key) = self.ready_leaf(group) else {
            let key = self.want_leaf(group)?;
            if let Some(command) = command() {
                self.waiting.push((key, command));
            }
            return Ok(None);
        };
        let mut row = self.leaf_row(&key)?;
        row.used = true;
        self.put_leaf(&key, &row)?;
        Ok(Some((key, LeafSigner(row))))
    }

    /// The identity has signed a leaf: whoever waited for it goes on.
    pub(super) fn signed(&mut self, signed: &Signed) -> Result<(), SessionError> {
        let credential = LeafCredential::assemble(signed)?;
        let leaf = credential.leaf();
        let is_ours = *credential.identity() == self.me.identity;
        let key = leaf.signature_key.0;
        let mut row = self.leaf_row(&key)?;
        if !is_ours || leaf.device_id.0 != self.me.device || leaf.group_id.0 != row.group {
            return Err(SessionError::KeyPackage);
        }
        row.credential = credential.as_bytes().to_vec();
        self.put_leaf(&key, &row)?;
        if let Some(place) = self.waiting.iter().position(|(wanted, _)| *wanted == key) {
            let (_, command) = self.waiting.remove(place);
            return self.command(command);
        }
        if let Ok(group) = row.group.as_slice().try_into() {
            return self.ask_again(ConversationId(group));
        }
        self.serve_owed()
    }

    /// Keeps some leaves ready. Those whose signature was lost with the program, or with a
    /// custodian that was locked, are asked for again.
    pub(super) fn stock(&mut self) -> Result<(), SessionError> {
        let unused = |(key, row): (Vec<u8>, mls::Row)| {
            let row: LeafRow = record::decode(&row).ok()?;
            let key = <[u8; 32]>::try_from(key).ok()?;
            (!row.used).then_some((key, row))
        };
        let all = self.provider.rows().all(Kind::Leaf).into_iter();
        let unused: Vec<_> = all.filter_map(unused).collect();
        for (key, row) in unused.iter().filter(|(_, row)| row.credential.is_empty()) {
            self.sign(key, row);
        }
        let ready = unused.iter().filter(|(_, row)| row.group.is_empty());
        for _ in ready.count()..STOCK {
            self.want_leaf(None)?;
        }
        Ok(())
    }

    fn sign(&mut self, key: &[u8; 32], row: &LeafRow) {
        self.step_effects.push(Effect::Sign(Leaf {
            signature_key: Bytes(*key),
            group_id: Base64Url(row.group.clone()),
            device_id: Bytes(self.me.device),
            not_before: TimestampMs(self.now.0.saturating_sub(SKEW_MS)),
            not_after: TimestampMs(row.not_after),
        }));
    }

    /// A KeyPackage of ours with its reference, and the private keys in the rows.
    pub(super) fn make_package(
        &self,
        key: &[u8; 32],
        signer: &LeafSigner,
    ) -> Result<(Vec<u8>, [u8; 32]), SessionError> {
        let bundle = KeyPackage::builder()
            .key_package_lifetime(mls::lifetime(self.now.0 / 1000))
            .leaf_node_capabilities(mls::capabilities(Suite::Hybrid))
            .build(
                Suite::Hybrid.ciphersuite(),
                &self.provider,
                signer,
                signer.credential(key),
            )
            .map_err(|_| SessionError::Mls)?;
        let package = bundle.key_package();
        let bytes = package
            .tls_serialize_detached()
            .map_err(|_| SessionError::Mls)?;
        Ok((bytes, self.reference(package)?))
    }

    /// A KeyPackage that was spent on nothing: its private keys go, and its leaf's.
    pub(super) fn forget_package(&self, reference: &[u8; 32]) -> Result<(), SessionError> {
        let rows = self.provider.rows();
        // A hash of 32 bytes with its length before it (RFC 9420 §2.1.2).
        let encoded = [&[32], &reference[..]].concat();
        let reference = KeyPackageRef::tls_deserialize_exact_bytes(&encoded);
        let reference = reference.map_err(|_| SessionError::Row)?;
        let Some(bundle) = rows.key_package::<_, KeyPackageBundle>(&reference)? else {
            return Ok(());
        };
        let leaf = bundle.key_package().leaf_node();
        rows.delete(Kind::Leaf, leaf.signature_key().as_slice());
        Ok(rows.delete_key_package(&reference)?)
    }

    pub(super) fn reference(&self, package: &KeyPackage) -> Result<[u8; 32], SessionError> {
        let reference = package.hash_ref(self.provider.primitives());
        let reference = reference.map_err(|_| SessionError::Mls)?;
        reference
            .as_slice()
            .try_into()
            .map_err(|_| SessionError::Mls)
    }

    /// Somebody's KeyPackage: of our suite, genuine, of the identity that it should be, and of no group
    /// or of the one in which that identity asks to be added anew.
    pub(super) fn check_package(
        &self,
        bytes: &[u8],
        of: &IdentityKey,
        group: Option<ConversationId>,
    ) -> Result<(KeyPackage, Who), SessionError> {
        let refused = SessionError::KeyPackage;
        let package =
            KeyPackageIn::tls_deserialize_exact_bytes(bytes).map_err(|_| refused.clone())?;
        let package = package
            .validate(self.provider.primitives(), ProtocolVersion::Mls10)
            .map_err(|_| refused.clone())?;
        let node = package.leaf_node();
        let who = policy::check_leaf(node.credential(), node.signature_key().as_slice(), group)
            .map_err(SessionError::Refused)?;
        let is_suite = package.ciphersuite() == Suite::Hybrid.ciphersuite();
        if who.identity == *of && is_suite && !package.last_resort() {
            Ok((package, who))
        } else {
            Err(refused)
        }
    }
}
