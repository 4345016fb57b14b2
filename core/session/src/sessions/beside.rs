//! What is said beside the stream and kept by nobody: it takes nothing from the ratchets of what is
//! kept, so somebody who is away for long misses a thousand of these, and no key.
//!
//! `u8 version = 1 ‖ u8 type ‖ u64 epoch ‖ u32 leaf ‖ Box(key, label, aad, u64 time ‖ body)`, where key =
//! MLS-Exporter(label, u32 leaf, 32) and aad is what stands before, then the stream's id. It proves
//! that a member says so, not which one: every member has the key.

use openmls::prelude::{LeafNodeIndex, MlsGroup};
use rand_core::CryptoRng;
use sotto_core::sealed_box::{OVERHEAD_LEN, open_box, seal_box};
use sotto_protocol::TimestampMs;
use zeroize::Zeroizing;

use super::Sessions;
use super::error::SessionError;
use super::record::Phase;
use crate::format::{ConversationId, Link};
use crate::policy::{self, Who};

const VERSION: u8 = 1;
/// Bytes before the box.
const HEAD_LEN: usize = 14;
/// Clocks differ; what is older is told again by nobody but a relay.
const FRESH_MS: u64 = 120_000;
/// Longest body.
const MAX_BODY: usize = 256;
const MAX_LEN: usize = HEAD_LEN + OVERHEAD_LEN + 8 + MAX_BODY;

/// A kind of it: one is never taken for another, its key is another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// Of the blob.
    pub(super) number: u8,
    /// Of key and box.
    pub(super) label: &'static str,
}

/// Something that was said beside a stream, and opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aside {
    /// Where.
    pub conversation: ConversationId,
    /// Who says that they say it.
    pub from: Who,
    /// When, by their clock.
    pub at: TimestampMs,
    /// Opaque.
    pub body: Vec<u8>,
}

/// Sealed, for whoever is in the group now.
pub(super) struct Sealed {
    pub(super) link: Link,
    pub(super) blob: Vec<u8>,
}

/// Who says it, in which epoch, as it stands before the box.
struct Head {
    epoch: u64,
    leaf: u32,
}

impl Head {
    fn encode(&self, form: Form) -> Vec<u8> {
        let (epoch, leaf) = (self.epoch.to_be_bytes(), self.leaf.to_be_bytes());
        [&[VERSION, form.number][..], &epoch, &leaf].concat()
    }

    fn decode(form: Form, head: &[u8; HEAD_LEN]) -> Option<Self> {
        let (start, rest) = head.split_first_chunk::<2>()?;
        let (epoch, leaf) = rest.split_first_chunk::<8>()?;
        (*start == [VERSION, form.number]).then_some(Self {
            epoch: u64::from_be_bytes(*epoch),
            leaf: u32::from_be_bytes(leaf.try_into().ok()?),
        })
    }
}

impl Sessions {
    /// Seals a body for whoever is in a conversation now.
    pub(super) fn seal_aside(
        &mut self,
        form: Form,
        id: ConversationId,
        body: &[u8],
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<Sealed, SessionError> {
        let conversation = self.conversations.get(&id).ok_or(SessionError::Unknown)?;
        if conversation.phase != Phase::Active || body.len() > MAX_BODY {
            return Err(SessionError::Inactive);
        }
        let link = conversation.link.clone();
        let group = self.take_group(id)?;
        let head = Head {
            epoch: group.epoch().as_u64(),
            leaf: group.own_leaf_index().u32(),
        };
        let key = self.member_secret::<32>(&group, form.label, head.leaf);
        self.put_group(id, group);
        let head = head.encode(form);
        let aad = [&head[..], &link.stream].concat();
        let said = [&now.0.to_be_bytes()[..], body].concat();
        let sealed = seal_box(&key?[..], form.label, &aad, &said, rng);
        let blob = [head, sealed.map_err(|_| SessionError::Mls)?].concat();
        Ok(Sealed { link, blob })
    }

    /// Opens what somebody said beside a stream, with the leaf that says so; nothing for what nobody
    /// else of the group said just now.
    pub(super) fn open_aside(
        &mut self,
        form: Form,
        (relay, stream): (&str, &[u8; 16]),
        blob: &[u8],
        now: TimestampMs,
    ) -> Option<(u32, Aside)> {
        let (head, sealed) = blob.split_first_chunk::<HEAD_LEN>()?;
        let Head { epoch, leaf } = Head::decode(form, head).filter(|_| blob.len() <= MAX_LEN)?;
        let id = self.active_at(relay, stream)?;
        let aad = [&head[..], stream].concat();
        let (from, said) = self.with_group(id, |sessions, group| {
            let is_ours = group.own_leaf_index() == LeafNodeIndex::new(leaf);
            if is_ours || group.epoch().as_u64() != epoch {
                return None;
            }
            let key = sessions.member_secret::<32>(group, form.label, leaf).ok()?;
            let said = open_box(&key[..], form.label, &aad, sealed).ok()?;
            Some((policy::member(group, leaf).ok()?, said))
        })?;
        let (at, body) = said.split_first_chunk::<8>()?;
        let at = TimestampMs(u64::from_be_bytes(*at));
        let is_fresh = now.0.abs_diff(at.0) <= FRESH_MS;
        let aside = Aside {
            conversation: id,
            from,
            at,
            body: body.to_vec(),
        };
        is_fresh.then_some((leaf, aside))
    }

    /// The conversation of a stream that we are in.
    fn active_at(&self, relay: &str, stream: &[u8; 16]) -> Option<ConversationId> {
        let mut all = self.conversations.values();
        let found = all.find(|it| it.link.is(relay, stream) && it.phase == Phase::Active)?;
        Some(found.id)
    }

    /// Looks into a group.
    pub(super) fn with_group<T>(
        &mut self,
        id: ConversationId,
        look: impl FnOnce(&Self, &MlsGroup) -> Option<T>,
    ) -> Option<T> {
        let group = self.take_group(id).ok()?;
        let seen = look(self, &group);
        self.put_group(id, group);
        seen
    }

    /// MLS-Exporter(label, u32 leaf, N): a secret of this epoch's members about one of them.
    pub(super) fn member_secret<const N: usize>(
        &self,
        group: &MlsGroup,
        label: &str,
        leaf: u32,
    ) -> Result<Zeroizing<[u8; N]>, SessionError> {
        let context = leaf.to_be_bytes();
        let secret = group.export_secret(self.provider.primitives(), label, &context, N);
        let secret = Zeroizing::new(secret.map_err(|_| SessionError::Inactive)?);
        let secret = secret[..].try_into().map_err(|_| SessionError::Mls)?;
        Ok(Zeroizing::new(secret))
    }
}
