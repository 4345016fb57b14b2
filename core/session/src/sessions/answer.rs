//! What a relay answers, and whether it can be spoken to.

use sotto_protocol::relay::{CapKind, RelayCode, Reply, Secret, StreamId, Verb};

use super::error::{Alarm, SessionError, StopReason};
use super::record::{Conversation, Expect, Phase};
use super::{Effect, Live, Sessions, Ticket};
use crate::format::{ConversationId, capability_digest};

/// How long a relay may owe blobs that it says it has.
const PATIENCE_MS: u64 = 60_000;

impl Sessions {
    fn ask(&mut self, relay: &str, verb: Verb, ticket: Ticket) {
        let number = self.number();
        self.tickets.insert(number, ticket);
        self.step_effects.push(Effect::Relay {
            relay: relay.to_owned(),
            verb,
            ticket: number,
        });
    }

    /// Begins to speak about a conversation, if its relay is there.
    pub(super) fn open_live(&mut self, conversation: &Conversation) {
        // Who adds us to a group says what we read: not before the invitation is taken.
        let is_waiting = matches!(conversation.phase, Phase::Invited { .. }) && !conversation.met;
        let is_there = self.connected.contains(&conversation.link.relay);
        if !is_there || is_waiting || conversation.is_stopped() {
            return;
        }
        self.live.insert(conversation.id, Live::default());
        let relay = conversation.link.relay.clone();
        if conversation.created {
            self.subscribe(conversation);
            return;
        }
        let stream = conversation.link.stream;
        let own = conversation
            .own
            .as_ref()
            .map(|own| own.to_vec())
            .unwrap_or_default();
        let verb = Verb::Create {
            stream: StreamId(stream),
            own: capability_digest(CapKind::Own, &stream, &own),
            write: capability_digest(CapKind::Write, &stream, &conversation.link.write),
            read: capability_digest(CapKind::Read, &stream, &conversation.link.read),
            pass: self.pass_at(&relay),
        };
        self.ask(&relay, verb, Ticket::Create(conversation.id));
    }

    fn subscribe(&mut self, conversation: &Conversation) {
        let verb = Verb::Subscribe {
            stream: StreamId(conversation.link.stream),
            read: Secret(conversation.link.read),
            from: conversation.chain.seq().saturating_add(1),
        };
        let relay = conversation.link.relay.clone();
        self.ask(&relay, verb, Ticket::Subscribe(conversation.id));
    }

    /// Gives a blob to the relay.
    pub(super) fn append(
        &mut self,
        conversation: &Conversation,
        blob: Vec<u8>,
        hash: [u8; 16],
        expect: Expect,
    ) {
        let verb = Verb::Append {
            stream: StreamId(conversation.link.stream),
            write: Secret(conversation.link.write),
            expect_seq: match expect {
                Expect::Any => None,
                Expect::Empty => Some(0),
                Expect::Last => Some(conversation.chain.seq()),
            },
            blob,
        };
        let relay = conversation.link.relay.clone();
        self.ask(
            &relay,
            verb,
            Ticket::Append(conversation.id, hash, conversation.chain.seq()),
        );
    }

    pub(super) fn connect(&mut self, relay: &str) -> Result<(), SessionError> {
        self.disconnect(relay);
        self.connected.insert(relay.to_owned());
        let on_it = self
            .conversations
            .values()
            .filter(|it| it.link.relay == relay);
        let ids: Vec<_> = on_it.map(|it| it.id).collect();
        for id in ids {
            let conversation = self.take(id)?;
            self.open_live(&conversation);
            self.conversations.insert(id, conversation);
        }
        self.stock()
    }

    pub(super) fn disconnect(&mut self, relay: &str) {
        self.connected.remove(relay);
        let conversations = &self.conversations;
        let elsewhere = |id: &ConversationId| {
            conversations
                .get(id)
                .is_some_and(|conversation| conversation.link.relay != relay)
        };
        self.live.retain(|id, _| elsewhere(id));
        self.tickets.retain(|_, ticket| match ticket {
            Ticket::Create(id) | Ticket::Subscribe(id) | Ticket::Append(id, ..) => elsewhere(id),
        });
    }

    pub(super) fn answer(&mut self, ticket: u64, reply: &Reply) -> Result<(), SessionError> {
        let Some(ticket) = self.tickets.remove(&ticket) else {
            return Ok(());
        };
        match ticket {
            Ticket::Create(id) => self.created(id, reply),
            Ticket::Subscribe(id) => self.subscribed(id, reply),
            Ticket::Append(id, hash, tried) => self.appended(id, (hash, tried), reply),
        }
    }

    fn created(&mut self, id: ConversationId, reply: &Reply) -> Result<(), SessionError> {
        let mut conversation = self.take(id)?;
        match reply {
            // It was made before the answer was lost: the id is random, nobody else has it.
            Reply::Done
            | Reply::Failed {
                code: RelayCode::Exists,
                ..
            } => {
                conversation.created = true;
                self.subscribe(&conversation);
                self.letter_leaves(&conversation)?;
            }
            Reply::At { .. } | Reply::Page { .. } | Reply::Turn(_) | Reply::Failed { .. } => {
                self.refused(id, reply);
            }
        }
        self.keep(conversation)
    }

