//! Into a group: the answer to our offer, or a member's Welcome.

use std::collections::VecDeque;

use openmls::prelude::{MlsGroup, MlsMessageBodyIn, MlsMessageIn, StagedWelcome, Welcome};
use serde_bytes::ByteBuf;
use sotto_core::identity::IdentityKey;
use tls_codec::DeserializeBytes;

use super::error::{Alarm, SessionError, StopReason};
use super::record::{Conversation, InFlight, Phase, Purpose, Queued};
use super::state::with;
use super::{Event, Sessions};
use crate::format::{Chain, ConversationId, Invite, Message, MessageKind, Rejoin, Roles, Scope};
use crate::mls;
use crate::policy::{self, Who};

/// KeyPackages that we leave with everybody we have a session with.
const GIVEN: u8 = 3;
/// Blobs that are held until the Welcome comes.
pub(super) const HELD: usize = 256;

impl Sessions {
    /// A Welcome stands in the stream.
    pub(super) fn welcome(
        &mut self,
        conversation: &mut Conversation,
        bytes: &[u8],
    ) -> Result<(), SessionError> {
        let awaited = match &conversation.phase {
            Phase::Offered { .. } => true,
            Phase::Invited { .. } => false,
            // Somebody else's, or for somebody else.
            Phase::Active | Phase::Stopped(_) => return Ok(()),
        };
        let mark = self.provider.rows().mark();
        match self.try_join(conversation, bytes) {
            Ok(group) => self.enter(conversation, group),
            Err(found) => {
                // Our KeyPackage is still good for the Welcome that we await.
                self.provider.rows().undo_to(mark);
                if awaited || found == Found::Wrong {
                    self.alarm(conversation.id, Alarm::Welcome);
                }
                Ok(())
            }
        }
    }

    fn try_join(&mut self, conversation: &Conversation, bytes: &[u8]) -> Result<MlsGroup, Found> {
        let staged = self.stage(bytes)?;
        let (members, roles, sender) =
            policy::check_welcome(&staged, conversation.id).map_err(|_| Found::Wrong)?;
        let is_group = staged.group_context().group_id().as_slice() == conversation.id.0;
        let allowed = match (&conversation.phase, &conversation.purpose) {
            (Phase::Offered { .. }, Purpose::Pair(peer)) => {
                self.is_pair(&members, &roles, sender, peer)
            }
            (Phase::Invited { by, .. }, Purpose::Group) => {
                let is_member = members.contains(&self.me);
                let is_inviter = sender.identity.as_bytes() == by;
                is_member && is_inviter && roles.scope == Scope::Group
            }
            _ => false,
        };
        if !allowed || !is_group {
            return Err(Found::Wrong);
        }
        staged.into_group(&self.provider).map_err(|_| Found::Wrong)
    }

    /// Exactly ourselves and the one we wrote to, who also wrote the Welcome.
    fn is_pair(&self, members: &[Who], roles: &Roles, sender: Who, peer: &[u8; 33]) -> bool {
        let [first, second] = members else {
            return false;
        };
        let is_peer = |who: &Who| who.identity.as_bytes() == peer && *who == sender;
        let both = (*first == self.me && is_peer(second)) || (*second == self.me && is_peer(first));
        both && *roles == Roles::pair()
    }

    fn stage(&self, bytes: &[u8]) -> Result<StagedWelcome, Found> {
        let welcome = parse(bytes).ok_or(Found::Wrong)?;
        let config = mls::join_config();
        // Leaves that were never renewed may be older than a KeyPackage may be.
        let builder = StagedWelcome::build_from_welcome(&self.provider, &config, welcome)
            .map_err(|_| Found::NotOurs)?;
        let builder = builder.skip_lifetime_validation().replace_old_group();
        builder.build().map_err(|_| Found::Wrong)
    }

