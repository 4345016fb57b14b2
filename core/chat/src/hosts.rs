//! Which relays this device connects to. A relay sees the addresses and times of whoever connects to
//! it: where somebody else names it, the person accepts it first, with a card, a request or an
//! invitation.

use std::collections::{BTreeMap, BTreeSet};

use sotto_core::identity::IdentityKey;
use sotto_protocol::live::MessageRequest;
use sotto_session::format::ConversationId;
use sotto_session::{Command, Input, Invitation};

use crate::error::ChatError;
use crate::intro::Outgoing;
use crate::live::Live;
use crate::rows::MAX_QUIET;
use crate::talk::{Stage, Talk, TalkId};

/// Groups of one contact that the person has not looked at yet; further ones wait as requests.
pub(crate) const MAX_FRESH: usize = 8;
/// Requests of one contact for groups; further ones are declined.
pub(crate) const MAX_WAITING: usize = 4;

impl Live {
    /// A conversation may have begun on a relay that nothing was asked of before, or the last one
    /// on another be over.
    pub(crate) fn want_relays(&mut self) {
        if !self.device.is_reachable {
            return;
        }
        if self.is_full() {
            let all = self.links.wanted();
            all.iter().for_each(|relay| self.links.forget(relay));
            return;
        }
        let needed = self.needed();
        self.links.keep(&needed, self.now);
    }

    /// Our own relay, those of conversations and invitations that go on, and those where a letter
    /// of ours is to lie.
    fn needed(&self) -> BTreeSet<String> {
        let own = self.device.mailbox.iter().map(|it| it.relay.clone());
        let letters = self.outgoing.iter().filter_map(Outgoing::relay);
        let letters = letters.map(str::to_owned);
        let all = own.chain(self.met()).chain(letters);
        all.collect()
    }

    /// The relays where the person talks. Who is blocked does not see when the device is up.
    fn met(&self) -> BTreeSet<String> {
        self.sessions.relays_but(|who| self.is_blocked(who))
    }

    /// Whether the person has a relay already: as their own, on an accepted card, or because they
    /// talk there.
    pub(crate) fn is_taken(&self, relay: &str) -> bool {
        let own = self.device.mailbox.as_ref();
        own.is_some_and(|it| it.relay == relay)
            || self.people.are_at(relay)
            || self.met().contains(relay)
    }

    /// The relay that a conversation's request leads to, where it is not taken.
    pub(crate) fn new_relay(&self, talk: &Talk) -> Option<String> {
        let relay = &talk.request.as_ref()?.introduction.link.relay;
        (!self.is_taken(relay)).then(|| relay.clone())
    }

    /// Whether a conversation waits for the person: somebody who is not accepted wants to talk, or
    /// who is, at a relay that is not.
    pub(crate) fn is_asked(&self, talk: &Talk) -> bool {
        talk.stage == Stage::Asked || self.new_relay(talk).is_some()
    }

    fn invitations(&self) -> impl Iterator<Item = Invitation> {
        let all = self.sessions.invitations().into_iter();
        all.filter(|it| !self.is_blocked(&it.by))
    }

    /// Takes invitations, refuses them, or leaves them to the person. A contact's is taken at a relay
    /// that the person has, unless they wait to look at many groups of this contact already; who is
    /// blocked adds nobody.
    pub(crate) fn weigh_invitations(&mut self) -> Result<(), ChatError> {
        let mut all = self.sessions.invitations();
        all.sort_by_key(|it| (it.at.0, it.group));
        let mut waiting: BTreeMap<IdentityKey, usize> = BTreeMap::new();
        for Invitation {
            group, by, relay, ..
        } in all
        {
            let before = waiting.entry(by).or_default();
            if self.is_blocked(&by) {
                self.handle(Input::Command(Command::Decline { group }))?;
            } else if self.is_taken(&relay) && self.has_room_for(&by) {
                let mut prefs = self.prefs();
                prefs.fresh.push((group, by));
                self.put_prefs(prefs);
                self.changes.requests = true;
                self.handle(Input::Command(Command::Meet { group }))?;
            } else if *before < MAX_WAITING {
                *before = before.saturating_add(1);
            } else {
                self.handle(Input::Command(Command::Decline { group }))?;
            }
        }
        Ok(())
    }

    /// Whether somebody may put one more group into the person's list unasked.
    fn has_room_for(&self, who: &IdentityKey) -> bool {
        let Some(prefs) = self.prefs.get(b"") else {
            return true;
        };
        let theirs = prefs.fresh.iter().filter(|(_, by)| by == who);
        prefs.fresh.len() < MAX_QUIET && theirs.count() < MAX_FRESH
    }

    /// The person has looked at a conversation, or does not want it.
    pub(crate) fn looked_at(&mut self, id: TalkId) {
        let is_it = |group: &ConversationId| TalkId::of_group(*group) == id;
        let mut prefs = self.prefs();
        if prefs.fresh.iter().any(|(group, _)| is_it(group)) {
            prefs.fresh.retain(|(group, _)| !is_it(group));
            self.put_prefs(prefs);
        }
    }

    pub(crate) fn invitation(&self, id: TalkId) -> Option<Invitation> {
        self.invitations()
            .find(|it| TalkId::of_group(it.group) == id)
    }

    /// Groups at relays that are not taken, and more than a contact may add the person to at once.
    pub(crate) fn invited(&self) -> impl Iterator<Item = MessageRequest> {
        self.invitations().map(|it| MessageRequest {
            conversation: TalkId::of_group(it.group).to_hex(),
            at: it.at,
            card: None,
            contact: self.people.brief(&it.by).cloned(),
            text: String::new(),
            group: true,
            relay: (!self.is_taken(&it.relay)).then_some(it.relay),
        })
    }

    /// The person takes an invitation, or does not.
    pub(crate) fn decide(&mut self, invitation: &Invitation, takes: bool) -> Result<(), ChatError> {
        let group = invitation.group;
        let command = if takes {
            Command::Meet { group }
        } else {
            Command::Decline { group }
        };
        self.sessions
            .handle(Input::Command(command), self.now, &mut self.rng)?;
        self.changes.requests = true;
        self.settle()
    }
}