    fn letter_leaves(&mut self, conversation: &Conversation) -> Result<(), SessionError> {
        let Phase::Offered {
            letter: Some(letter),
        } = &conversation.phase
        else {
            return Ok(());
        };
        let Some(to) = super::state::with(conversation) else {
            return Err(SessionError::Row);
        };
        self.step_effects.push(Effect::Letter {
            conversation: conversation.id,
            to,
            content: letter.to_vec(),
        });
        Ok(())
    }

    pub(super) fn letter_sent(&mut self, id: ConversationId) -> Result<(), SessionError> {
        let mut conversation = self.take(id)?;
        if let Phase::Offered { letter } = &mut conversation.phase {
            *letter = None;
        }
        self.keep(conversation)
    }

    fn subscribed(&mut self, id: ConversationId, reply: &Reply) -> Result<(), SessionError> {
        let mut conversation = self.take(id)?;
        match reply {
            Reply::At { seq } => {
                let now = self.now;
                if let Some(live) = self.live.get_mut(&id) {
                    live.target = Some(*seq);
                    live.since = Some(now);
                }
                // A letter that could not be sent before is tried once more.
                self.letter_leaves(&conversation)?;
                self.pump(&mut conversation)?;
            }
            Reply::Failed { code, .. } if is_gone(*code) && conversation.chain.seq() > 0 => {
                self.stop(&mut conversation, StopReason::Gone)?;
            }
            Reply::Done | Reply::Page { .. } | Reply::Turn(_) | Reply::Failed { .. } => {
                self.refused(id, reply);
            }
        }
        self.keep(conversation)
    }

    fn appended(
        &mut self,
        id: ConversationId,
        (hash, tried): ([u8; 16], u64),
        reply: &Reply,
    ) -> Result<(), SessionError> {
        let Reply::Failed { code, .. } = reply else {
            // What counts is where it stands in the stream.
            return Ok(());
        };
        let mut conversation = self.take(id)?;
        let flights = &mut conversation.in_flight;
        let place = flights.iter().position(|flight| flight.hash == hash);
        let flight = place.and_then(|place| flights.get(place));
        let expect = flight.map(|flight| flight.expect);
        let is_given_up = flight.is_some_and(|flight| flight.blob.is_empty());
        match (code, expect) {
            (_, None) => {}
            (RelayCode::Conflict, Some(Expect::Empty)) => {
                self.stop(&mut conversation, StopReason::Taken)?;
            }
            (RelayCode::Conflict, Some(Expect::Last)) => {
                if let Some(live) = self.live.get_mut(&id) {
                    live.sent.remove(&hash);
                    live.blocked = Some(tried);
                }
                self.pump(&mut conversation)?;
            }
            // A commit that was given up meanwhile: it will never stand there.
            (RelayCode::Conflict, Some(Expect::Any)) if is_given_up => {
                flights.retain(|flight| flight.hash != hash);
            }
            (code, Some(_)) => {
                self.alarm(id, Alarm::Refused(*code));
                if let Some(live) = self.live.get_mut(&id) {
                    live.refused.insert(hash);
                    // What follows keeps its place, unless this one alone is at fault.
                    live.held |= *code != RelayCode::TooLarge;
                }
            }
        }
        self.keep(conversation)
    }

    fn refused(&mut self, id: ConversationId, reply: &Reply) {
        if let Reply::Failed { code, .. } = reply {
            self.alarm(id, Alarm::Refused(*code));
            if let Some(live) = self.live.get_mut(&id) {
                live.again = true;
            }
        }
    }

    /// What was refused is tried again; a relay that owes blobs is found out.
    pub(super) fn tick(&mut self) -> Result<(), SessionError> {
        let ids: Vec<_> = self.live.keys().copied().collect();
        for id in ids {
            let mut conversation = self.take(id)?;
            let before = conversation.clone();
            if self.live.get(&id).is_some_and(|live| live.again) {
                self.open_live(&conversation);
            }
            let late = self.live.get_mut(&id).is_some_and(|live| {
                live.blocked = None;
                live.held = false;
                for hash in core::mem::take(&mut live.refused) {
                    live.sent.remove(&hash);
                }
                let since = live.since.map_or(0, |since| self.now.since_ms(since));
                let late = live.target.is_some() && !live.ready && since > PATIENCE_MS;
                if late {
                    live.since = Some(self.now);
                }
                late
            });
            if late {
                self.alarm(id, Alarm::Withheld);
            }
            self.pump(&mut conversation)?;
            if conversation == before {
                self.conversations.insert(id, conversation);
            } else {
                self.keep(conversation)?;
            }
        }
        Ok(())
    }
}

/// Whether a relay says that it does not have a stream, of which it once had something. One that has
/// trouble says something else, and is asked again.
const fn is_gone(code: RelayCode) -> bool {
    matches!(code, RelayCode::Refused | RelayCode::Deleted)
}