    fn enter(
        &mut self,
        conversation: &mut Conversation,
        group: MlsGroup,
    ) -> Result<(), SessionError> {
        let held = match core::mem::replace(&mut conversation.phase, Phase::Active) {
            Phase::Invited { held, .. } => held,
            Phase::Offered { .. } | Phase::Active | Phase::Stopped(_) => Vec::new(),
        };
        self.joined(conversation, &group)?;
        self.outdate(conversation)?;
        self.put_group(conversation.id, group);
        for (seq, blob) in held {
            self.mls(conversation, &blob, seq, self.now)?;
        }
        Ok(())
    }

    /// Both may have introduced themselves: a letter that was sealed before our offer was answered,
    /// and is read later, would make a second conversation.
    fn outdate(&mut self, conversation: &Conversation) -> Result<(), SessionError> {
        let Some(other) = with(conversation) else {
            return Ok(());
        };
        let mut peer = self.peer(&other);
        peer.last_sent_at = peer.last_sent_at.max(self.now.0);
        self.keep_peer(other, peer)
    }

    /// We are in: those who wait for it are told; the other gets KeyPackages.
    pub(super) fn joined(
        &mut self,
        conversation: &mut Conversation,
        group: &MlsGroup,
    ) -> Result<(), SessionError> {
        self.epoch_began(conversation, group)?;
        let other = with(conversation);
        if let Some(other) = other {
            self.replace_pair(conversation, other)?;
        }
        self.event(Event::Joined {
            conversation: conversation.id,
            with: other,
        });
        Ok(())
    }

    fn replace_pair(
        &mut self,
        conversation: &mut Conversation,
        other: IdentityKey,
    ) -> Result<(), SessionError> {
        let mut peer = self.peer(&other);
        let before = peer.pair.replace(conversation.id);
        peer.offered = None;
        peer.packages.clear();
        peer.owed = GIVEN;
        self.keep_peer(other, peer)?;
        let Some(before) = before else {
            return self.pay(conversation, other);
        };
        if let Ok(mut old) = self.take(before) {
            // What was not sent there is sent here.
            conversation.queued.append(&mut old.queued);
            if !old.is_stopped() {
                self.stop(&mut old, StopReason::Replaced)?;
            }
            self.keep(old)?;
        }
        self.pay(conversation, other)
    }

    /// KeyPackages that are owed are made, as far as leaves are signed.
    fn pay(
        &mut self,
        conversation: &mut Conversation,
        other: IdentityKey,
    ) -> Result<(), SessionError> {
        let mut peer = self.peer(&other);
        let mut packages = Vec::new();
        while peer.owed > 0 {
            let Some((key, signer)) = self.take_leaf(None, || None)? else {
                break;
            };
            let (package, reference) = self.make_package(&key, &signer)?;
            packages.push(package);
            peer.given.push(ByteBuf::from(reference));
            peer.owed = peer.owed.saturating_sub(1);
        }
        self.keep_peer(other, peer)?;
        if !packages.is_empty() {
            conversation.queued.push_back(Queued {
                id: self.random(),
                kind: MessageKind::KeyPackages.number(),
                body: Message::key_packages(&packages),
            });
        }
        Ok(())
    }

    /// A leaf was signed: whoever is owed KeyPackages gets them.
    pub(super) fn serve_owed(&mut self) -> Result<(), SessionError> {
        let owed = self.peers.iter().filter(|(_, peer)| peer.owed > 0);
        let owed: Vec<_> = owed
            .filter_map(|(who, peer)| Some((*who, peer.pair?)))
            .collect();
        for (who, pair) in owed {
            let Ok(mut conversation) = self.take_active(pair) else {
                continue;
            };
            self.pay(&mut conversation, who)?;
            self.pump(&mut conversation)?;
            self.keep(conversation)?;
        }
        Ok(())
    }

