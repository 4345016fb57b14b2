//! Taking records out, changing them, keeping them.

use std::collections::BTreeSet;

use openmls::prelude::{GroupId, MlsGroup};
use openmls_traits::random::OpenMlsRand;
use sotto_core::cbor::{Fields, MapWriter};
use sotto_core::identity::IdentityKey;
use sotto_protocol::TimestampMs;
use zeroize::Zeroizing;

use super::error::{Alarm, SessionError, StopReason};
use super::record::{self, Conversation, Device, Peer, Phase, Purpose};
use super::{Effect, Event, Invitation, Sessions};
use crate::format::{ConversationId, Roles};
use crate::mls::{Kind, Row};
use crate::policy::{self, RosterEntry, Who};

/// `{1 key, 2 row}`: what is sealed of a row.
pub(super) fn row_value(key: &[u8], row: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(MapWriter::new().bytes(1, key).bytes(2, row).finish())
}

pub(super) fn split_row(value: &[u8]) -> Result<(Vec<u8>, Row), SessionError> {
    let parsed = Fields::parse(value, 1..=2).and_then(|mut fields| {
        let key = fields.require(1)?.bytes()?.to_vec();
        Ok((key, Zeroizing::new(fields.require(2)?.bytes()?.to_vec())))
    });
    parsed.map_err(|_| SessionError::Row)
}

impl Who {
    pub(super) const fn to_device(self) -> Device {
        Device {
            identity: *self.identity.as_bytes(),
            device: self.device,
        }
    }
}

impl Device {
    pub(super) fn to_who(&self) -> Result<Who, SessionError> {
        Ok(Who {
            identity: identity(&self.identity)?,
            device: self.device,
        })
    }
}

pub(super) fn identity(bytes: &[u8]) -> Result<IdentityKey, SessionError> {
    IdentityKey::parse(bytes).map_err(|_| SessionError::Row)
}

impl Sessions {
    /// Everything in memory as the rows have it.
    pub(super) fn reload(&mut self) -> Result<(), SessionError> {
        self.groups.clear();
        self.conversations.clear();
        self.peers.clear();
        for (_, row) in self.provider.rows().all(Kind::Conversation) {
            let mut conversation: Conversation = record::decode(&row)?;
            let pages = self
                .provider
                .rows()
                .under(Kind::ChainPage, &conversation.id.0);
            let pages = pages.iter().map(|(_, page)| page.as_slice());
            let chain = conversation.chain.restored(pages);
            conversation.chain = chain.ok_or(SessionError::Row)?;
            self.conversations.insert(conversation.id, conversation);
        }
        for (key, row) in self.provider.rows().all(Kind::Peer) {
            self.peers.insert(identity(&key)?, record::decode(&row)?);
        }
        Ok(())
    }

    pub(super) fn take(&mut self, id: ConversationId) -> Result<Conversation, SessionError> {
        self.conversations.remove(&id).ok_or(SessionError::Unknown)
    }

    /// One in which we are.
    pub(super) fn take_active(&mut self, id: ConversationId) -> Result<Conversation, SessionError> {
        let conversation = self.take(id)?;
        if conversation.phase == Phase::Active {
            Ok(conversation)
        } else {
            self.conversations.insert(id, conversation);
            Err(SessionError::Inactive)
        }
    }

    pub(super) fn keep(&mut self, mut conversation: Conversation) -> Result<(), SessionError> {
        self.keep_chain(&mut conversation);
        let row = record::encode(&conversation)?;
        self.provider
            .rows()
            .put(Kind::Conversation, &conversation.id.0, row);
        self.conversations.insert(conversation.id, conversation);
        Ok(())
    }

    /// Nothing of a conversation stays, whose keys are gone already.
    pub(super) fn forget(&self, conversation: &Conversation) {
        let rows = self.provider.rows();
        let id = &conversation.id.0;
        for (number, _) in rows.under(Kind::ChainPage, id) {
            rows.delete(Kind::ChainPage, &[&id[..], &number].concat());
        }
        rows.delete(Kind::Conversation, id);
    }

    /// The pages of the chain that are others than before. Those that are forgotten go, as do all of a
    /// chain that stood here before.
    fn keep_chain(&self, conversation: &mut Conversation) {
        let rows = self.provider.rows();
        let id = conversation.id.0;
        if conversation.chain.is_new() {
            for (number, _) in rows.under(Kind::ChainPage, &id) {
                rows.delete(Kind::ChainPage, &[&id[..], &number].concat());
            }
        }
        let key = |number: u32| [&id[..], &number.to_be_bytes()].concat();
        let (pages, first) = conversation.chain.take_pages();
        let forgotten = (0..first).rev().map(key);
        for page in forgotten.take_while(|it| rows.get(Kind::ChainPage, it).is_some()) {
            rows.delete(Kind::ChainPage, &page);
        }
        for (number, page) in pages {
            rows.put(Kind::ChainPage, &key(number), page);
        }
    }

    pub(super) fn peer(&self, who: &IdentityKey) -> Peer {
        self.peers.get(who).cloned().unwrap_or_default()
    }

