//! What is kept of a conversation and of a peer, beside what OpenMLS keeps.

use std::collections::VecDeque;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::error::{SessionError, StopReason};
use crate::format::{Chain, ConversationId, Link};

/// Own blobs that are remembered, to know one that a relay shows again: all of an epoch.
const REMEMBERED: usize = 512;
/// After so many messages in an epoch our keys are renewed; a message is remembered by two digests.
const RENEWED_AFTER: u16 = 200;
/// So many at most are sealed in an epoch.
const SEALED_AT_MOST: u16 = 240;
/// Epoch authenticators that are remembered.
const EPOCHS: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Purpose {
    Pair(#[serde(with = "serde_bytes")] [u8; 33]),
    Group,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Phase {
    /// We offered it; the letter is still to leave, if it is here.
    Offered { letter: Option<ByteBuf> },
    /// A member of the name has added us; the Welcome is still to come.
    Invited {
        #[serde(with = "serde_bytes")]
        by: [u8; 33],
        #[serde(with = "serde_bytes")]
        reference: [u8; 32],
        held: Vec<(u64, ByteBuf)>,
    },
    /// A member.
    Active,
    /// No longer, and why.
    Stopped(StopReason),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Queued {
    #[serde(with = "serde_bytes")]
    pub(super) id: [u8; 16],
    pub(super) kind: u64,
    #[serde(with = "serde_bytes")]
    pub(super) body: Vec<u8>,
}

/// A blob of ours that is not yet seen in the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct InFlight {
    #[serde(with = "serde_bytes")]
    pub(super) hash: [u8; 16],
    #[serde(with = "serde_bytes")]
    pub(super) blob: Vec<u8>,
    /// What it carries; nothing for a Welcome or a part.
    pub(super) message: Option<Queued>,
    pub(super) expect: Expect,
    pub(super) epoch: u64,
}

/// What must stand before a blob of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Expect {
    /// Whatever does.
    Any,
    /// Nothing at all.
    Empty,
    /// The last that we have read: it is a commit.
    Last,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Intent {
    Add(Vec<ByteBuf>),
    Remove(Vec<Device>),
    Readd(Device, ByteBuf),
    Update,
    Roles(ByteBuf),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Device {
    #[serde(with = "serde_bytes")]
    pub(super) identity: [u8; 33],
    #[serde(with = "serde_bytes")]
    pub(super) device: [u8; 16],
}

/// A commit of ours that waits for its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PendingCommit {
    pub(super) intent: Intent,
    /// The blobs that are still to be seen, in order; the last decides.
    pub(super) blobs: VecDeque<ByteBuf>,
    /// The blobs of the Welcome, sent once the commit counts.
    pub(super) welcome: Vec<ByteBuf>,
    /// Who is told, and which KeyPackage was used.
    pub(super) invited: Vec<(ByteBuf, ByteBuf)>,
    /// Whose KeyPackages, and they themselves.
    pub(super) packages: Vec<(ByteBuf, ByteBuf)>,
}

/// Something in parts, which lie in rows of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Assembly {
    #[serde(with = "serde_bytes")]
    pub(super) id: [u8; 16],
    pub(super) count: u16,
    /// The part that is to come.
    pub(super) next: u16,
    /// Bytes of those that came.
    pub(super) len: usize,
}

/// A member who was asked to add us anew, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked {
    #[serde(with = "serde_bytes")]
    pub(super) by: [u8; 33],
    pub(super) at: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Conversation {
    pub(super) id: ConversationId,
    pub(super) purpose: Purpose,
    pub(super) phase: Phase,
    pub(super) link: Link,
    pub(super) own: Option<ByteBuf>,
    pub(super) created: bool,
    /// Who was asked to add us anew.
    #[serde(default)]
    pub(super) asked: Option<Asked>,
    /// Messages of ours in this epoch.
    #[serde(default)]
    pub(super) sealed: u16,
    /// Who saw other blobs, or another epoch, than we did.
    #[serde(default)]
    pub(super) doubters: Vec<ByteBuf>,
    /// Whoever added us named the relay, and the person has taken it.
    #[serde(default)]
    pub(super) met: bool,
    /// We were in it before: it may lead nowhere but where it was.
    #[serde(default)]
    pub(super) again: bool,
    /// When somebody added us.
    #[serde(default)]
    pub(super) invited_at: u64,
    pub(super) chain: Chain,
    pub(super) queued: VecDeque<Queued>,
    pub(super) in_flight: Vec<InFlight>,
    pub(super) intents: VecDeque<Intent>,
    pub(super) commit: Option<PendingCommit>,
    pub(super) assemblies: VecDeque<Assembly>,
    pub(super) remembered: VecDeque<ByteBuf>,
    pub(super) leaving: Vec<Device>,
    pub(super) authenticators: VecDeque<(u64, ByteBuf)>,
}

impl Conversation {
    pub(super) fn new(id: ConversationId, purpose: Purpose, phase: Phase, link: Link) -> Self {
        let chain = Chain::new(&link.stream);
        Self {
            id,
            purpose,
            phase,
            link,
            own: None,
            created: true,
            asked: None,
            sealed: 0,
            doubters: Vec::new(),
            met: false,
            again: false,
            invited_at: 0,
            chain,
            queued: VecDeque::new(),
            in_flight: Vec::new(),
            intents: VecDeque::new(),
            commit: None,
            assemblies: VecDeque::new(),
            remembered: VecDeque::new(),
            leaving: Vec::new(),
            authenticators: VecDeque::new(),
        }
    }

    pub(super) const fn is_stopped(&self) -> bool {
        matches!(self.phase, Phase::Stopped(_))
    }

    pub(super) fn knows(&self, hash: &[u8; 16]) -> bool {
        self.remembered.iter().any(|known| **known == *hash)
    }

    pub(super) fn remember(&mut self, hash: [u8; 16]) {
        bounded(&mut self.remembered, ByteBuf::from(hash), REMEMBERED);
    }

    /// A message of ours is sealed. One of an epoch that is remembered no more could be shown again as
    /// if our state had been put back, so the epoch is ended before.
    pub(super) fn count_sealed(&mut self) {
        self.sealed = self.sealed.saturating_add(1);
        // A commit that is on its way already ends the epoch, too.
        let is_ending = self.commit.is_some() || self.intents.contains(&Intent::Update);
        if self.sealed >= RENEWED_AFTER && !is_ending {
            self.intents.push_back(Intent::Update);
        }
    }

    pub(super) const fn may_seal(&self) -> bool {
        self.sealed < SEALED_AT_MOST
    }

    pub(super) fn note_epoch(&mut self, epoch: u64, authenticator: &[u8]) {
        self.sealed = 0;
        bounded(
            &mut self.authenticators,
            (epoch, ByteBuf::from(authenticator)),
            EPOCHS,
        );
    }

    pub(super) fn authenticator(&self, epoch: u64) -> Option<&[u8]> {
        let noted = self
            .authenticators
            .iter()
            .find(|(noted, _)| *noted == epoch);
        noted.map(|(_, authenticator)| authenticator.as_slice())
    }
}

fn bounded<T>(queue: &mut VecDeque<T>, item: T, most: usize) {
    if queue.len() >= most {
        queue.pop_front();
    }
    queue.push_back(item);
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Peer {
    /// The conversation of two.
    pub(super) pair: Option<ConversationId>,
    /// The one we offered and that is not answered.
    pub(super) offered: Option<ConversationId>,
    /// KeyPackages of theirs.
    pub(super) packages: Vec<ByteBuf>,
    /// References of KeyPackages of ours that they have.
    pub(super) given: Vec<ByteBuf>,
    /// KeyPackages that we owe them.
    pub(super) owed: u8,
    /// Introductions of theirs: letter, KeyPackage reference.
    pub(super) seen: Vec<(ByteBuf, ByteBuf)>,
    /// When the last was sent.
    pub(super) last_sent_at: u64,
}

/// A leaf's signature key.
#[derive(
    Clone, PartialEq, Eq, Serialize, Deserialize, zeroize::Zeroize, zeroize::ZeroizeOnDrop,
)]
pub(super) struct LeafRow {
    #[serde(with = "serde_bytes")]
    pub(super) secret: [u8; 32],
    /// The group it is bound to; empty: a KeyPackage.
    #[serde(with = "serde_bytes")]
    pub(super) group: Vec<u8>,
    /// What the identity signed; empty: it has not yet.
    #[serde(with = "serde_bytes")]
    pub(super) credential: Vec<u8>,
    pub(super) used: bool,
    pub(super) not_after: u64,
}

pub(super) fn encode(value: &impl Serialize) -> Result<Vec<u8>, SessionError> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).map_err(|_| SessionError::Row)?;
    Ok(bytes)
}

pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, SessionError> {
    ciborium::from_reader(bytes).map_err(|_| SessionError::Row)
}