    /// A person with whom we have a session has added us to a group.
    pub(super) fn invited(&mut self, by: Who, invite: Invite) -> Result<(), SessionError> {
        let reference = ByteBuf::from(invite.reference);
        let mut peer = self.peer(&by.identity);
        // The KeyPackage is one that we gave to this very person, and is spent now.
        let Some(place) = peer.given.iter().position(|given| *given == reference) else {
            self.alarm(invite.conversation, Alarm::Welcome);
            return Ok(());
        };
        peer.given.remove(place);
        peer.owed = peer.owed.saturating_add(1);
        self.keep_peer(by.identity, peer)?;
        if !self.may_meet(invite.conversation, &invite.link)
            || !self.may_replace(&invite, by.identity)
        {
            self.alarm(invite.conversation, Alarm::Welcome);
            return Ok(());
        }
        let old = self.take(invite.conversation).ok();
        self.live.remove(&invite.conversation);
        let phase = Phase::Invited {
            by: *by.identity.as_bytes(),
            reference: invite.reference,
            held: Vec::new(),
        };
        let id = invite.conversation;
        let mut conversation = Conversation::new(id, Purpose::Group, phase, invite.link);
        conversation.chain = Chain::resume(invite.head, invite.seq);
        conversation.invited_at = self.now.0;
        self.event(Event::Invited { conversation: id });
        if let Some(old) = old {
            // Its relay is where we were, unless we declined or left: then we are asked anew.
            conversation.met = match old.phase {
                Phase::Invited { .. } => old.met,
                Phase::Stopped(StopReason::Left) => false,
                Phase::Offered { .. } | Phase::Active | Phase::Stopped(_) => true,
            };
            conversation.again = old.again || !matches!(old.phase, Phase::Invited { .. });
            // Of our own stream we stay the owner; what was not sent when we fell out is sent here.
            conversation.own = old.own;
            if old.asked.is_some() {
                conversation.queued = unsent(old.in_flight, old.queued);
            }
        }
        self.open_live(&conversation);
        self.keep(conversation)
    }

    /// The person takes an invitation.
    pub(super) fn meet(&mut self, group: ConversationId) -> Result<(), SessionError> {
        let mut invited = self.take_invited(group)?;
        invited.met = true;
        self.open_live(&invited);
        self.keep(invited)
    }

    /// The person does not. Its members see us among them until one of them takes us out.
    ///
    /// Nothing is kept of a group that we were never in: the invitation named a KeyPackage that
    /// was spent by it, so that it is refused when it comes once more.
    pub(super) fn decline(&mut self, group: ConversationId) -> Result<(), SessionError> {
        let mut invited = self.take_invited(group)?;
        if let Phase::Invited { reference, .. } = &invited.phase {
            self.forget_package(reference)?;
        }
        self.stop(&mut invited, StopReason::Left)?;
        if invited.again {
            return self.keep(invited);
        }
        self.forget(&invited);
        Ok(())
    }

    fn take_invited(&mut self, group: ConversationId) -> Result<Conversation, SessionError> {
        let conversation = self.take(group)?;
        if matches!(conversation.phase, Phase::Invited { .. }) {
            return Ok(conversation);
        }
        self.conversations.insert(group, conversation);
        Err(SessionError::Inactive)
    }

    /// A group's stream never changes. One that we are in gives way only to the one whom we asked to add
    /// us anew, and who is in it: whoever was removed knows its id and stream for ever.
    fn may_replace(&mut self, invite: &Invite, by: IdentityKey) -> bool {
        let Some(old) = self.conversations.get(&invite.conversation) else {
            return true;
        };
        let is_it = old.purpose == Purpose::Group && old.link == invite.link;
        match &old.phase {
            Phase::Offered { .. } => false,
            Phase::Invited { by: first, .. } => is_it && first == by.as_bytes(),
            Phase::Stopped(_) => is_it,
            Phase::Active => {
                let asked = is_it && old.asked.as_ref().is_some_and(|it| it.by == *by.as_bytes());
                let roster = self.roster(invite.conversation).unwrap_or_default();
                asked && roster.iter().any(|entry| entry.who.identity == by)
            }
        }
    }

