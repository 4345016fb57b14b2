//! Who is here: a note in each conversation of two, renewed while it is true. Off means neither
//! sent nor shown.

use std::collections::{BTreeMap, BTreeSet};

use sotto_protocol::TimestampMs;
use sotto_protocol::live::{LiveEvent, Presence};
use sotto_protocol::relay::{Tag, Verb};
use sotto_session::format::ConversationId;
use sotto_session::{Aside, Note, link};

use crate::live::Live;
use crate::mailbox::letter_ticket;
use crate::step::Output;
use crate::talk::{Stage, Talk, TalkId};

/// A note stands so long unless it is renewed. Whoever vanishes is shown for so long, at most.
const TTL_S: u16 = 60;
const LASTS_MS: u64 = 60_000;
/// At half of it.
const RENEW_MS: u64 = 30_000;
/// So long after it was written a note says nothing, whenever a relay showed it.
const FRESH_MS: u64 = 120_000;

/// A note of ours that stands.
#[derive(Debug)]
struct Ours {
    session: ConversationId,
    relay: String,
    take_back: Verb,
    renew_at: u64,
}

/// The newest note of the other.
#[derive(Debug)]
struct Theirs {
    relay: String,
    stream: [u8; 16],
    tag: Tag,
    /// By their clock: what is not newer is no other note, and lasts no longer.
    said_at: u64,
    until: u64,
    /// The relay says so, on this connection.
    stands: bool,
}

/// The notes in all conversations.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    ours: BTreeMap<TalkId, Ours>,
    theirs: BTreeMap<TalkId, Theirs>,
    /// Who is shown to be here.
    shown: BTreeSet<TalkId>,
}

impl Notes {
    /// Nothing is kept of a conversation that is forgotten; a note of ours is still to be taken back.
    pub(crate) fn forget(&mut self, talk: TalkId) {
        self.theirs.remove(&talk);
    }
}

impl Ours {
    /// A clock that was set back makes nothing wait for longer.
    fn is_due(&self, now: u64) -> bool {
        !(1..=RENEW_MS).contains(&self.renew_at.saturating_sub(now))
    }
}

impl Theirs {
    fn is_of(&self, relay: &str, stream: &[u8; 16], tag: Tag) -> bool {
        self.relay == relay && self.stream == *stream && self.tag == tag
    }

    /// It stands, and its time is not over; a clock that was set back makes it last no longer.
    fn says_here(&self, now: u64) -> bool {
        self.stands && (1..=LASTS_MS).contains(&self.until.saturating_sub(now))
    }
}

impl Live {
    /// A note stands in a stream, says its relay.
    pub(crate) fn note_stands(&mut self, relay: String, stream: [u8; 16], tag: Tag, note: &[u8]) {
        let opened = self
            .sessions
            .open_note(&relay, stream, (tag, note), self.now);
        let Some((talk, said)) = opened.and_then(|said| Some((self.with_whom(&said)?, said)))
        else {
            return;
        };
        let (now, said_at) = (self.now.0, said.at.0);
        let known = self.notes.theirs.get_mut(&talk);
        match known.filter(|known| known.relay == relay && known.stream == stream) {
            Some(known) if known.said_at > said_at => {}
            // Shown again, after a connection was lost: it ends when it would have ended.
            Some(known) if known.said_at == said_at => known.stands = true,
            _ => {
                let until = now.saturating_add(LASTS_MS);
                let theirs = Theirs {
                    relay,
                    stream,
                    tag,
                    said_at,
                    until: until.min(said_at.saturating_add(FRESH_MS)),
                    stands: true,
                };
                self.notes.theirs.insert(talk, theirs);
            }
        }
    }

    /// The conversation of two of which a note is the other's.
    fn with_whom(&self, said: &Aside) -> Option<TalkId> {
        let id = self.of_session(said.conversation)?;
        let talk = self.talks.get(&id.0)?;
        (talk.with() == Some(&said.from.identity)).then_some(id)
    }

    /// A note stands no more, says its relay. It does not come back.
    pub(crate) fn note_ended(&mut self, relay: &str, stream: &[u8; 16], tag: Tag) {
        let theirs = self.notes.theirs.values_mut();
        for ended in theirs.filter(|it| it.is_of(relay, stream, tag)) {
            (ended.stands, ended.until) = (false, 0);
        }
    }

    /// A connection is lost: nothing is known of what stands there.
    pub(crate) fn notes_lost(&mut self, relay: &str) {
        self.notes.ours.retain(|_, ours| ours.relay != relay);
        let theirs = self.notes.theirs.values_mut();
        for lost in theirs.filter(|it| it.relay == relay) {
            lost.stands = false;
        }
    }