    pub(super) fn keep_peer(&mut self, who: IdentityKey, peer: Peer) -> Result<(), SessionError> {
        self.provider
            .rows()
            .put(Kind::Peer, who.as_bytes(), record::encode(&peer)?);
        self.peers.insert(who, peer);
        Ok(())
    }

    /// The MLS group. It is put back with [`Self::put_group`]; dropped, it is read anew.
    pub(super) fn take_group(&mut self, id: ConversationId) -> Result<MlsGroup, SessionError> {
        if let Some(group) = self.groups.remove(&id) {
            return Ok(group);
        }
        let loaded = MlsGroup::load(self.provider.rows(), &GroupId::from_slice(&id.0))?;
        loaded.ok_or(SessionError::Inactive)
    }

    pub(super) fn put_group(&mut self, id: ConversationId, group: MlsGroup) {
        self.groups.insert(id, group);
    }

    pub(super) fn random<const N: usize>(&self) -> [u8; N] {
        let Ok(bytes) = self.provider.primitives().random_array();
        bytes
    }

    pub(super) fn event(&mut self, event: Event) {
        self.step_effects.push(Effect::Event(event));
    }

    pub(super) fn alarm(&mut self, conversation: ConversationId, what: Alarm) {
        self.event(Event::Alarm { conversation, what });
    }

    /// Ends a conversation and forgets its keys.
    pub(super) fn stop(
        &mut self,
        conversation: &mut Conversation,
        reason: StopReason,
    ) -> Result<(), SessionError> {
        if let Ok(mut group) = self.take_group(conversation.id) {
            group.delete(self.provider.rows())?;
        }
        conversation.phase = Phase::Stopped(reason);
        conversation.commit = None;
        conversation.in_flight.clear();
        self.let_all_go(conversation);
        self.live.remove(&conversation.id);
        self.rosters.remove(&conversation.id);
        self.event(Event::Stopped {
            conversation: conversation.id,
            reason,
        });
        Ok(())
    }

    /// Who we are.
    #[must_use]
    pub const fn me(&self) -> Who {
        self.me
    }

    /// Who is in a conversation: the leaves of its tree.
    ///
    /// # Errors
    /// [`SessionError::Unknown`], [`SessionError::Inactive`], [`SessionError::Refused`].
    pub fn roster(&mut self, id: ConversationId) -> Result<Vec<RosterEntry>, SessionError> {
        let group = self.take_group(id)?;
        let roster = self.leaves_of(&group);
        self.put_group(id, group);
        roster
    }

    /// The leaves of a group's tree. Each is verified once in an epoch: a group of hundreds asks for
    /// them with each commit, more than once.
    pub(super) fn leaves_of(&mut self, group: &MlsGroup) -> Result<Vec<RosterEntry>, SessionError> {
        let id = policy::conversation(group).map_err(SessionError::Refused)?;
        let epoch = authenticator(group)?;
        match self.rosters.get(&id) {
            Some((known, roster)) if *known == epoch => return Ok(roster.clone()),
            Some(_) | None => {}
        }
        let roster = policy::roster(group).map_err(SessionError::Refused)?;
        self.rosters.insert(id, (epoch, roster.clone()));
        Ok(roster)
    }

    /// A conversation's roles.
    ///
    /// # Errors
    /// [`SessionError::Unknown`], [`SessionError::Inactive`], [`SessionError::Refused`].
    pub fn roles(&mut self, id: ConversationId) -> Result<Roles, SessionError> {
        let group = self.take_group(id)?;
        let roles = policy::roles(&group).map_err(SessionError::Refused);
        self.put_group(id, group);
        roles
    }

    /// The epoch and its authenticator (RFC 9420 §8.7), to be compared.
    ///
    /// # Errors
    /// [`SessionError::Unknown`], [`SessionError::Inactive`].
    pub fn epoch(&mut self, id: ConversationId) -> Result<(u64, [u8; 32]), SessionError> {
        let group = self.take_group(id)?;
        let epoch = (group.epoch().as_u64(), authenticator(&group)?);
        self.put_group(id, group);
        Ok(epoch)
    }

    /// The conversation of two with somebody, if there is one.
    #[must_use]
    pub fn pair(&self, with: &IdentityKey) -> Option<ConversationId> {
        self.peers.get(with)?.pair
    }

    /// The conversation of two in which something can be said to somebody.
    pub(super) fn active_pair(&self, with: &IdentityKey) -> Option<ConversationId> {
        let pair = self.pair(with)?;
        let conversation = self.conversations.get(&pair)?;
        (conversation.phase == Phase::Active).then_some(pair)
    }

    /// Whether an offer to somebody stands that is not answered.
    #[must_use]
    pub fn is_offering(&self, to: &IdentityKey) -> bool {
        self.peers
            .get(to)
            .is_some_and(|peer| peer.offered.is_some())
    }

    /// The conversations that are not over, with the other of those of two.
    #[must_use]
    pub fn conversations(&self) -> Vec<(ConversationId, Option<IdentityKey>)> {
        let open = self.conversations.values().filter(|it| !it.is_stopped());
        open.map(|it| (it.id, with(it))).collect()
    }