    /// A member has lost its state and hands us a KeyPackage.
    pub(super) fn readd(&mut self, by: Who, rejoin: Rejoin) -> Result<(), SessionError> {
        let (id, package) = (rejoin.conversation, rejoin.key_package);
        let Ok((_, who)) = self.check_package(&package, &by.identity, Some(id)) else {
            self.alarm(id, Alarm::Message);
            return Ok(());
        };
        // Who claims that others are further may have made it up: no keys are needed to say so.
        let is_behind = |theirs: u64| self.epoch(id).is_ok_and(|(ours, _)| theirs < ours);
        if !rejoin.epoch.is_none_or(is_behind) {
            return Ok(());
        }
        // Only who is in it comes back; the tree says who is.
        let is_member = self
            .roster(id)
            .is_ok_and(|roster| roster.iter().any(|entry| entry.who.identity == by.identity));
        if !is_member || who.device != by.device {
            self.alarm(id, Alarm::Message);
            return Ok(());
        }
        let intent = super::record::Intent::Readd(who.to_device(), ByteBuf::from(package));
        match self.intend(id, intent) {
            Err(SessionError::Unknown | SessionError::Inactive) => Ok(()),
            other => other,
        }
    }

    /// KeyPackages of a person, for later groups.
    pub(super) fn packages(&mut self, by: Who, body: &[u8]) -> Result<bool, SessionError> {
        const MOST: usize = 8;
        let Ok(packages) = Message::decode_key_packages(body) else {
            return Ok(false);
        };
        let mut peer = self.peer(&by.identity);
        for package in packages {
            if self.check_package(&package, &by.identity, None).is_err() {
                return Ok(false);
            }
            if peer.packages.len() < MOST {
                peer.packages.insert(0, ByteBuf::from(package));
            }
        }
        self.keep_peer(by.identity, peer)?;
        Ok(true)
    }

    /// What a member sees of a group is what we saw, or the relay shows two.
    pub(super) fn compare_epoch(
        &mut self,
        with: Who,
        witness: &crate::format::Witness,
    ) -> Result<(), SessionError> {
        let Ok(mut conversation) = self.take_active(witness.conversation) else {
            return Ok(());
        };
        let roster = self.roster(witness.conversation)?;
        let is_member = roster.iter().any(|it| it.who.identity == with.identity);
        match conversation
            .authenticator(witness.epoch)
            .filter(|_| is_member)
        {
            Some(ours) if ours == witness.authenticator => self.event(Event::Agreed {
                conversation: witness.conversation,
                with: with.identity,
                epoch: witness.epoch,
            }),
            Some(_) => self.disagrees(&mut conversation, with.identity)?,
            None => {}
        }
        self.keep(conversation)
    }

    /// Who else is in a group and can be spoken to: whom we ask to add us anew.
    pub(super) fn helper(&mut self, conversation: &Conversation) -> Option<IdentityKey> {
        let group = self.take_group(conversation.id).ok()?;
        let roster = self.leaves_of(&group).ok()?;
        self.put_group(conversation.id, group);
        let is_helper = |who: &Who| {
            who.identity != self.me.identity && self.active_pair(&who.identity).is_some()
        };
        roster
            .into_iter()
            .map(|entry| entry.who)
            .find(is_helper)
            .map(|who| who.identity)
    }
}

/// Messages that nobody has seen in the stream, in order.
fn unsent(in_flight: Vec<InFlight>, queued: VecDeque<Queued>) -> VecDeque<Queued> {
    let flying = in_flight.into_iter().filter_map(|flight| flight.message);
    flying.chain(queued).collect()
}

/// Why a Welcome does not let us in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// It is for others.
    NotOurs,
    /// It is for us, and wrong.
    Wrong,
}

fn parse(bytes: &[u8]) -> Option<Welcome> {
    let message = MlsMessageIn::tls_deserialize_exact_bytes(bytes).ok()?;
    let MlsMessageBodyIn::Welcome(welcome) = message.extract() else {
        return None;
    };
    Some(welcome)
}