    /// Sets, renews and takes back our notes, and tells pages who came and went.
    pub(crate) fn keep_notes(&mut self) {
        let wanted = self.shown_to();
        let over = |it: &TalkId, ours: &Ours| wanted.get(it) != Some(&ours.session);
        let over: Vec<_> = self
            .notes
            .ours
            .extract_if(.., |it, ours| over(it, ours))
            .collect();
        for (_, ours) in over {
            self.ask_for(&ours.relay, ours.take_back);
        }
        for (talk, session) in wanted {
            self.renew_note(talk, session);
        }
        self.tell_presence();
    }

    /// To whom we show that we are here: whoever we have a conversation of two with, accepted and
    /// not blocked, if the person wants it.
    fn shown_to(&self) -> BTreeMap<TalkId, ConversationId> {
        if !self.is_showing() {
            return BTreeMap::new();
        }
        let talks = self.talks.iter();
        talks
            .filter_map(|talk| Some((talk.id, self.meets(talk)?)))
            .collect()
    }

    fn is_showing(&self) -> bool {
        self.device.is_reachable && self.prefs().settings.presence
    }

    /// The session of a conversation of two with somebody who was accepted.
    fn meets(&self, talk: &Talk) -> Option<ConversationId> {
        let is_accepted = self.is_accepted(talk.with()?);
        talk.session
            .filter(|_| is_accepted && talk.stage == Stage::Active)
    }

    fn renew_note(&mut self, talk: TalkId, session: ConversationId) {
        let now = self.now.0;
        let before = self.notes.ours.get(&talk);
        if before.is_some_and(|ours| !ours.is_due(now)) {
            return;
        }
        let before = self
            .notes
            .ours
            .remove(&talk)
            .map(|ours| (ours.relay, ours.take_back));
        // In a stream that was not read up to now it is set when it is.
        let note = self
            .sessions
            .present(session, TTL_S, self.now, &mut self.rng)
            .ok()
            .filter(|note| self.links.is_open(&note.relay));
        let tag = note.as_ref().map(|note| (&note.relay, &note.take_back));
        // Of another epoch it stands under another tag, and nobody opens it any more.
        if let Some((relay, take_back)) = &before
            && tag != Some((relay, take_back))
        {
            self.ask_for(relay, take_back.clone());
        }
        if let Some(Note {
            relay,
            publish,
            take_back,
        }) = note
        {
            self.ask_for(&relay, publish);
            let ours = Ours {
                session,
                relay,
                take_back,
                renew_at: now.saturating_add(RENEW_MS),
            };
            self.notes.ours.insert(talk, ours);
        }
    }

    /// Nobody waits for the answer.
    fn ask_for(&mut self, relay: &str, verb: Verb) {
        if self.links.is_open(relay) {
            self.links.ask(relay, verb, letter_ticket(0));
        }
    }

    /// Whether the other of a conversation is shown to be here.
    pub(crate) fn presence(&self, talk: &Talk) -> Presence {
        let note = self.notes.theirs.get(&talk.id);
        let is_here = note.is_some_and(|it| it.says_here(self.now.0));
        if is_here && self.is_showing() && self.meets(talk).is_some() {
            Presence::Here
        } else {
            Presence::Unknown
        }
    }

    fn tell_presence(&mut self) {
        let talks = self.notes.theirs.keys();
        let talks = talks.filter_map(|id| self.talks.get(&id.0));
        let here = talks.filter(|talk| self.presence(talk) == Presence::Here);
        let here: BTreeSet<_> = here.map(|talk| talk.id).collect();
        let told = core::mem::replace(&mut self.notes.shown, here);
        for talk in told.symmetric_difference(&self.notes.shown) {
            let event = LiveEvent::Presence {
                conversation: talk.to_hex(),
                presence: if self.notes.shown.contains(talk) {
                    Presence::Here
                } else {
                    Presence::Unknown
                },
            };
            self.step.outputs.push(Output::Event(event));
        }
    }

    /// When a note is to be renewed, or one that is shown ends.
    pub(crate) fn next_note(&self) -> Option<TimestampMs> {
        let renewals = self.notes.ours.values().map(|it| it.renew_at);
        let shown = self.notes.shown.iter();
        let ends = shown.filter_map(|id| Some(self.notes.theirs.get(id)?.until));
        renewals.chain(ends).min().map(TimestampMs)
    }

    /// This program is about to end, and the person is not reached any more: what others were told
    /// of them is taken back. Only what is to be sent; nothing else may be asked of this instance.
    #[must_use]
    pub fn farewell(&mut self) -> Vec<Output> {
        for (_, ours) in core::mem::take(&mut self.notes.ours) {
            self.ask_for(&ours.relay, ours.take_back);
        }
        let mut said = Vec::new();
        for output in self.links.take_outputs() {
            if let link::Output::Send { relay, message } = output {
                said.push(Output::Send { relay, message });
            }
        }
        said
    }
}
