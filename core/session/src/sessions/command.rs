//! What a person wants.

use openmls::prelude::{GroupId, MlsGroup};
use serde_bytes::ByteBuf;
use sotto_core::identity::IdentityKey;
use sotto_protocol::TimestampMs;

use super::error::{SessionError, StopReason};
use super::record::{
    Asked, Conversation, Device, Expect, InFlight, Intent, Phase, Purpose, Queued,
};
use super::state::identity;
use super::{Command, Event, Sessions};
use crate::format::{
    Blob, ConversationId, Introduction, Link, Message, MessageKind, Refusal, Rejoin, Roles,
    Witness, split,
};
use crate::mls::{self, Suite};
use crate::policy;

impl Sessions {
    pub(super) fn command(&mut self, command: Command) -> Result<(), SessionError> {
        match command {
            Command::Introduce { to, relay, text } => self.introduce(to, relay, text),
            Command::Withdraw { to } => self.drop_offer(&to),
            Command::Answer {
                from,
                letter,
                sent_at,
                introduction,
            } => self.answer_introduction(from, letter, sent_at, &introduction),
            Command::Meet { group } => self.meet(group),
            Command::Decline { group } => self.decline(group),
            Command::CreateGroup { relay, name } => self.create_group(relay, name),
            Command::Add { to, people } => self.add(to, &people),
            Command::Remove { from, people } => self.remove(from, &people),
            Command::Leave { conversation } => self
                .say(conversation, MessageKind::Leave, Vec::new())
                .map(|_| ()),
            Command::Update { conversation } => self.intend(conversation, Intent::Update),
            Command::SetRoles { group, roles } => {
                self.intend(group, Intent::Roles(ByteBuf::from(roles.encode())))
            }
            Command::Send { to, body } => {
                let id = self.say(to, MessageKind::Content, body)?;
                self.event(Event::Queued {
                    conversation: to,
                    id,
                });
                Ok(())
            }
            Command::Witness { group, to } => self.witness(group, &to),
            Command::Rejoin { group, by } => self.ask_rejoin(group, by),
        }
    }

    fn new_link(&self, relay: String) -> Link {
        Link {
            relay,
            stream: self.random(),
            write: self.random(),
            read: self.random(),
        }
    }

    fn introduce(
        &mut self,
        to: IdentityKey,
        relay: String,
        text: Option<String>,
    ) -> Result<(), SessionError> {
        let again = Command::Introduce {
            to,
            relay: relay.clone(),
            text: text.clone(),
        };
        let Some((key, signer)) = self.take_leaf(None, || Some(again))? else {
            return Ok(());
        };
        let (key_package, _) = self.make_package(&key, &signer)?;
        let id = ConversationId(self.random());
        let link = self.new_link(relay);
        let introduction = Introduction {
            conversation: id,
            key_package,
            link: link.clone(),
            text,
        };
        let letter = Some(ByteBuf::from(introduction.encode()));
        let phase = Phase::Offered { letter };
        let mut conversation = Conversation::new(id, Purpose::Pair(*to.as_bytes()), phase, link);
        conversation.own = Some(ByteBuf::from(self.random::<32>()));
        conversation.created = false;
        self.drop_offer(&to)?;
        let mut peer = self.peer(&to);
        peer.offered = Some(id);
        self.keep_peer(to, peer)?;
        self.open_live(&conversation);
        self.keep(conversation)
    }

    /// An offer that is not answered gives way.
    pub(super) fn drop_offer(&mut self, to: &IdentityKey) -> Result<(), SessionError> {
        let mut peer = self.peer(to);
        let Some(id) = peer.offered.take() else {
            return Ok(());
        };
        self.keep_peer(*to, peer)?;
        let mut offered = self.take(id)?;
        self.stop(&mut offered, StopReason::Replaced)?;
        self.keep(offered)
    }