    /// The relays of the conversations that are not over; of those that others have added us to,
    /// once the person has taken it ([`Self::invitations`]).
    #[must_use]
    pub fn relays(&self) -> BTreeSet<String> {
        self.relays_but(|_| false)
    }

    /// [`Self::relays`], of conversations of two without those with some people.
    #[must_use]
    pub fn relays_but(&self, is_out: impl Fn(&IdentityKey) -> bool) -> BTreeSet<String> {
        let open = self.conversations.values().filter(|it| !it.is_stopped());
        let open = open.filter(|it| !with(it).is_some_and(|who| is_out(&who)));
        let met = open.filter(|it| it.met || !matches!(it.phase, Phase::Invited { .. }));
        met.map(|it| it.link.relay.clone()).collect()
    }

    /// The groups that others have added us to and that were not taken ([`Command::Meet`]): whoever
    /// writes an invitation says where we connect, and what stands in our list.
    #[must_use]
    pub fn invitations(&self) -> Vec<Invitation> {
        let waiting = self.conversations.values().filter(|it| !it.met);
        let invited = waiting.filter_map(|it| match &it.phase {
            Phase::Invited { by, .. } => Some(Invitation {
                group: it.id,
                by: identity(by).ok()?,
                relay: it.link.relay.clone(),
                at: TimestampMs(it.invited_at),
            }),
            Phase::Offered { .. } | Phase::Active | Phase::Stopped(_) => None,
        });
        invited.collect()
    }

    /// Whether somebody can be added to a group: there is a session, and a KeyPackage of theirs.
    #[must_use]
    pub fn can_add(&self, who: &IdentityKey) -> bool {
        let peer = self.peers.get(who);
        peer.is_some_and(|peer| !peer.packages.is_empty()) && self.active_pair(who).is_some()
    }

    /// Whether a change of ours is on its way.
    #[must_use]
    pub fn is_changing(&self, id: ConversationId) -> bool {
        let conversation = self.conversations.get(&id);
        conversation.is_some_and(|it| it.commit.is_some() || !it.intents.is_empty())
    }

    /// How many messages wait to be sent or to be seen in the stream.
    #[must_use]
    pub fn unsent(&self, id: ConversationId) -> usize {
        self.conversations.get(&id).map_or(0, |conversation| {
            let sent = conversation
                .in_flight
                .iter()
                .filter(|it| it.message.is_some());
            conversation.queued.len().saturating_add(sent.count())
        })
    }

    /// Bytes that are kept, in the clear.
    #[must_use]
    pub fn state_len(&self) -> usize {
        self.provider.rows().total_len()
    }
}

pub(super) fn with(conversation: &Conversation) -> Option<IdentityKey> {
    match &conversation.purpose {
        Purpose::Pair(peer) => IdentityKey::parse(peer).ok(),
        Purpose::Group => None,
    }
}

pub(super) fn authenticator(group: &MlsGroup) -> Result<[u8; 32], SessionError> {
    let bytes = group.epoch_authenticator().as_slice();
    bytes.try_into().map_err(|_| SessionError::Mls)
}

#[cfg(test)]
impl Sessions {
    pub(crate) fn stream_of(&self, id: ConversationId) -> Option<[u8; 16]> {
        self.conversations
            .get(&id)
            .map(|conversation| conversation.link.stream)
    }

    /// A member's keys in hands that keep no rule: the group, the provider, the leaf's key.
    pub(crate) fn misuse<T>(
        &mut self,
        id: ConversationId,
        wrong: impl FnOnce(&mut MlsGroup, &crate::mls::Provider, &super::leaves::LeafSigner) -> T,
    ) -> T {
        let mut group = self.take_group(id).unwrap();
        let signer = self.own_signer(&group).unwrap();
        wrong(&mut group, &self.provider, &signer)
    }

    pub(crate) fn link_of(&self, id: ConversationId) -> crate::format::Link {
        self.conversations[&id].link.clone()
    }

    /// References of KeyPackages of ours that somebody has.
    pub(crate) fn given_to(&self, who: &IdentityKey) -> Vec<[u8; 32]> {
        let given = self.peer(who).given.into_iter();
        given.map(|it| it.into_vec().try_into().unwrap()).collect()
    }

    /// Somebody has left the same KeyPackage twice.
    pub(crate) fn double_packages(&mut self, of: IdentityKey) {
        let mut peer = self.peer(&of);
        let last = peer.packages.last().unwrap().clone();
        peer.packages.push(last);
        self.keep_peer(of, peer).unwrap();
    }

    pub(crate) fn rows_of(&self, kinds: &[Kind]) -> Vec<usize> {
        let rows = self.provider.rows();
        kinds.iter().map(|kind| rows.all(*kind).len()).collect()
    }

    pub(crate) fn claim(&self, id: ConversationId) -> crate::format::ChainClaim {
        self.conversations[&id].chain.claim()
    }

    pub(crate) fn packages_of(&self, who: &IdentityKey) -> Vec<Vec<u8>> {
        self.peer(who)
            .packages
            .iter()
            .map(|package| package.to_vec())
            .collect()
    }
}
