//! What is said and not kept: "is writing". It goes beside the stream, so it takes nothing from the
//! ratchets of what is kept: somebody who is away for long misses a thousand of these, and no key.
//!
//! `u8 version = 1 ‖ u8 type = 5 ‖ u64 epoch ‖ u32 leaf ‖ Box(key, "sotto/v1/whisper", aad, u64 time ‖
//! body)`, where key = MLS-Exporter("sotto/v1/whisper", u32 leaf, 32) and aad is what stands before,
//! then the stream's id. It proves that a member says so, not which one: every member has the key.

use openmls::prelude::LeafNodeIndex;
use rand_core::CryptoRng;
use sotto_core::sealed_box::{open_box, seal_box};
use sotto_protocol::TimestampMs;
use sotto_protocol::relay::{Secret, StreamId, Verb};
use zeroize::Zeroizing;

use super::Sessions;
use super::error::SessionError;
use super::record::Phase;
use crate::format::ConversationId;
use crate::policy::{self, Who};

const HEAD: [u8; 2] = [1, 5];
const LABEL: &str = "sotto/v1/whisper";
/// Clocks differ; what is older is told again by nobody but a relay.
const FRESH_MS: u64 = 120_000;
/// Longest body.
const MAX_BODY: usize = 256;

/// A whisper that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whisper {
    /// Where.
    pub conversation: ConversationId,
    /// Who says that they say it.
    pub from: Who,
    /// When, by their clock.
    pub at: TimestampMs,
    /// Opaque.
    pub body: Vec<u8>,
}

fn head(epoch: u64, leaf: u32) -> Vec<u8> {
    [&HEAD[..], &epoch.to_be_bytes(), &leaf.to_be_bytes()].concat()
}

impl Sessions {
    /// What tells everybody who is there: the relay to ask, and what. Nothing is kept of it.
    ///
    /// # Errors
    /// [`SessionError::Inactive`], [`SessionError::Unknown`].
    pub fn whisper(
        &mut self,
        id: ConversationId,
        body: &[u8],
        now: TimestampMs,
        rng: &mut impl CryptoRng,
    ) -> Result<(String, Verb), SessionError> {
        let conversation = self.conversations.get(&id).ok_or(SessionError::Unknown)?;
        if conversation.phase != Phase::Active || body.len() > MAX_BODY {
            return Err(SessionError::Inactive);
        }
        let link = conversation.link.clone();
        let group = self.take_group(id)?;
        let leaf = group.own_leaf_index().u32();
        let epoch = group.epoch().as_u64();
        let key = self.whisper_key(&group, leaf);
        self.put_group(id, group);
        let head = head(epoch, leaf);
        let aad = [&head[..], &link.stream].concat();
        let said = [&now.0.to_be_bytes()[..], body].concat();
        let sealed = seal_box(&key?, LABEL, &aad, &said, rng).map_err(|_| SessionError::Mls)?;
        let verb = Verb::Publish {
            stream: StreamId(link.stream),
            write: Secret(link.write),
            blob: [head, sealed].concat(),
        };
        Ok((link.relay.clone(), verb))
    }

    fn whisper_key(
        &self,
        group: &openmls::prelude::MlsGroup,
        leaf: u32,
    ) -> Result<Zeroizing<Vec<u8>>, SessionError> {
        let context = leaf.to_be_bytes();
        let key = group.export_secret(self.provider.primitives(), LABEL, &context, 32);
        key.map(Zeroizing::new).map_err(|_| SessionError::Inactive)
    }

    /// Opens what was published in a stream; nothing for what nobody of the group said just now.
    pub fn open_whisper(
        &mut self,
        relay: &str,
        stream: [u8; 16],
        blob: &[u8],
        now: TimestampMs,
    ) -> Option<Whisper> {
        let mut all = self.conversations.values();
        let found = all.find(|it| it.link.is(relay, &stream) && it.phase == Phase::Active)?;
        let id = found.id;
        let (start, sealed) = blob.split_first_chunk::<14>()?;
        let (epoch, leaf) = (start.get(2..10)?, start.get(10..14)?);
        let epoch = u64::from_be_bytes(epoch.try_into().ok()?);
        let leaf = u32::from_be_bytes(leaf.try_into().ok()?);
        let group = self.take_group(id).ok()?;
        let is_now = start.starts_with(&HEAD) && group.epoch().as_u64() == epoch;
        let is_ours = group.own_leaf_index() == LeafNodeIndex::new(leaf);
        let key = self.whisper_key(&group, leaf).ok();
        let roster = policy::roster(&group).ok();
        self.put_group(id, group);
        let key = key.filter(|_| is_now && !is_ours)?;
        let from = roster?.into_iter().find(|entry| entry.leaf == leaf)?.who;
        let aad = [&start[..], &stream].concat();
        let said = open_box(&key, LABEL, &aad, sealed).ok()?;
        let (at, body) = said.split_first_chunk::<8>()?;
        let at = TimestampMs(u64::from_be_bytes(*at));
        let is_fresh = now.0.abs_diff(at.0) <= FRESH_MS && body.len() <= MAX_BODY;
        is_fresh.then(|| Whisper {
            conversation: id,
            from,
            at,
            body: body.to_vec(),
        })
    }
}
