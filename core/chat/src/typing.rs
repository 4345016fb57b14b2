//! Who is writing: told beside the stream, kept by nobody.

use sotto_protocol::live::LiveEvent;

use crate::error::ChatError;
use crate::live::Live;
use crate::mailbox::letter_ticket;
use crate::step::Output;
use crate::talk::{Stage, Talk, TalkId};
use sotto_core::cbor::{Fields, MapWriter};
use sotto_core::identity::IdentityKey;
use sotto_protocol::TimestampMs;

/// Said again every few seconds while it lasts; after this it does not.
const LASTS_MS: u64 = 8_000;

/// Somebody who is writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Writing {
    until: u64,
    /// By their clock: what is older was said before.
    said_at: u64,
    is_on: bool,
}

/// `{1 kind 0, 2 on}`.
fn encode(on: bool) -> Vec<u8> {
    MapWriter::new().uint(1, 0).bool(2, on).finish()
}

fn decode(body: &[u8]) -> Option<bool> {
    let mut fields = Fields::parse(body, 1..=2).ok()?;
    let kind = fields.take(1)?.uint().ok()?;
    let on = fields.take(2)?.bool().ok()?;
    (kind == 0).then_some(on)
}

impl Live {
    /// The person is writing, or has stopped. Off means not sent.
    pub(crate) fn type_on(&mut self, id: TalkId, on: bool) -> Result<(), ChatError> {
        let talk = self.talk(id)?;
        let is_wanted = self.device.is_reachable && self.prefs().settings.typing;
        let is_wanted = is_wanted && talk.is_telling();
        let (Stage::Active, Some(session), true) = (talk.stage, talk.session, is_wanted) else {
            return Ok(());
        };
        let whisper = self
            .sessions
            .whisper(session, &encode(on), self.now, &mut self.rng);
        let (relay, verb) = whisper?;
        // Nobody waits for the answer.
        if self.links.is_open(&relay) {
            self.links.ask(&relay, verb, letter_ticket(0));
        }
        Ok(())
    }

    /// Something was said beside a stream. Off means not shown.
    pub(crate) fn whispered(&mut self, relay: &str, stream: [u8; 16], blob: &[u8]) {
        let Some(whisper) = self.sessions.open_whisper(relay, stream, blob, self.now) else {
            return;
        };
        let talk = self.of_session(whisper.conversation);
        let (Some(talk), Some(is_on)) = (talk, decode(&whisper.body)) else {
            return;
        };
        if !self.talks.get(&talk.0).is_some_and(Talk::is_telling) {
            return;
        }
        let who = whisper.from.identity;
        let is_blocked = self.is_blocked(&who);
        if !self.prefs().settings.typing || who == self.me || is_blocked {
            return;
        }
        let writers = self.writing.entry(talk).or_default();
        let is_old = writers
            .get(&who)
            .is_some_and(|before| before.said_at >= whisper.at.0);
        if is_old {
            return;
        }
        let writing = Writing {
            until: self.now.0.saturating_add(LASTS_MS),
            said_at: whisper.at.0,
            is_on,
        };
        writers.insert(who, writing);
        self.tell_writing(talk);
    }

    /// Who has said it is writing no more.
    pub(crate) fn wrote(&mut self, talk: TalkId, who: &IdentityKey) {
        let writer = self.writing.get_mut(&talk).and_then(|it| it.get_mut(who));
        if let Some(writer) = writer.filter(|it| it.is_on) {
            writer.is_on = false;
            self.tell_writing(talk);
        }
    }

    /// Whoever has not said it again has stopped.
    pub(crate) fn end_writing(&mut self) {
        let now = self.now.0;
        let mut ended = Vec::new();
        for (talk, writers) in &mut self.writing {
            for writer in writers.values_mut() {
                if writer.is_on && writer.until <= now {
                    writer.is_on = false;
                    ended.push(*talk);
                }
            }
        }
        ended.into_iter().for_each(|talk| self.tell_writing(talk));
    }

    /// Whoever is blocked now is not seen writing any more.
    pub(crate) fn end_blocked_writing(&mut self) {
        let writing = self.writing.iter();
        let on: Vec<_> = writing
            .flat_map(|(talk, writers)| writers.keys().map(|who| (*talk, *who)))
            .filter(|(_, who)| self.is_blocked(who))
            .collect();
        on.iter().for_each(|(talk, who)| self.wrote(*talk, who));
    }

    pub(crate) fn next_end(&self) -> Option<TimestampMs> {
        let all = self.writing.values().flat_map(|it| it.values());
        let ends = all.filter(|it| it.is_on).map(|it| it.until);
        ends.min().map(TimestampMs)
    }

    pub(crate) fn writers(&self, talk: TalkId) -> Vec<String> {
        let writers = self.writing.get(&talk).into_iter().flatten();
        let on = writers.filter(|(_, it)| it.is_on);
        on.map(|(who, _)| self.people.name(who)).collect()
    }

    fn tell_writing(&mut self, talk: TalkId) {
        let event = LiveEvent::Typing {
            conversation: talk.to_hex(),
            names: self.writers(talk),
        };
        self.step.outputs.push(Output::Event(event));
    }
}
