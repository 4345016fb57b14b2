//! Which relays this device connects to. A relay sees the addresses and times of whoever connects to
//! it: where somebody else names it, the person accepts it first, with a card, a request or an
//! invitation.

use std::collections::BTreeSet;

use sotto_protocol::live::MessageRequest;
use sotto_session::{Command, Input, Invitation};

use crate::error::ChatError;
use crate::intro::Outgoing;
use crate::live::Live;
use crate::talk::{Stage, Talk, TalkId};

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
        let invited = self.sessions.invitations().into_iter();
        let invited = invited.map(|it| it.relay).filter(|it| self.is_taken(it));
        let letters = self.outgoing.iter().filter_map(Outgoing::relay);
        let letters = letters.map(str::to_owned);
        let all = own.chain(self.met()).chain(invited).chain(letters);
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
        let waiting = all.filter(|it| !self.is_taken(&it.relay));
        waiting.filter(|it| !self.is_blocked(&it.by))
    }

    /// Invitations that nobody is asked about.
    pub(crate) fn weigh_invitations(&mut self) -> Result<(), ChatError> {
        let all = self.sessions.invitations().into_iter();
        let refused: Vec<_> = all.filter(|it| self.is_blocked(&it.by)).collect();
        for Invitation { group, .. } in refused {
            self.handle(Input::Command(Command::Decline { group }))?;
        }
        Ok(())
    }

    pub(crate) fn invitation(&self, id: TalkId) -> Option<Invitation> {
        self.invitations()
            .find(|it| TalkId::of_group(it.group) == id)
    }

    /// Groups at relays that are not taken.
    pub(crate) fn invited(&self) -> impl Iterator<Item = MessageRequest> {
        self.invitations().map(|it| MessageRequest {
            conversation: TalkId::of_group(it.group).to_hex(),
            at: it.at,
            card: None,
            contact: self.people.brief(&it.by).cloned(),
            text: String::new(),
            group: true,
            relay: Some(it.relay),
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