    fn answer_introduction(
        &mut self,
        from: IdentityKey,
        letter: [u8; 16],
        sent_at: TimestampMs,
        introduction: &Introduction,
    ) -> Result<(), SessionError> {
        let id = introduction.conversation;
        if !self.may_meet(id, &introduction.link) {
            return Err(SessionError::Link);
        }
        let (package, who) = self.check_package(&introduction.key_package, &from, None)?;
        let reference = ByteBuf::from(self.reference(&package)?);
        let mut peer = self.peer(&from);
        let is_seen = |(seen, used): &(ByteBuf, ByteBuf)| **seen == letter || *used == reference;
        let is_old = sent_at.0 < peer.last_sent_at;
        if peer.seen.iter().any(is_seen) || is_old || self.conversations.contains_key(&id) {
            return Err(SessionError::Repeated);
        }
        // Both introduced at once: the group that the smaller identity offers stays.
        if peer.offered.is_some() && self.me.identity < from {
            return Err(SessionError::Repeated);
        }
        let again = Command::Answer {
            from,
            letter,
            sent_at,
            introduction: introduction.clone(),
        };
        let Some((key, signer)) = self.take_leaf(Some(id), || Some(again))? else {
            return Ok(());
        };
        self.drop_offer(&from)?;
        peer.offered = None;
        peer.seen.push((ByteBuf::from(letter), reference));
        peer.last_sent_at = sent_at.0;
        self.keep_peer(from, peer)?;

        let mut group = self.found(id, &Roles::pair(), &key, &signer)?;
        let bundle = group
            .commit_builder()
            .propose_adds([package])
            .load_psks(self.provider.rows())
            .map_err(|_| SessionError::Mls)?
            .build(
                self.provider.primitives(),
                self.provider.primitives(),
                &signer,
                |_| true,
            )
            .map_err(|_| SessionError::Mls)?
            .stage_commit(&self.provider)
            .map_err(|_| SessionError::Mls)?;
        group
            .merge_pending_commit(&self.provider)
            .map_err(|_| SessionError::Mls)?;
        let members = policy::roster(&group).map_err(SessionError::Refused)?;
        if members.len() != 2 || !members.iter().any(|entry| entry.who == who) {
            return Err(SessionError::KeyPackage);
        }
        let welcome = bundle.to_welcome_msg().ok_or(SessionError::Mls)?;
        let welcome = welcome.to_bytes().map_err(|_| SessionError::Mls)?;

        let purpose = Purpose::Pair(*from.as_bytes());
        let mut conversation =
            Conversation::new(id, purpose, Phase::Active, introduction.link.clone());
        for blob in split(&Blob::Welcome(welcome))? {
            push_blob(&mut conversation, blob, Expect::Empty);
        }
        self.joined(&mut conversation, &group)?;
        self.put_group(id, group);
        self.open_live(&conversation);
        self.keep(conversation)
    }

    /// A group with ourselves in it.
    fn found(
        &self,
        id: ConversationId,
        roles: &Roles,
        key: &[u8; 32],
        signer: &super::leaves::LeafSigner,
    ) -> Result<MlsGroup, SessionError> {
        let context = mls::context_extensions(roles.encode()).ok_or(SessionError::Mls)?;
        let config = mls::create_config(Suite::Hybrid, context, self.now.0 / 1000);
        MlsGroup::new_with_group_id(
            &self.provider,
            signer,
            &config,
            GroupId::from_slice(&id.0),
            signer.credential(key),
        )
        .map_err(|_| SessionError::Mls)
    }

    fn create_group(&mut self, relay: String, name: Option<String>) -> Result<(), SessionError> {
        // The id is drawn when the leaf is asked for, and found again when it is signed.
        let bound = self.ready_group();
        let id = bound.unwrap_or_else(|| ConversationId(self.random()));
        let again = Command::CreateGroup {
            relay: relay.clone(),
            name: name.clone(),
        };
        let Some((key, signer)) = self.take_leaf(Some(id), || Some(again))? else {
            return Ok(());
        };
        let roles = Roles::group(self.me.identity, name);
        let group = self.found(id, &roles, &key, &signer)?;
        let link = self.new_link(relay);
        let mut conversation = Conversation::new(id, Purpose::Group, Phase::Active, link);
        conversation.own = Some(ByteBuf::from(self.random::<32>()));
        conversation.created = false;
        self.joined(&mut conversation, &group)?;
        self.put_group(id, group);
        self.open_live(&conversation);
        self.keep(conversation)
    }

    fn add(&mut self, to: ConversationId, people: &[IdentityKey]) -> Result<(), SessionError> {
        let roles = self.roles(to)?;
        let is_pair = roles.scope == crate::format::Scope::Pair;
        if is_pair || !roles.has(&self.me.identity, roles.add) {
            return Err(SessionError::Refused(Refusal::MayNotAdd));
        }
        for person in people {
            if self.active_pair(person).is_none() {
                return Err(SessionError::NoSession);
            }
            if self.peer(person).packages.is_empty() {
                return Err(SessionError::NoKeyPackage);
            }
        }
        let people = people
            .iter()
            .map(|person| ByteBuf::from(*person.as_bytes()));
        self.intend(to, Intent::Add(people.collect()))
    }

    fn remove(&mut self, from: ConversationId, people: &[IdentityKey]) -> Result<(), SessionError> {
        let roles = self.roles(from)?;
        let others = people.iter().any(|person| *person != self.me.identity);
        if others && !roles.has(&self.me.identity, roles.remove) {
            return Err(SessionError::Refused(Refusal::MayNotRemove));
        }
        let gone = self
            .roster(from)?
            .into_iter()
            .filter(|it| people.contains(&it.who.identity));
        let gone: Vec<Device> = gone.map(|entry| entry.who.to_device()).collect();
        self.intend(from, Intent::Remove(gone))
    }

    pub(super) fn intend(
        &mut self,
        id: ConversationId,
        intent: Intent,
    ) -> Result<(), SessionError> {
        let mut conversation = self.take_active(id)?;
        conversation.intents.push_back(intent);
        self.pump(&mut conversation)?;
        self.keep(conversation)
    }

    /// Puts a message into the queue.
    pub(super) fn say(
        &mut self,
        id: ConversationId,
        kind: MessageKind,
        body: Vec<u8>,
    ) -> Result<[u8; 16], SessionError> {
        Message::check(&body)?;
        let mut conversation = self.take_active(id)?;
        let message = self.random();
        conversation.queued.push_back(Queued {
            id: message,
            kind: kind.number(),
            body,
        });
        self.pump(&mut conversation)?;
        self.keep(conversation)?;
        Ok(message)
    }

    /// Says something in the conversation of two, if there is one.
    pub(super) fn say_to(
        &mut self,
        who: &IdentityKey,
        kind: MessageKind,
        body: Vec<u8>,
    ) -> Result<(), SessionError> {
        let pair = self.active_pair(who).ok_or(SessionError::NoSession)?;
        self.say(pair, kind, body).map(|_| ())
    }

    fn witness(&mut self, group: ConversationId, to: &IdentityKey) -> Result<(), SessionError> {
        let (epoch, authenticator) = self.epoch(group)?;
        let witness = Witness {
            conversation: group,
            epoch,
            authenticator,
        };
        self.say_to(to, MessageKind::Witness, witness.encode())
    }

    fn ask_rejoin(&mut self, group: ConversationId, by: IdentityKey) -> Result<(), SessionError> {
        let again = Command::Rejoin { group, by };
        if let Some(lost) = self.conversations.get(&group).cloned() {
            let asked = Some(self.asked(by));
            self.keep(Conversation { asked, ..lost })?;
        }
        let Some((key, signer)) = self.take_leaf(Some(group), || Some(again))? else {
            return Ok(());
        };
        let (key_package, reference) = self.make_package(&key, &signer)?;
        let mut peer = self.peer(&by);
        peer.given.push(ByteBuf::from(reference));
        self.keep_peer(by, peer)?;
        let epoch = self.epoch(group).ok().map(|(epoch, _)| epoch);
        let rejoin = Rejoin {
            conversation: group,
            key_package,
            epoch,
        };
        self.say_to(&by, MessageKind::Rejoin, rejoin.encode())
    }

    pub(super) const fn asked(&self, by: IdentityKey) -> Asked {
        Asked {
            by: *by.as_bytes(),
            at: self.now.0,
        }
    }

    /// A leaf for a group was signed only after a new start: whoever was to be asked is asked now.
    pub(super) fn ask_again(&mut self, group: ConversationId) -> Result<(), SessionError> {
        let known = self.conversations.get(&group);
        let Some(asked) = known.and_then(|it| it.asked.as_ref()) else {
            return Ok(());
        };
        let by = identity(&asked.by)?;
        match self.ask_rejoin(group, by) {
            Err(SessionError::NoSession | SessionError::Inactive) => Ok(()),
            other => other,
        }
    }
}

/// Appends a blob to what is to be sent.
pub(super) fn push_blob(conversation: &mut Conversation, blob: Vec<u8>, expect: Expect) {
    let hash = super::receive::short_hash(&blob);
    conversation.remember(hash);
    conversation.in_flight.push(InFlight {
        hash,
        blob,
        message: None,
        expect,
        epoch: 0,
    });
}
